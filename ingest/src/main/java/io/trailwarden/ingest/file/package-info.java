/**
 * Files and folders as a source, read once or followed.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.file.FileIngester}.
 */
@NullMarked
package io.trailwarden.ingest.file;

import org.jspecify.annotations.NullMarked;
