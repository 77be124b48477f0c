package io.trailwarden.ingest.custody;

/**
 * An object that was read or lies in a folder.
 *
 * @param object its bucket and key, or a path that ends in the key
 * @param sha256 of its uncompressed content, lower-case hex
 */
public record ObjectHash(String object, String sha256) {}
