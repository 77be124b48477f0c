/**
 * Pages of APIs that list events by time, so that they can be published like files.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.page.Pages}.
 */
@NullMarked
package io.trailwarden.ingest.page;

import org.jspecify.annotations.NullMarked;
