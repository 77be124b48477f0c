package io.trailwarden.event;

import java.time.Instant;

/**
 * Where a record came from, precise enough to fetch it again and to prove that it was not altered.
 *
 * <p>{@code (source, object, objectSha256, offset)} names one delivery of one record: the same four seen twice are a
 * redelivery (an ingester restarted), the same event with others is a duplicate (two trails log the same call, an object
 * was copied).
 *
 * @param source the configured ingester, for example {@code file} or {@code s3:audit-trail}
 * @param object the object key, file path relative to its input, or log stream
 * @param offset zero-based position of the record within the object
 * @param objectSha256 lower-case hex SHA-256 of the uncompressed object
 * @param ingestedAt when the ingester read the object; caps the watermark, so that one record dated in the future
 *     cannot silence the others
 */
public record Origin(String source, String object, long offset, String objectSha256, Instant ingestedAt) {}
