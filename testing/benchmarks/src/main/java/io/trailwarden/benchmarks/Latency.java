package io.trailwarden.benchmarks;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.Pipeline;
import io.trailwarden.app.reference.ReferenceFiles;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.event.topic.AuditHeaders;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Generator;
import io.trailwarden.testing.generator.RecordSink;
import io.trailwarden.testing.generator.Scenario;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * How long a finding takes from its record's append to Kafka to the console's stream, while records flow at a steady
 * rate. Producer, pipeline and the stream's reader are one process, so that one clock measures.
 */
final class Latency {

    private static final Pattern PRINCIPAL = Pattern.compile("\"principal\":\"(arn:aws:iam::\\d+:role/intern-\\d+)\"");
    private static final int RECORDS_PER_OBJECT = 100;

    private final Map<String, Long> sentAt = new ConcurrentHashMap<>();
    private final Map<String, Long> shownAt = new ConcurrentHashMap<>();

    private Latency() {}

    /** Runs it and prints the percentiles. */
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.ROOT);
        Arguments arguments = Arguments.parse(
                args,
                Map.of(
                        "rate", "5000",
                        "seconds", "20",
                        "warm-up", "10",
                        "findings-per-second", "10",
                        "seed", "1",
                        "work", System.getProperty("java.io.tmpdir") + "/trailwarden-latency"));
        new Latency().run(arguments);
        System.exit(0);
    }

    private void run(Arguments arguments) throws Exception {
        long rate = arguments.number("rate");
        long seconds = arguments.number("seconds") + arguments.number("warm-up");
        Path work = Path.of(arguments.text("work")).toAbsolutePath();
        Throughput.deleteTree(work);
        // Only every third planted finding is of one record, whose time is beyond doubt.
        Scenario scenario = Scenario.of(arguments.number("seed"), rate * seconds)
                .withShares(0.5, 0)
                .withPlanted((int) (3 * seconds * arguments.number("findings-per-second")))
                .withStart(Instant.now().minusSeconds(seconds));
        GeneratedFiles.write(scenario.withPlanted(0).withEvents(1), work.resolve("generated"));
        Configuration config = PipelineRun.configuration(
                Files.createDirectories(work.resolve("pipeline")), work.resolve("generated"), Map.of());
        Clock clock = Clock.systemUTC();
        try (Pipeline pipeline = Pipeline.start(config, List.of(new ReferenceFiles(config, clock)), List.of(), clock)) {
            Thread reader = new Thread(() -> read(pipeline.consoleUrl().orElseThrow()), "latency-reader");
            reader.setDaemon(true);
            reader.start();
            long achieved = send(pipeline, scenario, rate);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!shownAt.keySet().containsAll(sentAt.keySet()) && System.nanoTime() < deadline) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            print(achieved, arguments.number("warm-up"));
        }
        Throughput.deleteTree(work);
    }

    /** Sends at a steady rate; returns the rate achieved. */
    private long send(Pipeline pipeline, Scenario scenario, long rate) {
        Map<String, Object> settings = new HashMap<>(pipeline.connection());
        settings.put("acks", "all");
        settings.put("compression.type", "lz4");
        settings.put("linger.ms", "5");
        settings.put("batch.size", "131072");
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            long began = System.nanoTime();
            long[] sent = {0};
            Header[] object = new Header[1];
            Generator.generate(scenario, (kind, account, region, id, time, bytes, length) -> {
                if (sent[0] % RECORDS_PER_OBJECT == 0) {
                    object[0] = header(sent[0] / RECORDS_PER_OBJECT);
                    long ahead = began + sent[0] * 1_000_000_000L / rate - System.nanoTime();
                    if (ahead > 0) {
                        LockSupport.parkNanos(ahead);
                    }
                }
                send(producer, kind, account, id, Arrays.copyOf(bytes, length), object[0], sent[0]++);
            });
            producer.flush();
            return sent[0] * 1_000_000_000L / (System.nanoTime() - began);
        }
    }

    private void send(
            KafkaProducer<String, byte[]> producer,
            RecordSink.Kind kind,
            String account,
            String id,
            byte[] bytes,
            Header object,
            long index) {
        if (kind != RecordSink.Kind.CLOUDTRAIL) {
            throw new IllegalStateException("only CloudTrail records are measured: " + kind);
        }
        String principal = planted(bytes);
        if (principal != null) {
            sentAt.put(principal, System.nanoTime());
        }
        producer.send(new ProducerRecord<>(
                Topics.CLOUDTRAIL.name(),
                null,
                EventKeys.cloudTrail(id, account),
                bytes,
                List.of(
                        object,
                        new RecordHeader(AuditHeaders.OFFSET, OriginCodec.offsetHeader(index % RECORDS_PER_OBJECT)))));
    }

    private static Header header(long object) {
        return new RecordHeader(
                AuditHeaders.OBJECT,
                OriginCodec.objectHeader(new Origin(
                        "latency", "object-" + object, 0, String.format(Locale.ROOT, "%064x", object), Instant.now())));
    }

    private static @Nullable String planted(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int role = text.indexOf(":role/intern-");
        return role < 0 ? null : text.substring(text.lastIndexOf('"', role) + 1, text.indexOf('"', role));
    }

    private void read(URI login) {
        try {
            HttpClient client = HttpClient.newBuilder()
                    .cookieHandler(new CookieManager())
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build();
            client.send(HttpRequest.newBuilder(login).build(), HttpResponse.BodyHandlers.discarding());
            HttpResponse<Stream<String>> live = client.send(
                    HttpRequest.newBuilder(login.resolve("/api/live"))
                            .header("Accept", "text/event-stream")
                            .build(),
                    HttpResponse.BodyHandlers.ofLines());
            if (live.statusCode() != 200) {
                throw new IllegalStateException("the stream answers " + live.statusCode());
            }
            live.body().forEach(line -> {
                long now = System.nanoTime();
                Matcher matcher = PRINCIPAL.matcher(line);
                while (matcher.find()) {
                    shownAt.putIfAbsent(matcher.group(1), now);
                }
            });
        } catch (IOException e) {
            System.err.println("the stream ended: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(long achieved, long warmUpSeconds) {
        long first = sentAt.values().stream().mapToLong(Long::longValue).min().orElseThrow();
        List<Double> millis = new ArrayList<>();
        long missing = 0;
        for (Map.Entry<String, Long> sent : sentAt.entrySet()) {
            if (sent.getValue() - first < TimeUnit.SECONDS.toNanos(warmUpSeconds)) {
                continue;
            }
            Long shown = shownAt.get(sent.getKey());
            if (shown == null) {
                missing++;
            } else {
                millis.add((shown - sent.getValue()) / 1e6);
            }
        }
        millis.sort(null);
        System.out.printf(
                Locale.ROOT,
                "%,d records/s; %,d findings shown, %,d never; from producer's send to the console's stream: p50 %.0f ms,"
                        + " p99 %.0f ms, at most %.0f ms%n",
                achieved,
                millis.size(),
                missing,
                percentile(millis, 0.5),
                percentile(millis, 0.99),
                percentile(millis, 1));
    }

    private static double percentile(List<Double> sorted, double share) {
        return sorted.isEmpty()
                ? Double.NaN
                : sorted.get((int) Math.min(sorted.size() - 1, Math.ceil(share * sorted.size()) - 1));
    }
}
