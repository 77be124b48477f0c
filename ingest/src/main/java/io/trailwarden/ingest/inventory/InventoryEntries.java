package io.trailwarden.ingest.inventory;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.Delivery;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.Positions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one inventory: what changed is written down, then sent to {@code audit.reference}, and sent again until
 * Kafka has it. After a start everything is sent once, because the topic may have been lost with Kafka's directory.
 *
 * <p>What people wrote down themselves is left to them for as long as they do.
 *
 * <p>Belongs to one thread, apart from {@link #progress()}.
 */
final class InventoryEntries implements AutoCloseable {

    /** What is known of an entry; bodies, which may be large, are only in the journal. */
    private static final class Known {
        private final String hash;
        private @Nullable Instant missingSince;
        private boolean published;

        Known(ReferenceEntry entry, @Nullable Instant missingSince) {
            this.hash = hash(entry.body());
            this.missingSince = missingSince;
        }

        private static String hash(@Nullable String body) {
            byte[] bytes = (body == null ? "" : body).getBytes(StandardCharsets.UTF_8);
            return EventKeys.idOf(bytes, 0, bytes.length);
        }
    }

    private final String source;
    private final ReferenceEntry.Kind kind;
    private final EventPublisher publisher;
    private final EntryJournal journal;
    private final Predicate<String> writtenByPeople;
    private final FailPoint.Listener failPoints;
    private final Map<String, Known> known = new TreeMap<>();

    private volatile IngestProgress progress = new IngestProgress(0, 0, 0, 0, 0, Map.of());

    /**
     * The entries as they were when the process before this one ended.
     *
     * @param writtenByPeople whether people wrote down the entry with this key of the topic
     */
    InventoryEntries(
            String source,
            ReferenceEntry.Kind kind,
            EventPublisher publisher,
            Positions positions,
            Predicate<String> writtenByPeople,
            FailPoint.Listener failPoints)
            throws IngestException {
        this.source = source;
        this.kind = kind;
        this.publisher = publisher;
        this.writtenByPeople = writtenByPeople;
        this.failPoints = failPoints;
        journal = EntryJournal.open(positions.file(), source, kind);
        for (EntryJournal.Line line : journal.all()) {
            known.put(line.entry().key(), new Known(line.entry(), line.missingSince()));
        }
    }

    /** A pass begins: what is not known to be in Kafka is sent. */
    void begin() throws IngestException, InterruptedException {
        publish();
    }

    /** The keys of all entries. */
    Set<String> keys() {
        return new TreeSet<>(known.keySet());
    }

    /** What was last seen; null if nothing was. */
    @Nullable
    String body(String key) throws IngestException {
        EntryJournal.Line line = known.containsKey(key) ? journal.line(key) : null;
        return line == null ? null : line.entry().body();
    }

    /**
     * These were seen.
     *
     * @param bodies by key; null: it is gone for good
     * @param at by AWS's clock
     */
    void seen(Map<String, @Nullable String> bodies, Instant at) throws IngestException, InterruptedException {
        List<ReferenceEntry> changed = new ArrayList<>();
        for (Map.Entry<String, @Nullable String> each : bodies.entrySet()) {
            Known before = known.get(each.getKey());
            if (before == null || !before.hash.equals(Known.hash(each.getValue()))) {
                changed.add(new ReferenceEntry(kind, each.getKey(), each.getValue(), at));
            } else if (before.missingSince != null) {
                journal.missing(each.getKey(), null);
                before.missingSince = null;
            }
        }
        failPoints.reached(FailPoint.BEFORE_POSITION, source);
        if (!changed.isEmpty()) {
            journal.write(changed);
            changed.forEach(entry -> known.put(entry.key(), new Known(entry, null)));
        }
        publish();
    }

    /**
     * These were not found in a list that is whole. One list may be wrong for a moment: AWS's lists are consistent only
     * in the end.
     *
     * @param at by AWS's clock
     * @return those that were missing before already, with the time at which they were first
     */
    Map<String, Instant> missing(Set<String> keys, Instant at) throws IngestException {
        Map<String, Instant> gone = new TreeMap<>();
        for (String key : keys) {
            Known entry = Objects.requireNonNull(known.get(key), key);
            Instant since = entry.missingSince;
            if (since == null) {
                journal.missing(key, at);
                entry.missingSince = at;
            } else if (since.isBefore(at)) {
                gone.put(key, since);
            }
        }
        return gone;
    }

    /** A list was gone through to its end. */
    void listed() {
        progress = progress.plus(new IngestProgress(1, 0, 0, 0, 0, Map.of()));
    }

    /** What was done since the start; entries are no audit records and not counted as such. */
    IngestProgress progress() {
        return progress;
    }

    private void publish() throws IngestException, InterruptedException {
        Delivery delivery = new Delivery();
        List<ReferenceEntry> sent = new ArrayList<>();
        for (Map.Entry<String, Known> each : known.entrySet()) {
            String key = EventKeys.of(new ReferenceEntry(kind, each.getKey(), null, Instant.EPOCH));
            if (writtenByPeople.test(key)) {
                // Once they cease to, it is sent again.
                each.getValue().published = false;
            } else if (!each.getValue().published) {
                EntryJournal.Line line = journal.line(each.getKey());
                if (line == null) {
                    throw new IngestException(source + ": " + each.getKey() + " is not written down any more");
                }
                ReferenceEntry entry = line.entry();
                publisher.send(Topics.REFERENCE, entry, delivery);
                sent.add(entry);
            }
        }
        if (sent.isEmpty()) {
            return;
        }
        failPoints.reached(FailPoint.AFTER_SEND, source);
        publisher.flush();
        if (!delivery.isSettled() || delivery.failure() != null) {
            throw new IngestException(source + ": Kafka did not take all reference data", delivery.failure());
        }
        for (ReferenceEntry entry : sent) {
            if (entry.body() == null) {
                journal.forget(entry.key());
                known.remove(entry.key());
            } else {
                Objects.requireNonNull(known.get(entry.key()), entry.key()).published = true;
            }
        }
    }

    @Override
    public void close() {
        journal.close();
    }
}
