/**
 * Finds the audit records in whatever holds them: the format is recognised by content, never by name.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.format.RecordFinder}.
 */
@NullMarked
package io.trailwarden.ingest.format;

import org.jspecify.annotations.NullMarked;
