/** Findings as they arrive, as server-sent events. {@link io.trailwarden.console.live.LiveStream} is the way in. */
@NullMarked
package io.trailwarden.console.live;

import org.jspecify.annotations.NullMarked;
