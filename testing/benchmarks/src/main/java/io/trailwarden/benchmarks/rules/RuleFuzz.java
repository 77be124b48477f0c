package io.trailwarden.benchmarks.rules;

import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.match.MalformedEventException;
import io.trailwarden.sigma.match.RuleMatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Feeds the engine mutated events and mutated rule files: nothing may crash, nothing may hang.
 *
 * <pre>{@code
 * RuleFuzz --corpus FOLDER [--rules FOLDER] [--events 10000000] [--files 100000] [--seed 1]
 * }</pre>
 *
 * {@code --corpus} holds JSON files to mutate, {@code --rules} rule files. An event is either matched or refused as
 * malformed; a rule file is loaded or refused with a place. Anything else ends the run with the seed that shows it.
 */
public final class RuleFuzz {

    /** Longer than this, and one input hangs. */
    private static final long LIMIT_MILLIS = 5_000;

    private static final byte[] TELLING =
            "{}[]\",:\\u0000*?%|'#&!-\n\t \u00e9\ud83d\ude00nulltruefalse1e999".getBytes(StandardCharsets.UTF_8);

    private final Random random;
    private final AtomicLong startedAt = new AtomicLong();
    private volatile String input = "";
    private long slowestNanos;

    private RuleFuzz(long seed) {
        this.random = new Random(seed);
    }

    /** What came of the inputs. */
    public record Outcome(
            long events, long malformed, long matched, long files, long loaded, long refused, long slowestMillis) {}

    public static void main(String[] args) throws IOException {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        long seed = Long.parseLong(options.getOrDefault("--seed", "1"));
        List<byte[]> events = texts(Path.of(options.getOrDefault("--corpus", "../shared/data/cloudtrail")), ".json");
        List<byte[]> rules = texts(Path.of(options.getOrDefault("--rules", "rules")), ".yml");
        Outcome outcome = run(
                seed,
                events,
                rules,
                Long.parseLong(options.getOrDefault("--events", "100000")),
                Long.parseLong(options.getOrDefault("--files", "1000")));
        System.out.printf(
                Locale.ROOT,
                "%,d mutated events: %,d malformed, %,d matched a rule; %,d mutated rule files: %,d rules loaded, %,d"
                        + " refused; slowest input %,d ms; no crash, no hang (seed %d)%n",
                outcome.events(),
                outcome.malformed(),
                outcome.matched(),
                outcome.files(),
                outcome.loaded(),
                outcome.refused(),
                outcome.slowestMillis(),
                seed);
    }

    /**
     * Runs so many of each.
     *
     * @throws IllegalStateException with the input when one crashes the engine
     */
    public static Outcome run(long seed, List<byte[]> events, List<byte[]> rules, long eventCount, long fileCount) {
        RuleFuzz fuzz = new RuleFuzz(seed);
        Thread watch = new Thread(fuzz::watch, "fuzz-watch");
        watch.setDaemon(true);
        watch.start();
        try {
            return fuzz.run(events, rules, eventCount, fileCount);
        } finally {
            watch.interrupt();
        }
    }

    private Outcome run(List<byte[]> events, List<byte[]> rules, long eventCount, long fileCount) {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            files.put("rule-" + i + ".yml", new String(rules.get(i), StandardCharsets.UTF_8));
        }
        RuleMatcher matcher = RuleMatcher.of(RuleSet.parse(files, Map.of()).rules());
        long malformed = 0;
        long matched = 0;
        for (long i = 0; i < eventCount; i++) {
            byte[] event = mutated(events.get(random.nextInt(events.size())));
            try {
                int found = timed(event, () -> matcher.ids(event).size());
                matched += found > 0 ? 1 : 0;
            } catch (MalformedEventException e) {
                malformed++;
            }
        }
        long loaded = 0;
        long refused = 0;
        for (long i = 0; i < fileCount; i++) {
            byte[] file = mutated(rules.get(random.nextInt(rules.size())));
            byte[] event = events.get(random.nextInt(events.size()));
            RuleSet set = timed(file, () -> {
                RuleSet parsed = RuleSet.parse("fuzz.yml", new String(file, StandardCharsets.UTF_8));
                try {
                    RuleMatcher.of(parsed.rules()).ids(event);
                } catch (MalformedEventException e) {
                    // The event is a list of records, perhaps: only the rules are under test here.
                }
                return parsed;
            });
            loaded += set.rules().size() + set.correlations().size();
            refused += set.refused().size();
        }
        return new Outcome(eventCount, malformed, matched, fileCount, loaded, refused, slowestNanos / 1_000_000);
    }

    private <T> T timed(byte[] bytes, java.util.function.Supplier<T> work) {
        input = new String(bytes, StandardCharsets.UTF_8);
        long start = System.nanoTime();
        startedAt.set(start);
        try {
            return work.get();
        } catch (MalformedEventException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            throw new IllegalStateException("crashes the engine: " + input, e);
        } finally {
            startedAt.set(0);
            slowestNanos = Math.max(slowestNanos, System.nanoTime() - start);
        }
    }

    /** A hang cannot be interrupted: it is told, and the process ends. */
    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            long start = startedAt.get();
            if (start != 0 && System.nanoTime() - start > LIMIT_MILLIS * 1_000_000) {
                System.err.println("hangs the engine for " + LIMIT_MILLIS + " ms: " + input);
                Runtime.getRuntime().halt(1);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
        }
    }

    /** One to four small damages. */
    private byte[] mutated(byte[] original) {
        byte[] bytes = original;
        for (int times = 1 + random.nextInt(4); times > 0 && bytes.length > 0; times--) {
            int at = random.nextInt(bytes.length);
            int length = Math.min(1 + random.nextInt(16), bytes.length - at);
            bytes = switch (random.nextInt(7)) {
                case 0 -> replaced(bytes, at, 1, new byte[] {(byte) random.nextInt(256)});
                case 1 -> replaced(bytes, at, length, new byte[0]);
                case 2 -> replaced(bytes, at, 0, telling());
                case 3 -> replaced(bytes, at, length, telling());
                case 4 -> replaced(bytes, at, bytes.length - at, new byte[0]);
                case 5 -> replaced(bytes, at, 0, java.util.Arrays.copyOfRange(bytes, at, at + length));
                default ->
                    replaced(
                            bytes,
                            at,
                            0,
                            "[{\"a\":".repeat(1 + random.nextInt(300)).getBytes(StandardCharsets.UTF_8));
            };
        }
        return bytes;
    }

    private byte[] telling() {
        int from = random.nextInt(TELLING.length);
        return java.util.Arrays.copyOfRange(TELLING, from, Math.min(TELLING.length, from + 1 + random.nextInt(4)));
    }

    private static byte[] replaced(byte[] bytes, int at, int length, byte[] by) {
        byte[] out = new byte[bytes.length - length + by.length];
        System.arraycopy(bytes, 0, out, 0, at);
        System.arraycopy(by, 0, out, at, by.length);
        System.arraycopy(bytes, at + length, out, at + by.length, bytes.length - at - length);
        return out;
    }

    /** The files of a folder; of JSON lists, the first record, because events are matched one by one. */
    private static List<byte[]> texts(Path folder, String end) throws IOException {
        List<byte[]> texts = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(
                            p -> p.toString().endsWith(end) && !p.toString().endsWith(".test.yml"))
                    .sorted()
                    .toList()) {
                if (end.equals(".json")) {
                    texts.addAll(RuleBenchmark.cloudTrail(file));
                } else {
                    texts.add(Files.readAllBytes(file));
                }
            }
        }
        return texts;
    }
}
