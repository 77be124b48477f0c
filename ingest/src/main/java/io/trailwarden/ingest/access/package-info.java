/**
 * Whether AWS grants what the inputs need.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.access.AccessProbe}.
 */
@NullMarked
package io.trailwarden.ingest.access;

import org.jspecify.annotations.NullMarked;
