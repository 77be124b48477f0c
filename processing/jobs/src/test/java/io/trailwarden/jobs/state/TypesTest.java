package io.trailwarden.jobs.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.detection.EntryDetector;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.jobs.RepeatedCalls;
import io.trailwarden.jobs.TestRecords;
import io.trailwarden.jobs.archive.Flushed;
import io.trailwarden.jobs.archive.PendingCheckpoint;
import io.trailwarden.jobs.intake.Ancestor;
import io.trailwarden.jobs.intake.Delivered;
import io.trailwarden.jobs.intake.Detection;
import io.trailwarden.jobs.operator.ReferenceTable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.PojoTestUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything on a stream or in state is serialised by what Flink knows about it, never by Kryo. */
class TypesTest {

    static Stream<Class<?>> streamTypes() {
        return Stream.of(
                Delivered.class,
                Finding.class,
                DeadLetter.class,
                JobStatus.class,
                Flushed.class,
                PendingCheckpoint.class,
                Ancestor.class,
                ReferenceTable.Remembered.class);
    }

    static Stream<Class<? extends Record>> stateTypes() {
        return Stream.concat(
                Stream.of(RepeatedCalls.Calls.class, Nested.class),
                Detection.standard().keyedDetectors().stream()
                        .flatMap(detector -> detector instanceof EntryDetector<?, ?, ?, ?> entering
                                ? Stream.of(detector.stateType(), entering.entryType())
                                : Stream.of(detector.stateType())));
    }

    /** A map of maps of lists. */
    public record Nested(Map<String, Map<String, List<Inner>>> maps, @Nullable Inner nothing) {}

    /** Three numbers. */
    public record Times(long first, long second, long third) {}

    /** What nobody knows how to serialise. */
    public record Odd(Object anything) {}

    /** A record in a record. */
    public record Inner(Instant time, List<String> texts) {}

    @ParameterizedTest
    @MethodSource("streamTypes")
    void aTypeOnAStreamNeedsNoKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    @ParameterizedTest
    @MethodSource("stateTypes")
    void aTypeInStateNeedsNoKryo(Class<? extends Record> type) {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.setGenericTypes(false);
        assertThat(RecordTypes.of(type).createSerializer(config)).isInstanceOf(PojoSerializer.class);
    }

    @Test
    void nestedMapsComeBackAsTheyWere() throws IOException {
        TypeSerializer<Nested> serializer = RecordTypes.of(Nested.class).createSerializer(new SerializerConfigImpl());
        Nested nested = new Nested(
                Map.of("a", Map.of("b", List.of(new Inner(TestRecords.NOON, List.of("c", "d")))), "e", Map.of()), null);

        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(nested, out);
        Nested back = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));

        assertThat(back).isEqualTo(nested);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "M\u00fcnchen \u00ff", "\u0100", "İı \ud83d\ude00", "half \ud83d", "\u0000"})
    void everyTextComesBackAsItWas(String text) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TextSerializer.INSTANCE.serialize(text, out);
        TextSerializer.INSTANCE.serialize(null, out);
        TextSerializer.INSTANCE.copy(new DataInputDeserializer(out.getCopyOfBuffer()), out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

        assertThat(TextSerializer.INSTANCE.deserialize(in)).isEqualTo(text);
        assertThat(TextSerializer.INSTANCE.deserialize(in)).isNull();
        assertThat(TextSerializer.INSTANCE.deserialize(in)).isEqualTo(text);
    }

    @Test
    void aTextThatWasMetBeforeIsTheSameObject() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        for (String text : List.of("us-east-1", "\u00fcber-1", "us-east-1", "\u00fcber-1")) {
            TextSerializer.INSTANCE.serialize(new String(text.toCharArray()), out);
        }
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

        String region = TextSerializer.INSTANCE.deserialize(in);
        String other = TextSerializer.INSTANCE.deserialize(in);
        assertThat(TextSerializer.INSTANCE.deserialize(in)).isSameAs(region).isEqualTo("us-east-1");
        assertThat(TextSerializer.INSTANCE.deserialize(in)).isSameAs(other).isEqualTo("\u00fcber-1");
    }

    @Test
    void textsOfOneHashAreToldApart() throws IOException {
        assertThat("Aa").hasSameHashCodeAs("BB");
        DataOutputSerializer out = new DataOutputSerializer(64);
        for (String text : List.of("Aa", "BB", "Aa")) {
            TextSerializer.INSTANCE.serialize(text, out);
        }
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

        assertThat(TextSerializer.INSTANCE.deserialize(in)).isEqualTo("Aa");
        assertThat(TextSerializer.INSTANCE.deserialize(in)).isEqualTo("BB");
        assertThat(TextSerializer.INSTANCE.deserialize(in)).isEqualTo("Aa");
    }

    @Test
    void aBlockHoldsTheBytesOfItsFields() throws IOException {
        TypeSerializer<Times> fields = RecordTypes.of(Times.class).createSerializer(new SerializerConfigImpl());
        TypeSerializer<Times> block = new BlockSerializer<>(fields);
        DataOutputSerializer plain = new DataOutputSerializer(64);
        DataOutputSerializer blocks = new DataOutputSerializer(64);
        for (Times times : List.of(new Times(1, 2, 3), new Times(4, 5, 6))) {
            fields.serialize(times, plain);
            block.serialize(times, blocks);
        }

        assertThat(blocks.getCopyOfBuffer()).isEqualTo(plain.getCopyOfBuffer());
        DataInputDeserializer in = new DataInputDeserializer(blocks.getCopyOfBuffer());
        assertThat(block.duplicate().deserialize(in)).isEqualTo(new Times(1, 2, 3));
        assertThat(block.duplicate().deserialize(in)).isEqualTo(new Times(4, 5, 6));
    }

    @Test
    void aTypeThatOnlyKryoCouldSerialiseIsRefused() {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.setGenericTypes(false);

        assertThatThrownBy(() -> RecordTypes.of(Odd.class).createSerializer(config))
                .hasMessageContaining("Object");
    }
}
