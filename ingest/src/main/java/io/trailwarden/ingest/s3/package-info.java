/**
 * Buckets as a source: objects that a queue announces, and those that are there already.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.s3.BucketIngester}.
 */
@NullMarked
package io.trailwarden.ingest.s3;

import org.jspecify.annotations.NullMarked;
