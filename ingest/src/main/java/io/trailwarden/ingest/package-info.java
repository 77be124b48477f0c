/**
 * From files or AWS APIs into Kafka, at least once, with a position that moves only behind what is stored.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.Ingestion}, which runs {@link io.trailwarden.ingest.Ingester}s.
 */
@NullMarked
package io.trailwarden.ingest;

import org.jspecify.annotations.NullMarked;
