/** The topics: the only place where ingest, processing and sinks meet. */
@NullMarked
package io.trailwarden.event.topic;

import org.jspecify.annotations.NullMarked;
