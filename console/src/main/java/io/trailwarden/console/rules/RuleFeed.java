package io.trailwarden.console.rules;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.kafka.Follower;
import io.trailwarden.kafka.StopSignal;
import io.trailwarden.kafka.TopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the rules among the reference data, and loads them with the code that the job loads them with: what it says of
 * a rule is what the job says of it.
 */
public final class RuleFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RuleFeed.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Map<String, String> kafka;
    private final Follower follower;
    private final CountDownLatch caughtUp = new CountDownLatch(1);

    /** By the key of the record, so that a tombstone removes what it names. */
    private final Map<String, ReferenceEntry> entries = new HashMap<>();

    private volatile @Nullable LoadedRules rules;

    /**
     * Starts reading.
     *
     * @param kafka how to reach Kafka, as its clients take it
     */
    public RuleFeed(Map<String, String> kafka) {
        this.kafka = Map.copyOf(kafka);
        this.follower = Follower.start("rule-feed", RETRY, this::follow, e -> LOG.warn("Cannot read the rules", e));
    }

    /** The rules now; null until the topic has been read to its end once. */
    public @Nullable LoadedRules rules() {
        return rules;
    }

    /** The rules, waiting until the topic has been read to its end once; null when that takes longer. */
    public @Nullable LoadedRules await(Duration atMost) throws InterruptedException {
        return caughtUp.await(atMost.toMillis(), TimeUnit.MILLISECONDS) ? rules : null;
    }

    private void follow(StopSignal stop) {
        try (TopicReader<ReferenceEntry> reader =
                TopicReader.open(Topics.REFERENCE, kafka, TopicReader.PATIENCE, stop)) {
            reader.fromBeginning();
            entries.clear();
            boolean complete = reader.readToEnd((at, entry) -> take(entry));
            if (complete) {
                load();
                caughtUp.countDown();
            }
            while (!stop.isRequested()) {
                boolean[] changed = {false};
                reader.poll(POLL, (at, entry) -> changed[0] |= take(entry));
                if (changed[0]) {
                    load();
                }
            }
        }
    }

    private void load() {
        rules = LoadedRules.of(Reference.EMPTY.withAll(entries.values()), rules);
    }

    private boolean take(ReferenceEntry entry) {
        String key = EventKeys.of(entry);
        if (entry.body() == null) {
            return entries.remove(key) != null;
        }
        return entry.kind() == ReferenceEntry.Kind.RULE && !entry.equals(entries.put(key, entry));
    }

    @Override
    public void close() {
        follower.close();
    }
}
