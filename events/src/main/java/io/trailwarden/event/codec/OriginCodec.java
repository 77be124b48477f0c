package io.trailwarden.event.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Origin} as the headers of {@link io.trailwarden.event.topic.AuditHeaders}, and back.
 *
 * <p>The object header is the same for all records of an object, so what it decodes to is remembered. An instance
 * belongs to one thread.
 */
public final class OriginCodec {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private record ObjectHeader(String source, String object, String sha256, String ingestedAt) {}

    private record RejectedHeader(DeadLetter.Reason reason, String message, String place, long length) {}

    private byte @Nullable [] lastHeader;
    private @Nullable Origin lastOrigin;

    /** The header {@code object}: the origin without its offset. */
    public static byte[] objectHeader(Origin origin) {
        return write(new ObjectHeader(
                origin.source(),
                origin.object(),
                origin.objectSha256(),
                origin.ingestedAt().toString()));
    }

    /** The header {@code offset}: eight bytes, big-endian. */
    public static byte[] offsetHeader(long offset) {
        return ByteBuffer.allocate(Long.BYTES).putLong(offset).array();
    }

    /** The header {@code rejected}; the payload travels as the message's value. */
    public static byte[] rejectedHeader(DeadLetter letter) {
        return write(new RejectedHeader(letter.reason(), letter.message(), letter.place(), letter.payloadLength()));
    }

    /**
     * The origin that two headers hold.
     *
     * @throws MalformedRecordException if either is absent or malformed
     */
    public Origin origin(byte @Nullable [] objectHeader, byte @Nullable [] offsetHeader) {
        if (objectHeader == null || offsetHeader == null || offsetHeader.length != Long.BYTES) {
            throw new MalformedRecordException(
                    "a record without its origin (expected: header object as JSON and header " + "offset of 8 bytes)");
        }
        Origin object = lastOrigin;
        if (object == null || !Arrays.equals(objectHeader, lastHeader)) {
            object = object(objectHeader);
            lastHeader = objectHeader;
            lastOrigin = object;
        }
        long offset = ByteBuffer.wrap(offsetHeader).getLong();
        return new Origin(object.source(), object.object(), offset, object.objectSha256(), object.ingestedAt());
    }

    /**
     * The dead letter that a message with a {@code rejected} header is.
     *
     * @throws MalformedRecordException if the header is malformed
     */
    public DeadLetter deadLetter(byte[] rejectedHeader, byte[] payload, Origin origin) {
        RejectedHeader header = read(rejectedHeader, RejectedHeader.class);
        if (header.reason() == null || header.message() == null || header.place() == null) {
            throw new MalformedRecordException(
                    "header rejected lacks reason, message or place: " + text(rejectedHeader));
        }
        return new DeadLetter(header.reason(), header.message(), header.place(), payload, header.length(), origin);
    }

    private static Origin object(byte[] objectHeader) {
        ObjectHeader header = read(objectHeader, ObjectHeader.class);
        if (header.source() == null
                || header.object() == null
                || header.sha256() == null
                || header.ingestedAt() == null) {
            throw new MalformedRecordException(
                    "header object lacks source, object, sha256 or ingestedAt: " + text(objectHeader));
        }
        try {
            return new Origin(header.source(), header.object(), 0, header.sha256(), Instant.parse(header.ingestedAt()));
        } catch (DateTimeException e) {
            throw new MalformedRecordException(
                    "header object: ingestedAt \"" + header.ingestedAt() + "\" (expected: ISO 8601 in UTC)", e);
        }
    }

    private static byte[] write(Record header) {
        try {
            return MAPPER.writeValueAsBytes(header);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every header can be written", e);
        }
    }

    private static <T> T read(byte[] header, Class<T> type) {
        try {
            T value = MAPPER.readValue(header, type);
            if (value != null) {
                return value;
            }
        } catch (IOException e) {
            throw new MalformedRecordException("a header that is not JSON of its kind: " + text(header), e);
        }
        throw new MalformedRecordException("a header that is null: " + text(header));
    }

    private static String text(byte[] header) {
        return new String(header, 0, Math.min(header.length, 200), StandardCharsets.UTF_8);
    }
}
