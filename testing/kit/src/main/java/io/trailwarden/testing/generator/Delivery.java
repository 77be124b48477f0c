package io.trailwarden.testing.generator;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;

/**
 * Delivers records as AWS does: gathered into gzip objects per account, Region and minute of delivery, late by about
 * N(200, 110) seconds and at most 608, a little out of order within the object, some a second time in another trail's
 * object.
 *
 * <p>CloudTrail objects lie under {@code AWSLogs/...} (and {@code second-trail/AWSLogs/...}); execution logs, which
 * arrive within seconds, under {@code executions/...}, one line each.
 */
final class Delivery implements RecordSink, AutoCloseable {

    private static final long WINDOW_MILLIS = 60_000;

    /** The object waits for its minute to end, half a minute on average: so records are about N(200, 110) s late. */
    private static final double LAG_MEAN = 155;

    private static final double LAG_DEVIATION = 110;
    private static final double LAG_MAX = 548;
    private static final double SWAPPED_NEIGHBOURS = 0.14;
    private static final String ORGANIZATION = "o-tw0example0";
    private static final int OBJECTS_IN_FLIGHT = 64;

    /** Where an object goes: one per trail, account and Region in a window. */
    private record Shelf(String prefix, Kind kind, String account, String region) {}

    /** An object that is still being filled. */
    private static final class Open {
        private final JsonBytes bytes = new JsonBytes();
        private int[] ends = new int[64];
        private int records;

        void add(byte[] record, int length) {
            if (records == ends.length) {
                ends = Arrays.copyOf(ends, records * 2);
            }
            bytes.add(record, 0, length);
            ends[records++] = bytes.length();
        }
    }

    private final Path input;
    private final Scenario scenario;
    private final Randomness random;
    private final TreeMap<Long, Map<Shelf, Open>> windows = new TreeMap<>();
    private final ExecutorService writers = Executors.newFixedThreadPool(2);
    private final Semaphore inFlight = new Semaphore(OBJECTS_IN_FLIGHT);
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private final BufferedWriter cloudTrailIds;
    private final BufferedWriter executionIds;
    private final AtomicLong compressed = new AtomicLong();
    private long duplicates;
    private long objects;
    private long uncompressed;

    Delivery(Scenario scenario, Path directory) throws IOException {
        this.scenario = scenario;
        this.random = Randomness.of(scenario.seed(), "delivery");
        this.input = Files.createDirectories(directory.resolve("input"));
        Path truth = Files.createDirectories(directory.resolve("truth"));
        this.cloudTrailIds = Files.newBufferedWriter(truth.resolve("cloudtrail-ids.txt"), StandardCharsets.UTF_8);
        this.executionIds = Files.newBufferedWriter(truth.resolve("execution-ids.txt"), StandardCharsets.UTF_8);
    }

    @Override
    public void accept(
            Kind kind, String account, String region, String eventId, long eventTime, byte[] bytes, int length) {
        closeBefore(eventTime - 2 * WINDOW_MILLIS);
        try {
            BufferedWriter ids = kind == Kind.CLOUDTRAIL ? cloudTrailIds : executionIds;
            ids.write(eventId);
            ids.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (kind == Kind.EXECUTION) {
            put(new Shelf("executions", kind, account, region), eventTime + 1_000L * random.nextInt(15), bytes, length);
            return;
        }
        put(new Shelf("AWSLogs", kind, account, region), eventTime + lag(), bytes, length);
        if (random.chance(scenario.duplicates())) {
            duplicates++;
            put(new Shelf("second-trail/AWSLogs", kind, account, region), eventTime + lag(), bytes, length);
        }
    }

    private long lag() {
        double seconds;
        do {
            seconds = LAG_MEAN + LAG_DEVIATION * random.nextGaussian();
        } while (seconds < 0 || seconds > LAG_MAX);
        return (long) (seconds * 1000);
    }

    private void put(Shelf shelf, long delivered, byte[] bytes, int length) {
        long window = Math.floorDiv(delivered, WINDOW_MILLIS);
        Map<Shelf, Open> open = windows.computeIfAbsent(window, w -> new LinkedHashMap<>());
        Open object = open.computeIfAbsent(shelf, s -> new Open());
        object.add(bytes, length);
        if (object.records >= 8 * scenario.objectRecords()) {
            open.remove(shelf);
            finish(window, shelf, object);
        }
    }

    private void closeBefore(long time) {
        while (!windows.isEmpty() && (windows.firstKey() + 1) * WINDOW_MILLIS <= time) {
            Map.Entry<Long, Map<Shelf, Open>> due = windows.pollFirstEntry();
            due.getValue().forEach((shelf, object) -> finish(due.getKey(), shelf, object));
        }
    }

    private void finish(long window, Shelf shelf, Open object) {
        int[] order = new int[object.records];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int i = 0; i + 1 < order.length; i++) {
            if (random.chance(SWAPPED_NEIGHBOURS)) {
                int first = order[i];
                order[i] = order[i + 1];
                order[++i] = first;
            }
        }
        JsonBytes name = new JsonBytes();
        long published = (window + 1) * WINDOW_MILLIS;
        Path file = input.resolve(path(name, shelf, published));
        objects++;
        uncompressed += object.bytes.length();
        write(file, shelf.kind, object, order);
    }

    private String path(JsonBytes name, Shelf shelf, long published) {
        long day = Math.floorDiv(published, 86_400_000L);
        boolean cloudTrail = shelf.kind == Kind.CLOUDTRAIL;
        name.add(shelf.prefix).add('/');
        if (cloudTrail) {
            name.add(ORGANIZATION).add('/');
        }
        name.add(shelf.account)
                .add(cloudTrail ? "/CloudTrail/" : "/states/")
                .add(shelf.region)
                .add('/');
        name.date(day, '/').add('/').add(shelf.account).add(cloudTrail ? "_CloudTrail_" : "_states_");
        long minuteOfDay = Math.floorMod(published, 86_400_000L) / 60_000;
        JsonBytes date = new JsonBytes().date(day, '-');
        name.add(shelf.region).add('_').add(date.toString().replace("-", "")).add('T');
        name.digits(minuteOfDay / 60, 2).digits(minuteOfDay % 60, 2).add("Z_").base32(random, 16);
        return name.add(cloudTrail ? ".json.gz" : ".log.gz").toString();
    }

    private void write(Path file, Kind kind, Open object, int[] order) {
        inFlight.acquireUninterruptibly();
        CompletableFuture.runAsync(
                        () -> {
                            try {
                                Files.createDirectories(file.getParent());
                                try (OutputStream out = new Gzip(Files.newOutputStream(file))) {
                                    writeRecords(out, kind, object, order);
                                }
                                compressed.addAndGet(Files.size(file));
                            } catch (IOException e) {
                                failure.compareAndSet(null, e);
                            }
                        },
                        writers)
                .whenComplete((done, problem) -> inFlight.release());
    }

    private static void writeRecords(OutputStream out, Kind kind, Open object, int[] order) throws IOException {
        boolean cloudTrail = kind == Kind.CLOUDTRAIL;
        if (cloudTrail) {
            out.write("{\"Records\":[".getBytes(StandardCharsets.US_ASCII));
        }
        for (int i = 0; i < order.length; i++) {
            int from = order[i] == 0 ? 0 : object.ends[order[i] - 1];
            if (cloudTrail && i > 0) {
                out.write(',');
            }
            out.write(object.bytes.array(), from, object.ends[order[i]] - from);
            if (!cloudTrail) {
                out.write('\n');
            }
        }
        if (cloudTrail) {
            out.write("]}".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** What was delivered; complete only after {@link #close()}. */
    GeneratedFiles summary() {
        return new GeneratedFiles(scenario.events(), duplicates, objects, uncompressed, compressed.get());
    }

    /**
     * Delivers what is still open and waits for the files.
     *
     * @throws IOException if any file could not be written
     */
    @Override
    public void close() throws IOException {
        closeBefore(Long.MAX_VALUE / 2);
        cloudTrailIds.close();
        executionIds.close();
        inFlight.acquireUninterruptibly(OBJECTS_IN_FLIGHT);
        writers.shutdown();
        IOException problem = failure.get();
        if (problem != null) {
            throw problem;
        }
    }

    /** gzip at its fastest: the generator must not be what a benchmark waits for. */
    private static final class Gzip extends GZIPOutputStream {
        Gzip(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(1);
        }
    }
}
