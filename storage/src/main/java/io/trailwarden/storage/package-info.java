/**
 * The tables: what they hold, how they are written exactly once, kept small, and read.
 *
 * <p>{@link io.trailwarden.storage.Archive} is the way in. Iceberg, Parquet and the catalog stay behind it, so that
 * nobody else depends on them.
 */
@NullMarked
package io.trailwarden.storage;

import org.jspecify.annotations.NullMarked;
