package io.trailwarden.benchmarks.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.match.RuleMatcher;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.event.ruler.GenericMachine;
import software.amazon.event.ruler.Machine;

/**
 * Events a second and core: JSON bytes in, rule ids out, over real events.
 *
 * <p>Counted in CPU time of the one thread, every kernel in every round, so that another load on the machine touches all
 * of them alike; the median of the rounds is reported.
 *
 * <pre>{@code
 * RuleBenchmark EVENTS [--rounds 5] [--millis 400] [--rules 10,1000,5000] [--sigmahq FOLDER] [--only PART OF A NAME] [--out FILE]
 * RuleBenchmark --compare BEFORE.json AFTER.json
 * }</pre>
 *
 * {@code EVENTS} is a folder of CloudTrail JSON files. {@code --sigmahq} adds a folder of rules and the events of {@code
 * --sigmahq-events}, JSON Lines with {@code event} members.
 */
public final class RuleBenchmark {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** How much two processes differ because their code was compiled in another order. */
    private static final double BETWEEN_PROCESSES = 0.1;

    private RuleBenchmark() {}

    private interface Kernel {
        int run(byte[] event) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("--compare")) {
            compare(Path.of(args[1]), Path.of(args[2]));
            return;
        }
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 1; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        List<byte[]> events = cloudTrail(Path.of(args[0]));
        int rounds = Integer.parseInt(options.getOrDefault("--rounds", "5"));
        long millis = Long.parseLong(options.getOrDefault("--millis", "400"));
        int[] counts = Arrays.stream(
                        options.getOrDefault("--rules", "10,1000,5000").split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
        long bytes = events.stream().mapToLong(e -> e.length).sum();
        System.out.printf(Locale.ROOT, "%d events, %d bytes each on average%n", events.size(), bytes / events.size());

        Map<String, Kernel> kernels = new LinkedHashMap<>();
        List<String[]> calls = calls(events);
        for (int count : counts) {
            List<CloudTrailRules.Shape> shapes = CloudTrailRules.shapes(count, calls);
            kernels.put("sigma " + count, sigma(shapes));
            if (count > 10) {
                // Its two ways to build the automaton: which is faster depends on the patterns, so both are run.
                kernels.put("event-ruler " + count, eventRuler(shapes, false));
                kernels.put("event-ruler reuse " + count, eventRuler(shapes, true));
            }
            if (count >= 1000) {
                kernels.put("naive loop " + count, naive(shapes));
            }
        }
        kernels.put("sigma 1000 ungated contains", ungated(1_000));
        kernels.keySet().removeIf(name -> !name.contains(options.getOrDefault("--only", "")));
        ObjectNode results = JSON.createObjectNode();
        measure(kernels, events, rounds, millis, results);
        if (options.containsKey("--sigmahq")) {
            Map<String, Kernel> corpus = new LinkedHashMap<>();
            corpus.put(
                    "sigma whole corpus",
                    compiled("whole corpus", RuleSet.load(Path.of(options.get("--sigmahq")), Map.of())));
            measure(corpus, lines(Path.of(options.get("--sigmahq-events"))), rounds, millis, results);
        }
        if (options.containsKey("--out")) {
            Files.writeString(Path.of(options.get("--out")), results.toPrettyString());
        }
    }

    // Kernels

    private static Kernel sigma(List<CloudTrailRules.Shape> shapes) {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < shapes.size(); i++) {
            files.put("rule-" + i + ".yml", shapes.get(i).sigma(i));
        }
        return compiled(shapes.size() + " rules", RuleSet.parse(files, Map.of()));
    }

    private static Kernel ungated(int count) {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            files.put(
                    "rule-" + i,
                    "title: Rule " + i + "\nname: rule-" + i
                            + "\nlogsource: {product: aws}\ndetection:\n  selection:\n    userAgent|contains: 'tool"
                            + Integer.toString(i * 7919, 36) + "/'\n  condition: selection\n");
        }
        return compiled(count + " ungated contains", RuleSet.parse(files, Map.of()));
    }

    private static Kernel compiled(String name, RuleSet rules) {
        long before = used();
        long start = System.nanoTime();
        RuleMatcher matcher = RuleMatcher.of(rules.rules());
        long took = System.nanoTime() - start;
        System.out.printf(
                Locale.ROOT,
                "%s: compiled in %d ms, %.1f MB; %s%n",
                name,
                took / 1_000_000,
                (used() - before) / 1e6,
                matcher.statistics());
        return event -> matcher.ids(event).size();
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static Kernel eventRuler(List<CloudTrailRules.Shape> shapes, boolean reuse) throws IOException {
        Machine machine = Machine.builder().withAdditionalNameStateReuse(reuse).build();
        for (int i = 0; i < shapes.size(); i++) {
            add(machine, "rule-" + i, shapes.get(i).eventBridge());
        }
        return event -> machine.rulesForJSONEvent(new String(event, StandardCharsets.UTF_8))
                .size();
    }

    private static void add(GenericMachine<String> machine, String name, String pattern) throws IOException {
        machine.addRule(name, pattern);
    }

    private static Kernel naive(List<CloudTrailRules.Shape> shapes) {
        return event -> {
            JsonNode tree = JSON.readTree(event);
            int matched = 0;
            for (CloudTrailRules.Shape shape : shapes) {
                if (matches(shape, tree)) {
                    matched++;
                }
            }
            return matched;
        };
    }

    private static boolean matches(CloudTrailRules.Shape shape, JsonNode event) {
        if (!event.path("eventSource").asText().equalsIgnoreCase(shape.source())) {
            return false;
        }
        String name = event.path("eventName").asText();
        return shape.names().stream().anyMatch(name::equalsIgnoreCase)
                && (!shape.withoutError() || event.path("errorCode").isMissingNode())
                && (shape.agent() == null
                        || event.path("userAgent")
                                .asText()
                                .toLowerCase(Locale.ROOT)
                                .contains(shape.agent()))
                && (shape.identityType() == null
                        || event.path("userIdentity").path("type").asText().equalsIgnoreCase(shape.identityType()))
                && (shape.arnEnd() == null
                        || event.path("userIdentity")
                                .path("arn")
                                .asText()
                                .toLowerCase(Locale.ROOT)
                                .endsWith(shape.arnEnd()));
    }

    // Measurement

    private static void measure(
            Map<String, Kernel> kernels, List<byte[]> events, int rounds, long millis, ObjectNode results)
            throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        for (int round = -2; round < rounds; round++) {
            for (Map.Entry<String, Kernel> kernel : kernels.entrySet()) {
                double rate = rate(kernel.getValue(), events, millis);
                if (round >= 0) {
                    rates.computeIfAbsent(kernel.getKey(), k -> new ArrayList<>())
                            .add(rate);
                }
            }
        }
        System.out.printf("%-30s %12s %10s %12s%n", "kernel", "events/s", "us/event", "spread");
        Map<String, Double> medians = new LinkedHashMap<>();
        rates.forEach((name, list) -> {
            double[] sorted =
                    list.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            double median = sorted[sorted.length / 2];
            System.out.printf(
                    Locale.ROOT,
                    "%-30s %,12.0f %10.2f %11.0f%%%n",
                    name,
                    median,
                    1e6 / median,
                    100 * (sorted[sorted.length - 1] - sorted[0]) / median);
            ArrayNode array = results.putArray(name);
            list.forEach(array::add);
            medians.put(name, median);
        });
        ratios(medians);
    }

    /** The ratios that matter, each of medians of the same run. */
    private static void ratios(Map<String, Double> medians) {
        for (int count : new int[] {1_000, 5_000}) {
            Double own = medians.get("sigma " + count);
            for (String other : List.of("event-ruler ", "event-ruler reuse ", "naive loop ")) {
                Double rate = medians.get(other + count);
                if (own != null && rate != null) {
                    System.out.printf(Locale.ROOT, "%d rules: %.1f times %s%n", count, own / rate, other.strip());
                }
            }
            if (own != null && medians.containsKey("sigma 10")) {
                System.out.printf(
                        Locale.ROOT, "%d rules take %.2f times as long as 10%n", count, medians.get("sigma 10") / own);
            }
        }
    }

    private static double rate(Kernel kernel, List<byte[]> events, long millis) throws Exception {
        var threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        long done = 0;
        long matched = 0;
        long elapsed;
        do {
            for (byte[] event : events) {
                matched += kernel.run(event);
            }
            done += events.size();
            elapsed = threads.getCurrentThreadCpuTime() - start;
        } while (elapsed < millis * 1_000_000);
        if (matched < 0) {
            throw new IllegalStateException("a count below zero");
        }
        return done * 1e9 / elapsed;
    }

    /** Says for every kernel whether the change is more than the noise. */
    private static void compare(Path before, Path after) throws IOException {
        JsonNode old = JSON.readTree(before.toFile());
        JsonNode now = JSON.readTree(after.toFile());
        System.out.printf("%-30s %12s %12s %8s  %s%n", "kernel", "before", "after", "change", "verdict");
        old.properties().forEach(entry -> {
            if (now.has(entry.getKey())) {
                double[] a = sorted(entry.getValue());
                double[] b = sorted(now.get(entry.getKey()));
                double change = b[b.length / 2] / a[a.length / 2] - 1;
                System.out.printf(
                        Locale.ROOT,
                        "%-30s %,12.0f %,12.0f %+7.1f%%  %s%n",
                        entry.getKey(),
                        a[a.length / 2],
                        b[b.length / 2],
                        100 * change,
                        verdict(a, b));
            }
        });
    }

    /**
     * Whether the middle halves of the rounds part, since a round that another program disturbed says nothing, by more
     * than two processes running the same code were seen to differ.
     *
     * @param before ascending
     * @param after ascending
     */
    static String verdict(double[] before, double[] after) {
        double change = after[after.length / 2] / before[before.length / 2] - 1;
        if (Math.abs(change) < BETWEEN_PROCESSES) {
            return "within the noise";
        }
        if (after[after.length / 4] > before[before.length - 1 - before.length / 4]) {
            return "faster";
        }
        return after[after.length - 1 - after.length / 4] < before[before.length / 4] ? "slower" : "within the noise";
    }

    private static double[] sorted(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        Arrays.sort(values);
        return values;
    }

    // Events

    static List<byte[]> cloudTrail(Path folder) throws IOException {
        List<byte[]> events = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(p -> p.toString().endsWith(".json")).sorted().toList();
        }
        for (Path file : files) {
            JsonNode root = JSON.readTree(file.toFile());
            JsonNode records = root.has("Records") ? root.get("Records") : root;
            for (JsonNode record :
                    records.isArray() ? records : JSON.createArrayNode().add(records)) {
                if (record.has("eventName")) {
                    events.add(JSON.writeValueAsBytes(record));
                }
            }
        }
        return events;
    }

    private static List<byte[]> lines(Path file) throws IOException {
        List<byte[]> events = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            events.add(JSON.writeValueAsBytes(JSON.readTree(line).get("event")));
        }
        return events;
    }

    static List<String[]> calls(List<byte[]> events) throws IOException {
        Set<String> seen = new LinkedHashSet<>();
        for (byte[] event : events) {
            JsonNode tree = JSON.readTree(event);
            seen.add(tree.path("eventSource").asText()
                    + '|'
                    + tree.path("eventName").asText());
        }
        return seen.stream().map(call -> call.split("\\|")).toList();
    }
}
