package io.trailwarden.app.reference;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.event.topic.Message;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.kafka.TopicWriter;
import io.trailwarden.kafka.WriteException;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what the files say to {@code audit.reference}, at the start and whenever they change, and removes what they
 * no longer say. Entries that came from elsewhere (an inventory, the console) are left alone: a small file remembers
 * which ones were ours.
 *
 * <p>A file that is wrong stops the start, but not a run: then the problem is logged, and what held before holds on. A
 * file of rules that is wrong stops neither, and no other file: see {@link RulesInForce}.
 */
public final class ReferencePublisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReferencePublisher.class);

    private final List<ReferenceSource> sources;
    private final Path remembered;
    private final RulesInForce rulesInForce;
    private final Clock clock;
    private final TopicWriter writer;
    private Map<String, String> published = new TreeMap<>();
    // From before an entry is sent until after it is removed.
    private volatile Set<String> held = Set.of();
    private String fingerprint = "";

    private ReferencePublisher(
            List<ReferenceSource> sources, Path remembered, Map<String, String> connection, Clock clock) {
        this.sources = List.copyOf(sources);
        this.remembered = remembered;
        this.rulesInForce = new RulesInForce(remembered.resolveSibling(remembered.getFileName() + ".rules"));
        this.clock = clock;
        this.writer = TopicWriter.open("trailwarden-reference", connection);
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
        List<ReferenceEntry> rules = entries.values().stream()
                .filter(entry -> entry.kind() == ReferenceEntry.Kind.RULE)
                .toList();
        rulesInForce.settle(rules).forEach(entry -> entries.put(EventKeys.of(entry), entry));
        Map<String, String> next = new TreeMap<>();
        entries.forEach((key, entry) -> next.put(key, String.valueOf(entry.body())));
        // A key that is remembered but not published is harmless; one that is published but not remembered stays for
        // ever.
        Set<String> both = new TreeSet<>(published.keySet());
        both.addAll(next.keySet());
        remember(both);
        held = both;
        List<ReferenceEntry> news = new ArrayList<>();
        entries.forEach((key, entry) -> {
            if (!Objects.equals(next.get(key), published.get(key))) {
                news.add(entry);
            }
        });
        for (String key : published.keySet()) {
            if (!next.containsKey(key)) {
                LOG.info("Reference data: {} is gone at {}", key, clock.instant());
                removal(key).ifPresent(news::add);
            }
        }
        put(news);
        remember(next.keySet());
        published = next;
        held = new TreeSet<>(next.keySet());
        return problems;
    }

    /** The entry that says that this key is gone; nothing if it is none of a key, as in a damaged file. */
    private static Optional<ReferenceEntry> removal(String key) {
        try {
            return Optional.ofNullable(
                    Topics.REFERENCE.decode(new Message(key.getBytes(StandardCharsets.UTF_8), null)));
        } catch (MalformedRecordException e) {
            LOG.warn("Reference data: \"{}\" was remembered and is no key", VisibleText.of(key, 300));
            return Optional.empty();
        }
    }

    private void put(List<ReferenceEntry> news) {
        try {
            writer.put(Topics.REFERENCE, news);
        } catch (WriteException e) {
            throw new IllegalStateException("reference data cannot be published: " + e.getMessage(), e);
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
        writer.close();
    }
}
