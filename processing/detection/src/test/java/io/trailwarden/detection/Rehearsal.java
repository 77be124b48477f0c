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
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a job does with a detector, in a few lines and without a stream: de-duplicates, reads signals in one of several
 * source chains, merges them by key and round, evaluates, keeps the highest revision of every finding.
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
    private Reference reference;
    private boolean lazy;
    private long now = Instant.parse("2026-03-03T00:00:00Z").toEpochMilli();
    private final Findings findings =
            new Findings(() -> Instant.ofEpochMilli(now++), () -> reference().suppressions(), this::take);

    private record RoundKey<K>(int round, K key) {}

    /** A rehearsal in one chain that evaluates after every event. */
    public Rehearsal(KeyedDetector<K, N, S> detector, Reference reference) {
        this(detector, reference, 1);
    }

    /** A rehearsal in several chains, among which events are dealt by their ids' hash. */
    public Rehearsal(KeyedDetector<K, N, S> detector, Reference reference, int chains) {
        this.detector = detector;
        this.reference = reference;
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
            states.put(at.key(), detector.evaluate(states.get(at.key()), new Now(at.round(), at.key())));
            dirty.addAll(waiting);
            waiting.clear();
        }
        return this;
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
        S after = detector.merge(before, signal);
        states.put(signal.key(), after);
        if (after != before) {
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
