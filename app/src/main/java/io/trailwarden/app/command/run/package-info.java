/** The commands that run the pipeline, whole or one stage of it. */
@NullMarked
package io.trailwarden.app.command.run;

import org.jspecify.annotations.NullMarked;
