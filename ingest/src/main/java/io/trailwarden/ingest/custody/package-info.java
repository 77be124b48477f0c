/**
 * Whether CloudTrail's objects are those that CloudTrail wrote: its signed digests checked, link by link.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.custody.Custody}.
 */
@NullMarked
package io.trailwarden.ingest.custody;

import org.jspecify.annotations.NullMarked;
