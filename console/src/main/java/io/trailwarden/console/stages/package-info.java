/** How fast each stage of the pipeline is and how far behind. {@link io.trailwarden.console.stages.StageMonitor} measures. */
@NullMarked
package io.trailwarden.console.stages;

import org.jspecify.annotations.NullMarked;
