/** The whole pipeline in one process: broker, job, ingesters, sinks and console, started, settled and stopped in order. */
@NullMarked
package io.trailwarden.app.pipeline;

import org.jspecify.annotations.NullMarked;
