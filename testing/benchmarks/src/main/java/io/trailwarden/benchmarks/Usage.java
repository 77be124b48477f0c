package io.trailwarden.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Where this process spends its CPU time, by the names of its threads, Java's own among them, and how much memory it
 * took at most. Read from Linux's {@code /proc/self}; a thread that lives shorter than a sample is counted as "other".
 */
final class Usage implements AutoCloseable {

    private static final Path SELF = Path.of("/proc/self");
    private static final long SAMPLE_MILLIS = 1000;

    private final long ticksPerSecond;
    private final Map<String, Long> ticksByThread = new ConcurrentHashMap<>();
    private final Map<String, String> names = new ConcurrentHashMap<>();
    private final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "usage");
        thread.setDaemon(true);
        return thread;
    });
    private Map<String, Long> before = Map.of();
    private long totalBefore;

    Usage() {
        // USER_HZ has been 100 on every Linux that runs Java for two decades.
        ticksPerSecond = 100;
        sampler.scheduleWithFixedDelay(this::sample, 0, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Counts from here: what was spent before is taken off. */
    synchronized void begin() {
        sample();
        before = new HashMap<>(ticksByThread);
        totalBefore = total();
    }

    /**
     * CPU seconds since {@link #begin()}.
     *
     * @param stageOf what a thread's name (its first 15 characters) belongs to
     */
    synchronized Map<String, Double> byStage(UnaryOperator<String> stageOf) {
        sample();
        Map<String, Double> seconds = new TreeMap<>();
        long known = 0;
        for (Map.Entry<String, Long> thread : ticksByThread.entrySet()) {
            long spent = thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
            known += spent;
            seconds.merge(stageOf.apply(names.get(thread.getKey())), spent / (double) ticksPerSecond, Double::sum);
        }
        long other = Math.max(0, total() - totalBefore - known);
        seconds.merge("other", other / (double) ticksPerSecond, Double::sum);
        return seconds;
    }

    /** The most memory that was resident at a time, in bytes. */
    static long peakResident() throws IOException {
        for (String line : Files.readAllLines(SELF.resolve("status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no VmHWM in /proc/self/status");
    }

    /** The stages of Trailwarden and of the baseline, by their threads' names. */
    static String stage(String thread) {
        if (thread.startsWith("GC ") || thread.startsWith("G1 ") || thread.startsWith("VM ")) {
            return "garbage collection";
        }
        if (thread.startsWith("C1 ") || thread.startsWith("C2 ")) {
            return "compiling Java";
        }
        if (thread.startsWith("console")
                || thread.startsWith("qtp")
                || thread.startsWith("live")
                || thread.startsWith("findings-feed")
                || thread.startsWith("stage-monitor")) {
            return "console";
        }
        if (thread.startsWith("AsyncOperations")) {
            return "checkpoints: writing state";
        }
        if (thread.startsWith("table-maintenan")) {
            return "table maintenance: merging files";
        }
        if (thread.equals("usage")) {
            return "this measurement";
        }
        if (thread.startsWith("ingest")) {
            return "ingest";
        }
        if (thread.startsWith("kafka-producer-")) {
            return "Kafka producers";
        }
        if (thread.startsWith("data-plane-kafk")
                || thread.startsWith("kafka-")
                || thread.startsWith("ReplicaManager")) {
            return "Kafka broker";
        }
        if (thread.startsWith("Source Data Fet") || thread.startsWith("Kafka Fetcher")) {
            return "Flink's Kafka consumers";
        }
        if (thread.startsWith("intake") || thread.startsWith("Source: records")) {
            return "intake: decode, de-duplicate, rules, Parquet";
        }
        if (thread.startsWith("Source: cloudtr") || thread.startsWith("Source: executi")) {
            return "source: tree parse, key by id";
        }
        if (thread.startsWith("deduplicate")) {
            return "de-duplicate, key by principal";
        }
        if (thread.startsWith("detect")) {
            return "detectors";
        }
        if (thread.startsWith("archive") || thread.startsWith("row") || thread.contains("ceberg")) {
            return "archive";
        }
        if (thread.startsWith("sink") || thread.startsWith("findings")) {
            return "sinks";
        }
        if (thread.startsWith("flink-") || thread.startsWith("jobmanager") || thread.startsWith("Checkpoint")) {
            return "Flink itself";
        }
        return "other";
    }

    private synchronized void sample() {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(SELF.resolve("task"))) {
            for (Path task : tasks) {
                try {
                    String stat = Files.readString(task.resolve("stat"), StandardCharsets.UTF_8);
                    String key = task.getFileName() + " " + field(stat, 19);
                    ticksByThread.put(key, Long.parseLong(field(stat, 11)) + Long.parseLong(field(stat, 12)));
                    names.put(key, stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')));
                } catch (NoSuchFileException e) {
                    // The thread ended while it was looked at; its last sample stands.
                    continue;
                } catch (IOException e) {
                    if (!String.valueOf(e.getMessage()).contains("No such process")) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long total() {
        try {
            String stat = Files.readString(SELF.resolve("stat"), StandardCharsets.UTF_8);
            return Long.parseLong(field(stat, 11)) + Long.parseLong(field(stat, 12));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The n-th field after the name, from 0 (proc(5): 11 is utime, 12 stime, 19 starttime). */
    private static String field(String stat, int n) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[n];
    }

    @Override
    public void close() {
        sampler.shutdownNow();
    }
}
