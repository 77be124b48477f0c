package io.trailwarden.ingest.page;

import java.time.Instant;

/**
 * One event as an API lists it.
 *
 * @param id what the API calls it by: the same in every answer
 * @param time by which the API orders it
 * @param message the record's own bytes
 */
public record Entry(String id, Instant time, byte[] message) {}
