package io.trailwarden.e2e.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Classes that break a rule on purpose. They are compiled here, under the product's own package names, and never reach
 * a class path.
 */
final class Planted {

    private static final Map<String, List<String>> SOURCES = Map.ofEntries(
            uses("events use nothing of ours", "event", "io.trailwarden.ingest.Other"),
            uses("settings use nothing of ours", "settings", "io.trailwarden.event.Other"),
            uses("kafka uses events and settings", "kafka", "io.trailwarden.ingest.Other"),
            uses("ingest uses events, settings and kafka", "ingest", "io.trailwarden.sinks.Other"),
            uses("sigma uses events", "sigma", "io.trailwarden.detection.Other"),
            uses("detection uses events and sigma", "detection", "io.trailwarden.storage.Other"),
            uses("workbench uses detection and storage", "workbench", "io.trailwarden.jobs.Other"),
            uses("storage uses events and settings", "storage", "io.trailwarden.jobs.Other"),
            uses("jobs use events, settings, kafka, detection and storage", "jobs", "io.trailwarden.ingest.Other"),
            uses("sinks use events, settings, kafka and storage", "sinks", "io.trailwarden.detection.Other"),
            uses(
                    "console uses events, settings, kafka, storage, detection and workbench",
                    "console",
                    "io.trailwarden.jobs.Other"),
            uses("embedded uses nothing of ours", "embedded", "io.trailwarden.event.Other"),
            Map.entry(
                    "packages have no cycles",
                    List.of(
                            "package io.trailwarden.sinks.one; public class A { io.trailwarden.sinks.two.B b; }",
                            "package io.trailwarden.sinks.two; public class B { io.trailwarden.sinks.one.A a; }")),
            uses("detection is pure Java", "detection", "org.apache.kafka.clients.Other"),
            uses(
                    "only kafka opens Kafka's consumers and producers",
                    "sinks",
                    "org.apache.kafka.clients.consumer.KafkaConsumer"),
            uses("only jobs, embedded and app know Flink", "console", "org.apache.flink.api.Other"),
            body("only app ends the process", "storage", "System.exit(1);"),
            body("only entry points read the environment", "sinks", "System.getenv(\"HOME\");"),
            body(
                    "detection uses linear-time regular expressions",
                    "detection",
                    "java.util.regex.Pattern.compile(\"\");"),
            body("nothing reads serialised Java objects", "jobs", "new java.io.ObjectInputStream(null).readObject();"),
            uses("YAML is read by snakeyaml-engine only", "app", "org.yaml.snakeyaml.Other"),
            Map.entry(
                    "no package is called util, common, helper or manager",
                    List.of("package io.trailwarden.event.util; public class Planted {}")),
            Map.entry(
                    "no class is called Impl or Utils",
                    List.of("package io.trailwarden.event; public class ReaderImpl {}")));

    private Planted() {}

    private static Map.Entry<String, List<String>> uses(String rule, String module, String other) {
        int dot = other.lastIndexOf('.');
        return Map.entry(
                rule,
                List.of(
                        "package " + other.substring(0, dot) + "; public class " + other.substring(dot + 1) + " {}",
                        "package io.trailwarden." + module + "; public class Planted { " + other + " field; }"));
    }

    private static Map.Entry<String, List<String>> body(String rule, String module, String statement) {
        return Map.entry(
                rule,
                List.of("package io.trailwarden." + module + "; public class Planted { void run() throws Exception { "
                        + statement + " } }"));
    }

    /** Classes that break the rule of this name. */
    static JavaClasses classesFor(String rule) {
        List<String> sources = SOURCES.get(rule);
        if (sources == null) {
            throw new IllegalArgumentException("nothing is planted for the rule \"" + rule + '"');
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try {
            Path output = Files.createTempDirectory("planted");
            try {
                List<JavaFileObject> files = new ArrayList<>();
                for (int i = 0; i < sources.size(); i++) {
                    files.add(new Source(sources.get(i)));
                }
                StringWriter messages = new StringWriter();
                boolean compiled = compiler.getTask(
                                messages,
                                null,
                                null,
                                List.of("-d", output.toString(), "-cp", output.toString(), "-proc:none"),
                                null,
                                files)
                        .call();
                if (!compiled) {
                    throw new IllegalStateException("planted classes do not compile: " + messages);
                }
                return new ClassFileImporter().importPath(output);
            } finally {
                try (Stream<Path> all = Files.walk(output)) {
                    for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String code;

        Source(String code) {
            super(URI.create("string:///" + name(code) + ".java"), Kind.SOURCE);
            this.code = code;
        }

        private static String name(String code) {
            String packageName = code.substring("package ".length(), code.indexOf(';'));
            String rest = code.substring(code.indexOf("class ") + "class ".length());
            return packageName.replace('.', '/') + '/' + rest.substring(0, rest.indexOf(' '));
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s (%d bytes)", getName(), code.getBytes(StandardCharsets.UTF_8).length);
        }
    }
}
