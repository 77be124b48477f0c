/** <em>Throttling spike</em>: bursts of refused calls against one quota, who causes them and who suffers. */
@NullMarked
package io.trailwarden.detection.throttling;

import org.jspecify.annotations.NullMarked;
