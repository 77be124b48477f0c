package io.trailwarden.storage.ids;

import java.nio.file.Path;

/**
 * What one subtask may use to remember which records are stored, 24 bytes a place, of which up to 7 in 10 are taken.
 *
 * @param heapBytes of the heap, for all days together
 * @param fileBytes in files, for days that do not fit there
 * @param directory where these files are made; they are never seen there, and nothing is left of them
 */
public record IdMemory(long heapBytes, long fileBytes, Path directory) {}
