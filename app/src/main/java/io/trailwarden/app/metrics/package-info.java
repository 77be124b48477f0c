/** What a process tells Prometheus about its stage. */
@NullMarked
package io.trailwarden.app.metrics;

import org.jspecify.annotations.NullMarked;
