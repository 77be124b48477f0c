/**
 * Every kind of source in AWS, and how the section {@code aws} of the configuration names them.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.source.AwsSources}.
 */
@NullMarked
package io.trailwarden.ingest.source;

import org.jspecify.annotations.NullMarked;
