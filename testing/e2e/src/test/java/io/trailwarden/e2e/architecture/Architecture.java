package io.trailwarden.e2e.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The rules of {@code docs/architecture.md} that Maven cannot see, by name. */
final class Architecture {

    private static final String[] MODULES = {
        "event",
        "settings",
        "kafka",
        "ingest",
        "sigma",
        "detection",
        "workbench",
        "jobs",
        "storage",
        "sinks",
        "console",
        "embedded",
        "app"
    };

    static final Map<String, ArchRule> RULES = rules();

    private Architecture() {}

    private static Map<String, ArchRule> rules() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("events use nothing of ours", only("event"));
        rules.put("settings use nothing of ours", only("settings"));
        rules.put("kafka uses events and settings", only("kafka", "event", "settings"));
        rules.put("ingest uses events, settings and kafka", only("ingest", "event", "settings", "kafka"));
        rules.put("sigma uses events", only("sigma", "event"));
        rules.put("detection uses events and sigma", only("detection", "event", "sigma"));
        rules.put(
                "workbench uses detection and storage",
                only("workbench", "event", "settings", "sigma", "detection", "storage"));
        rules.put("storage uses events and settings", only("storage", "event", "settings"));
        rules.put(
                "jobs use events, settings, kafka, detection and storage",
                only("jobs", "event", "settings", "kafka", "sigma", "detection", "storage"));
        rules.put(
                "sinks use events, settings, kafka and storage",
                only("sinks", "event", "settings", "kafka", "storage"));
        rules.put(
                "console uses events, settings, kafka, storage, detection and workbench",
                only("console", "event", "settings", "kafka", "storage", "sigma", "detection", "workbench"));
        rules.put("embedded uses nothing of ours", only("embedded"));
        rules.put(
                "packages have no cycles",
                slices().assignedFrom(new Packages()).should().beFreeOfCycles());
        rules.put(
                "detection is pure Java",
                noClasses()
                        .that()
                        .resideInAnyPackage(
                                "io.trailwarden.sigma..", "io.trailwarden.detection..", "io.trailwarden.workbench..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "org.apache.flink..",
                                "org.apache.kafka..",
                                "org.apache.iceberg..",
                                "software.amazon.awssdk.."));
        rules.put(
                "only kafka opens Kafka's consumers and producers",
                noClasses()
                        .that()
                        .resideInAPackage("io.trailwarden..")
                        .and()
                        .resideOutsideOfPackage("io.trailwarden.kafka..")
                        .should()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("org.apache.kafka.clients.consumer.KafkaConsumer")
                        .orShould()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("org.apache.kafka.clients.producer.KafkaProducer"));
        rules.put(
                "only jobs, embedded and app know Flink",
                noClasses()
                        .that()
                        .resideInAPackage("io.trailwarden..")
                        .and()
                        .resideOutsideOfPackages(
                                "io.trailwarden.jobs..", "io.trailwarden.embedded..", "io.trailwarden.app..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.apache.flink.."));
        rules.put(
                "only app ends the process",
                noClasses()
                        .that()
                        .resideOutsideOfPackage("io.trailwarden.app..")
                        .should()
                        .callMethod(System.class, "exit", int.class)
                        .orShould()
                        .callMethod(Runtime.class, "exit", int.class));
        rules.put(
                "only entry points read the environment",
                noClasses()
                        .that()
                        .resideOutsideOfPackage("io.trailwarden.app..")
                        .and()
                        .doNotHaveSimpleName("JobMain")
                        .should()
                        .callMethod(System.class, "getenv", String.class)
                        .orShould()
                        .callMethod(System.class, "getenv"));
        // Fixed patterns in constants are ours; a pattern that is compiled later may be a rule's, which is for RE2/J.
        rules.put(
                "detection uses linear-time regular expressions",
                noCodeUnits()
                        .that()
                        .areDeclaredInClassesThat()
                        .resideInAnyPackage("io.trailwarden.sigma..", "io.trailwarden.detection..")
                        .and()
                        .doNotHaveName("<clinit>")
                        .should(callPatternCompile()));
        rules.put(
                "nothing reads serialised Java objects",
                noClasses()
                        .that()
                        .resideInAPackage("io.trailwarden..")
                        .should()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("java.io.ObjectInputStream")
                        .orShould()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("org.apache.flink.util.InstantiationUtil"));
        rules.put(
                "YAML is read by snakeyaml-engine only",
                noClasses()
                        .that()
                        .resideInAPackage("io.trailwarden..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.yaml.snakeyaml.."));
        rules.put(
                "no package is called util, common, helper or manager",
                classes()
                        .that()
                        .resideInAPackage("io.trailwarden..")
                        .should()
                        .resideOutsideOfPackages(
                                "..util..", "..utils..", "..common..", "..helper..", "..helpers..", "..manager.."));
        rules.put(
                "no class is called Impl or Utils",
                noClasses()
                        .that()
                        .resideInAPackage("io.trailwarden..")
                        .should()
                        .haveNameMatching(".*(Impl|Util|Utils|Helper|Manager)"));
        return rules;
    }

    /** Every package by itself, however deep. */
    private static final class Packages implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass each) {
            return each.getPackageName().startsWith("io.trailwarden.")
                    ? SliceIdentifier.of(each.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }

    private static ArchCondition<JavaCodeUnit> callPatternCompile() {
        return new ArchCondition<>("call java.util.regex.Pattern.compile") {
            @Override
            public void check(JavaCodeUnit unit, ConditionEvents events) {
                unit.getCallsFromSelf().stream()
                        .filter(call -> call.getTargetOwner().isEquivalentTo(Pattern.class)
                                && call.getName().equals("compile"))
                        .forEach(call -> events.add(SimpleConditionEvent.satisfied(call, call.getDescription())));
            }
        };
    }

    private static ArchRule only(String module, String... allowed) {
        String[] forbidden = Arrays.stream(MODULES)
                .filter(each -> !each.equals(module) && !Arrays.asList(allowed).contains(each))
                .map(each -> "io.trailwarden." + each + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage("io.trailwarden." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden);
    }
}
