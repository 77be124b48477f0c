package io.trailwarden.ingest.custody;

import org.jspecify.annotations.Nullable;

/**
 * A digest as it was found.
 *
 * @param bucket it was found in; null if that is not known (a copy in a folder)
 * @param key it was found at; of a copy what follows {@code AWSLogs/}, with that
 * @param content uncompressed, byte by byte: it is signed as it is
 * @param signature hex, from the object's metadata or its side-file; null if there is none
 */
public record DigestFile(@Nullable String bucket, String key, byte[] content, @Nullable String signature) {}
