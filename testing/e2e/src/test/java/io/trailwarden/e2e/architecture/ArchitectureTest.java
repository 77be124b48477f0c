package io.trailwarden.e2e.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("io/trailwarden/testing/"))
            .withImportOption(location -> !location.contains("io/trailwarden/e2e/"))
            .importPackages("io.trailwarden");

    @TestFactory
    List<DynamicTest> holds() {
        return Architecture.RULES.entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getKey(), () -> rule.getValue().check(PRODUCT)))
                .toList();
    }

    /** Every rule must fail on a class that breaks it; otherwise it guards nothing. */
    @TestFactory
    List<DynamicTest> fails_on_a_planted_violation() {
        return Architecture.RULES.entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getKey(), () -> {
                    JavaClasses planted = Planted.classesFor(rule.getKey());
                    ArchRule forbids = rule.getValue();
                    assertThatThrownBy(() -> forbids.check(planted))
                            .isInstanceOf(AssertionError.class)
                            .hasMessageContaining("was violated");
                }))
                .toList();
    }

    @Test
    void all_modules_are_looked_at() {
        Set<String> modules = new TreeSet<>();
        for (JavaClass each : PRODUCT) {
            modules.add(each.getPackageName().split("\\.")[2]);
        }
        assertThat(modules)
                .containsExactly(
                        "app",
                        "console",
                        "detection",
                        "embedded",
                        "event",
                        "ingest",
                        "jobs",
                        "kafka",
                        "settings",
                        "sigma",
                        "sinks",
                        "storage",
                        "workbench");
    }

    @Test
    void every_package_says_that_null_is_marked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass each : PRODUCT) {
            if (!each.getPackage().isAnnotatedWith(NullMarked.class)) {
                unmarked.add(each.getPackageName());
            }
        }
        assertThat(unmarked).isEmpty();
    }

    @Test
    void planted_classes_are_not_part_of_the_product() {
        assertThat(PRODUCT.contain(Planted.class)).isFalse();
    }
}
