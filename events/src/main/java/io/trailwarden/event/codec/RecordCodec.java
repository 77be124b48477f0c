package io.trailwarden.event.codec;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.custody.CustodyObservation;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of our own records as JSON in UTF-8: names as in the Java record, times as ISO 8601 text in UTC, bytes as base64.
 *
 * <p>A reader ignores members it does not know, so that a newer writer does not stop an older reader; it refuses a
 * record that lacks what may not be absent. Safe for any number of threads.
 *
 * @param <T> the record's type
 */
public final class RecordCodec<T extends Record> {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, new InstantWriter())
                    .addDeserializer(Instant.class, new InstantReader()))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Values of topic {@code findings}. */
    public static final RecordCodec<Finding> FINDING = new RecordCodec<>(Finding.class);

    /** Values of topic {@code dead-letters}. */
    public static final RecordCodec<DeadLetter> DEAD_LETTER = new RecordCodec<>(DeadLetter.class);

    /** Values of topic {@code audit.receipts}. */
    public static final RecordCodec<Receipt> RECEIPT = new RecordCodec<>(Receipt.class);

    /** Values of topic {@code audit.custody}. */
    public static final RecordCodec<CustodyObservation> CUSTODY = new RecordCodec<>(CustodyObservation.class);

    /** Values of topic {@code audit.reference}. */
    public static final RecordCodec<ReferenceEntry> REFERENCE = new RecordCodec<>(ReferenceEntry.class);

    /** Values of topic {@code job-status}. */
    public static final RecordCodec<JobStatus> JOB_STATUS = new RecordCodec<>(JobStatus.class);

    private final String name;
    private final ObjectReader reader;
    private final ObjectWriter writer;
    private final List<Member> members;

    private RecordCodec(Class<T> type) {
        name = type.getSimpleName();
        reader = MAPPER.readerFor(type);
        writer = MAPPER.writerFor(type);
        members = Member.of(type);
    }

    /** The record as JSON. */
    public byte[] encode(T value) {
        try {
            return writer.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every " + name + " can be written", e);
        }
    }

    /**
     * The record that these bytes hold.
     *
     * @throws MalformedRecordException if they hold something else
     */
    public T decode(byte[] json) {
        T value;
        try {
            value = reader.readValue(json);
        } catch (IOException e) {
            throw new MalformedRecordException("not a " + name + ": " + excerpt(json), e);
        }
        if (value == null) {
            throw new MalformedRecordException("not a " + name + ": " + excerpt(json));
        }
        String missing = missing(members, value);
        if (missing != null) {
            throw new MalformedRecordException(name + " without " + missing + ": " + excerpt(json));
        }
        return value;
    }

    /** What a record is made of, as far as it may lack it, and what that is made of. */
    private record Member(String name, boolean required, RecordComponent component, List<Member> members) {

        static List<Member> of(Class<?> type) {
            return type.isRecord()
                    ? Arrays.stream(type.getRecordComponents())
                            .filter(component -> !component.getType().isPrimitive())
                            .map(Member::of)
                            .toList()
                    : List.of();
        }

        private static Member of(RecordComponent component) {
            JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
            return new Member(
                    renamed == null ? component.getName() : renamed.value(),
                    !component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                    component,
                    of(component.getType()));
        }
    }

    /** The first of these that the record lacks and may not lack, at any depth; null when it lacks none. */
    private static @Nullable String missing(List<Member> members, Record value) {
        for (Member member : members) {
            Object part = get(member.component(), value);
            String missing = part instanceof Record nested
                    ? missing(member.members(), nested)
                    : part == null && member.required() ? member.name() : null;
            if (missing != null) {
                return missing;
            }
        }
        return null;
    }

    private static @Nullable Object get(RecordComponent component, Record value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("accessors of public records can be called", e);
        }
    }

    private static String excerpt(byte[] json) {
        int length = Math.min(json.length, 200);
        return new String(json, 0, length, StandardCharsets.UTF_8) + (length < json.length ? "…" : "");
    }

    private static final class InstantWriter extends JsonSerializer<Instant> {
        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider unused) throws IOException {
            out.writeString(value.toString());
        }
    }

    private static final class InstantReader extends JsonDeserializer<Instant> {
        @Override
        public @Nullable Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
            String text = in.getValueAsString();
            try {
                return Instant.parse(text == null ? "" : text);
            } catch (DateTimeException e) {
                return (Instant) context.handleWeirdStringValue(
                        Instant.class, text, "expected: ISO 8601 in UTC, for example 2026-03-02T09:00:00Z");
            }
        }
    }
}
