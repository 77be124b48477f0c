package io.trailwarden.e2e.architecture;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every type on a stream or in state has a serialiser of Flink's own: Kryo is switched off, and is not missed. */
class SerializationTest {

    private static final Set<String> TRAVELS = Set.of("io.trailwarden.event", "io.trailwarden.event.custody");

    private static final JavaClasses EVENTS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.trailwarden.event");

    @TestFactory
    List<DynamicTest> needs_no_kryo() {
        return types().stream()
                .map(type -> DynamicTest.dynamicTest(type.getSimpleName(), () -> assertThatCode(() -> serialiser(type))
                        .doesNotThrowAnyException()))
                .toList();
    }

    @Test
    void a_type_that_needs_kryo_is_noticed() {
        assertThatThrownBy(() -> serialiser(NeedsKryo.class))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("Generic types have been disabled");
    }

    /** Not final and with a component that Flink knows nothing about. */
    public record NeedsKryo(Object anything) {}

    private static void serialiser(Class<?> type) {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.configure(
                new Configuration().set(PipelineOptions.GENERIC_TYPES, false),
                SerializationTest.class.getClassLoader());
        TypeInformation.of(type).createSerializer(config);
    }

    /** What travels, and what is keyed. The states of detectors, which nest maps, have their test beside the job. */
    private static List<Class<?>> types() {
        List<Class<?>> types = new ArrayList<>();
        for (JavaClass each : EVENTS) {
            if (TRAVELS.contains(each.getPackageName()) && each.isRecord()) {
                types.add(each.reflect());
            }
        }
        types.sort(Comparator.comparing(Class::getName));
        return types;
    }
}
