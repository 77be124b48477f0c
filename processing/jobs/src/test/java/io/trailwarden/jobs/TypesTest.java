package io.trailwarden.jobs;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.trailwarden.detection.Signal;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything on a stream or in state is serialised by what Flink knows about it, never by Kryo. */
class TypesTest {

    static Stream<Class<?>> streamAndStateTypes() {
        return Stream.concat(
                Stream.of(
                        Delivered.class,
                        Signal.class,
                        Finding.class,
                        DeadLetter.class,
                        JobStatus.class,
                        Flushed.class,
                        PendingCheckpoint.class,
                        Ancestor.class,
                        KeyClock.class,
                        ReferenceTable.Remembered.class,
                        RepeatedCalls.Calls.class),
                Detection.standard().keyedDetectors().stream().map(detector -> detector.stateType()));
    }

    @ParameterizedTest
    @MethodSource("streamAndStateTypes")
    void needsNoKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    @ParameterizedTest
    @MethodSource("streamAndStateTypes")
    void hasASerializerWhereGenericTypesAreForbidden(Class<?> type) {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.setGenericTypes(false);
        assertThatCode(() -> TypeInformation.of(type).createSerializer(config)).doesNotThrowAnyException();
    }
}
