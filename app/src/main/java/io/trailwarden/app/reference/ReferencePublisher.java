package io.trailwarden.app.reference;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.reference.Suppression;
import io.trailwarden.event.Finding;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what the files say to {@code audit.reference}, at the start and whenever they change, and removes what they
 * no longer say. Entries that came from elsewhere (an inventory, the console) are left alone: a small file remembers
 * which ones were ours.
 *
 * <p>A file that is wrong stops the start, but not a run: then the problem is logged, and what held before holds on.
 */
public final class ReferencePublisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReferencePublisher.class);

    private final List<ReferenceSource> sources;
    private final Path remembered;
    private final Clock clock;
    private final KafkaProducer<byte[], byte[]> producer;
    private Map<String, String> published = new TreeMap<>();
    // From before an entry is sent until after it is removed.
    private volatile Set<String> held = Set.of();
    private volatile List<Suppression> suppressions = List.of();
    private String fingerprint = "";

    private ReferencePublisher(
            List<ReferenceSource> sources, Path remembered, Map<String, String> connection, Clock clock) {
        this.sources = List.copyOf(sources);
        this.remembered = remembered;
        this.clock = clock;
        Map<String, Object> config = new HashMap<>(connection);
        config.put("acks", "all");
        config.put("enable.idempotence", "true");
        config.put("client.id", "trailwarden-reference");
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Publishes everything; when it returns, Kafka has it.
     *
     * @param remembered the file that remembers which entries were published
     * @throws BadConfigException when a file is wrong
     */
    public static ReferencePublisher start(
            List<ReferenceSource> sources, Path remembered, Map<String, String> connection, Clock clock) {
        ReferencePublisher publisher = new ReferencePublisher(sources, remembered, connection, clock);
        try {
            for (String key : publisher.remembered()) {
                publisher.published.put(key, "");
            }
            List<ConfigProblem> problems = publisher.publishChanges();
            if (!problems.isEmpty()) {
                throw new BadConfigException(problems);
            }
            return publisher;
        } catch (RuntimeException e) {
            publisher.close();
            throw e;
        }
    }

    /** Looks at the files and publishes what changed. Called every second or so by one thread. */
    public void look() {
        if (currentFingerprint().equals(fingerprint)) {
            return;
        }
        List<ConfigProblem> problems = publishChanges();
        if (!problems.isEmpty()) {
            LOG.warn(
                    "Reference data is wrong and what held before holds on:\n{}",
                    new BadConfigException(problems).getMessage());
        } else {
            LOG.info("Reference data changed: {} entries hold now", published.size());
        }
    }

    /** Whether the files hold the entry with this key of the topic. Asked by any thread. */
    public boolean holds(String key) {
        return held.contains(key);
    }

    /** Why nobody need look at this finding, as the files say; null if somebody should. Asked by any thread. */
    public @Nullable String suppression(Finding finding) {
        Suppression.Aim aim = new Suppression.Aim(
                finding.firstTime(),
                finding.lastTime(),
                finding.detection(),
                finding.account(),
                finding.region(),
                finding.principal(),
                finding.subject());
        for (Suppression one : suppressions) {
            if (one.covers(aim)) {
                return one.describe();
            }
        }
        return null;
    }

    private String currentFingerprint() {
        StringBuilder all = new StringBuilder();
        sources.forEach(source -> all.append(source.fingerprint()));
        return all.toString();
    }

    private List<ConfigProblem> publishChanges() {
        fingerprint = currentFingerprint();
        List<ConfigProblem> problems = new ArrayList<>();
        Map<String, ReferenceEntry> entries = new TreeMap<>();
        for (ReferenceSource source : sources) {
            source.read(problems).forEach(entry -> entries.put(EventKeys.of(entry), entry));
        }
        if (!problems.isEmpty()) {
            return problems;
        }
        Map<String, String> next = new TreeMap<>();
        entries.forEach((key, entry) -> next.put(key, String.valueOf(entry.body())));
        // A key that is remembered but not published is harmless; one that is published but not remembered stays for
        // ever.
        Set<String> both = new TreeSet<>(published.keySet());
        both.addAll(next.keySet());
        remember(both);
        held = both;
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        entries.forEach((key, entry) -> {
            if (!next.get(key).equals(published.get(key))) {
                sends.add(send(key, RecordCodec.REFERENCE.encode(entry)));
            }
        });
        for (String key : published.keySet()) {
            if (!next.containsKey(key)) {
                LOG.info("Reference data: {} is gone at {}", key, clock.instant());
                sends.add(send(key, null));
            }
        }
        sends.forEach(ReferencePublisher::await);
        remember(next.keySet());
        published = next;
        held = new TreeSet<>(next.keySet());
        suppressions = Reference.EMPTY
                .withAll(entries.values().stream()
                        .filter(entry -> entry.kind() == ReferenceEntry.Kind.SUPPRESSION)
                        .toList())
                .suppressions();
        return problems;
    }

    private Future<RecordMetadata> send(String key, byte @Nullable [] value) {
        return producer.send(
                new ProducerRecord<>(Topics.REFERENCE.name(), 0, key.getBytes(StandardCharsets.UTF_8), value));
    }

    private static void await(Future<RecordMetadata> sent) {
        try {
            sent.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("reference data cannot be published: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while publishing reference data", e);
        }
    }

    private List<String> remembered() {
        try {
            return Files.exists(remembered) ? Files.readAllLines(remembered, StandardCharsets.UTF_8) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(remembered + " cannot be read", e);
        }
    }

    private void remember(Set<String> all) {
        List<String> keys = all.stream().filter(key -> key.indexOf('\n') < 0).toList();
        try {
            Path temporary = remembered.resolveSibling(remembered.getFileName() + ".new");
            Files.write(temporary, keys, StandardCharsets.UTF_8);
            Files.move(temporary, remembered, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(remembered + " cannot be written", e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
