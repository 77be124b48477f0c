package io.trailwarden.detection;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.Finding;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.ReferenceEntry.Kind;
import io.trailwarden.event.Sighting;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.testing.SampleFinding;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a job does with a detector, in a few lines and without a stream: de-duplicates, reads signals in one of several
 * source chains, merges them by key and round, evaluates, keeps the highest revision of every finding. Of a detector with
 * entries only those are judged that changed, unless all have to be.
 *
 * @param <K> the detector's keys
 * @param <N> the detector's news
 * @param <S> the detector's state
 */
public final class Rehearsal<K extends Record, N extends Record, S extends Record> {

    private final KeyedDetector<K, N, S> detector;
    private final List<SignalSource<K, N>> chains = new ArrayList<>();
    private final List<Map<K, S>> rounds = new ArrayList<>();
    private final Set<String> delivered = new HashSet<>();
    private final Deque<RoundKey<K>> dirty = new ArrayDeque<>();
    private final Set<RoundKey<K>> waiting = new LinkedHashSet<>();
    private final Map<String, Finding> latest = new TreeMap<>();
    private final List<Finding> revisions = new ArrayList<>();
    private final List<Signal<K, N>> signals = new ArrayList<>();
    private final Map<RoundKey<K>, KeptEntries> entries = new LinkedHashMap<>();
    private final @Nullable EntryDetector<K, N, S, Record> entering;
    private Reference reference;
    private boolean lazy;
    private boolean thorough;
    private boolean careful;
    private int judged;
    private long now = Instant.parse("2026-03-03T00:00:00Z").toEpochMilli();
    private final Findings findings =
            new Findings(() -> Instant.ofEpochMilli(now++), () -> reference().suppressions(), this::take);

    private record RoundKey<K>(int round, K key) {}

    /** The entries of one key, and which of them are to be judged. */
    private static final class KeptEntries implements Entries<Record> {

        private final Map<String, Record> byName = new TreeMap<>();
        private final Set<String> unjudged = new LinkedHashSet<>();

        @Override
        public @Nullable Record get(String name) {
            return byName.get(name);
        }

        @Override
        public void put(String name, Record entry) {
            byName.put(name, entry);
            unjudged.add(name);
        }

        @Override
        public void remove(String name) {
            byName.remove(name);
            unjudged.remove(name);
        }

        @Override
        public void each(BiConsumer<String, Record> reader) {
            Map.copyOf(byName).forEach(reader);
        }

        void judgeAll() {
            unjudged.addAll(byName.keySet());
        }
    }

    /** A rehearsal in one chain that evaluates after every event. */
    public Rehearsal(KeyedDetector<K, N, S> detector, Reference reference) {
        this(detector, reference, 1);
    }

    /** A rehearsal in several chains, among which events are dealt by their ids' hash. */
    @SuppressWarnings("unchecked") // its entries go back to the detector that made them, and nowhere else
    public Rehearsal(KeyedDetector<K, N, S> detector, Reference reference, int chains) {
        this.detector = detector;
        this.reference = reference;
        this.entering =
                detector instanceof EntryDetector<K, N, S, ?> entry ? (EntryDetector<K, N, S, Record>) entry : null;
        for (int i = 0; i < chains; i++) {
            this.chains.add(detector.signals());
        }
        for (int i = 0; i < detector.rounds(); i++) {
            rounds.add(new LinkedHashMap<>());
        }
    }

    private Reference reference() {
        return reference;
    }

    /** Evaluates only when {@link #settle()} is called, as a job under load does. */
    public Rehearsal<K, N, S> lazily() {
        lazy = true;
        return this;
    }

    /** Judges every entry of a key at each evaluation, as if nobody knew what changed. */
    public Rehearsal<K, N, S> thoroughly() {
        thorough = true;
        return this;
    }

    /** Fails when a state that is kept already is changed instead of replaced. Slow for large states. */
    public Rehearsal<K, N, S> carefully() {
        careful = true;
        return this;
    }

    private <T> T unchanged(@Nullable S state, KeptEntries kept, Supplier<T> call) {
        if (!careful) {
            return call.get();
        }
        List<Object> before = Arrays.asList(state, new ArrayList<>(kept.byName.values()));
        String was = before.toString();
        T result = call.get();
        if (!before.toString().equals(was)) {
            throw new AssertionError("was " + was + " and was changed to " + before);
        }
        return result;
    }

    /** Delivers events, in this order, duplicates included. */
    public Rehearsal<K, N, S> deliver(Iterable<? extends AuditEvent> events) {
        events.forEach(this::deliver);
        return this;
    }

    /** Delivers one event. */
    public Rehearsal<K, N, S> deliver(AuditEvent event) {
        if (delivered.add(event.key())) {
            chain(event.eventId()).read(event, reference, signal -> merge(1, signal));
        }
        if (!lazy) {
            settle();
        }
        return this;
    }

    /** Delivers an observation, as often as it comes. */
    public Rehearsal<K, N, S> observe(CustodyObservation observation) {
        chain(EventKeys.of(observation)).readObservation(observation, reference, signal -> merge(1, signal));
        if (!lazy) {
            settle();
        }
        return this;
    }

    /** Changes reference data; every key is evaluated again. */
    public Rehearsal<K, N, S> learn(Kind kind, String key, String body) {
        reference = reference.with(entry(kind, key, body));
        for (int round = 1; round <= rounds.size(); round++) {
            for (K each : rounds.get(round - 1).keySet()) {
                waiting.add(new RoundKey<>(round, each));
                entries(round, each).judgeAll();
            }
        }
        if (!lazy) {
            settle();
        }
        return this;
    }

    /** An entry of the reference data; single quotes stand for double ones. */
    public static ReferenceEntry entry(Kind kind, String key, String body) {
        return new ReferenceEntry(kind, key, body.replace('\'', '"'), Instant.parse("2026-03-01T00:00:00Z"));
    }

    /** Evaluates what has changed. */
    public Rehearsal<K, N, S> settle() {
        dirty.addAll(waiting);
        waiting.clear();
        while (!dirty.isEmpty()) {
            RoundKey<K> at = dirty.poll();
            Map<K, S> states = rounds.get(at.round() - 1);
            S state = states.get(at.key());
            states.put(at.key(), unchanged(state, entries(at.round(), at.key()), () -> evaluate(at, state)));
            dirty.addAll(waiting);
            waiting.clear();
        }
        return this;
    }

    private S evaluate(RoundKey<K> at, S before) {
        Now now = new Now(at.round(), at.key());
        S head = detector.evaluate(before, now);
        if (entering != null) {
            KeptEntries kept = entries(at.round(), at.key());
            if (thorough) {
                kept.judgeAll();
            }
            for (String name : kept.unjudged) {
                judged++;
                kept.byName.put(name, entering.judge(name, kept.byName.get(name), head, now));
            }
            kept.unjudged.clear();
        }
        return head;
    }

    private final class Now implements Round<K, N> {

        private final int number;
        private final K key;

        Now(int number, K key) {
            this.number = number;
            this.key = key;
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public K key() {
            return key;
        }

        @Override
        public Reference reference() {
            return reference;
        }

        @Override
        public Findings findings() {
            return findings;
        }

        @Override
        public void tell(K other, Sighting event, N news) {
            if (number == rounds.size()) {
                throw new AssertionError("news after the last round: " + news);
            }
            merge(number + 1, new Signal<>(detector.name(), other, event, news));
        }
    }

    /** The open findings by id, as they are without revision and time of detection. */
    public List<Finding> open() {
        return latest.values().stream()
                .filter(finding -> finding.state() == Finding.State.OPEN)
                .map(Rehearsal::timeless)
                .sorted(Comparator.comparing(
                                (Finding finding) -> finding.evidence().first())
                        .thenComparing(Finding::id))
                .toList();
    }

    /** The only open finding. */
    public Finding only() {
        List<Finding> open = open();
        if (open.size() != 1) {
            throw new AssertionError("expected one open finding: " + open);
        }
        return open.get(0);
    }

    /** Every revision in the order it was made. */
    public List<Finding> revisions() {
        return List.copyOf(revisions);
    }

    /** Every signal of the first round. */
    public List<Signal<K, N>> signals() {
        return List.copyOf(signals);
    }

    /** The states of the first round by key. */
    public Map<K, S> states() {
        return rounds.get(0);
    }

    /** The entries of one of them by name; none of a detector that keeps none. */
    public Map<String, Record> entries(K key) {
        return entries(1, key).byName;
    }

    /** How many entries were judged so far, again and again counted. */
    public int judged() {
        return judged;
    }

    private KeptEntries entries(int round, K key) {
        return entries.computeIfAbsent(new RoundKey<>(round, key), any -> new KeptEntries());
    }

    private SignalSource<K, N> chain(String eventId) {
        return chains.get(Math.floorMod(eventId.hashCode(), chains.size()));
    }

    private void merge(int round, Signal<K, N> signal) {
        if (!signal.detector().equals(detector.name())) {
            throw new AssertionError("for somebody else: " + signal);
        }
        if (round == 1) {
            signals.add(signal);
        }
        Map<K, S> states = rounds.get(round - 1);
        S before = states.get(signal.key());
        KeptEntries kept = entries(round, signal.key());
        S after = unchanged(
                before,
                kept,
                () -> entering == null ? detector.merge(before, signal) : entering.merge(before, signal, kept));
        states.put(signal.key(), after);
        if (entering != null && before != null && entering.bearsOnEntries(before, after)) {
            kept.judgeAll();
        }
        if (after != before || !kept.unjudged.isEmpty()) {
            waiting.add(new RoundKey<>(round, signal.key()));
        }
    }

    private void take(Finding finding) {
        Finding known = latest.get(finding.id());
        if (known != null && known.revision() >= finding.revision()) {
            throw new AssertionError("revision does not ascend: " + known + " then " + finding);
        }
        revisions.add(finding);
        latest.put(finding.id(), finding);
    }

    private static Finding timeless(Finding finding) {
        return SampleFinding.like(finding).revision(0).detectedAt(Instant.EPOCH).build();
    }
}
