/**
 * The thinking: plain methods on plain records. Whoever runs them (a Flink job, a test, a rehearsal over stored records)
 * brings the events, the state, the clock and the way out.
 *
 * <p>Single events are judged by an {@link io.trailwarden.detection.EventDetector}; what needs memory is a
 * {@link io.trailwarden.detection.KeyedDetector}.
 */
@NullMarked
package io.trailwarden.detection;

import org.jspecify.annotations.NullMarked;
