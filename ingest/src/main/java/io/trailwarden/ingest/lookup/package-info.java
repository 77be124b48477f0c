/**
 * CloudTrail's Event history as a source.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.lookup.LookupIngester}.
 */
@NullMarked
package io.trailwarden.ingest.lookup;

import org.jspecify.annotations.NullMarked;
