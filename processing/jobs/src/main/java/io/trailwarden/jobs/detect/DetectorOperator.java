package io.trailwarden.jobs.detect;

import io.trailwarden.detection.EntryDetector;
import io.trailwarden.detection.Findings;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.Sighting;
import io.trailwarden.event.text.LogKeys;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.operator.LogBudget;
import io.trailwarden.jobs.operator.Numbers;
import io.trailwarden.jobs.operator.OwnFindings;
import io.trailwarden.jobs.operator.ReferenceFeed;
import io.trailwarden.jobs.operator.ReferenceTable;
import io.trailwarden.jobs.operator.Statuses;
import io.trailwarden.jobs.state.BlockSerializer;
import io.trailwarden.jobs.state.RecordTypes;
import io.trailwarden.jobs.state.StateKey;
import io.trailwarden.jobs.state.TextSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the {@link KeyedDetector}s: keeps their state, calls them, and forgets keys whose time is over. Its input
 * is keyed by detector and key.
 *
 * <p>One operator runs one round of all detectors. News for the next round leaves as a side output.
 *
 * <p>A signal is merged at once. A key that was quiet is evaluated at once too; a stormy one once a second, the last
 * time after the last signal, and always before a checkpoint: when a checkpoint is complete, all that its records show
 * is published. A late signal is merged and evaluated like any other.
 */
public final class DetectorOperator extends AbstractStreamOperator<Finding>
        implements OneInputStreamOperator<Signal<?, ?>, Finding>, Triggerable<StateKey, VoidNamespace> {

    private static final long serialVersionUID = 1L;

    /** How this part is doing. */
    public static final OutputTag<JobStatus> STATUS =
            new OutputTag<>("detect-status", TypeInformation.of(JobStatus.class));

    /** The least time between two evaluations of a stormy key. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long a key must be quiet before it is forgotten, for history that is read backwards. */
    static final Duration QUIET = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(DetectorOperator.class);
    private static final int LINES_A_MINUTE = 20;

    private final LogBudget failureLines = new LogBudget(LINES_A_MINUTE);
    private final int round;
    private final OutputTag<Signal<?, ?>> next;
    private final Map<String, Host<?, ?, ?>> hosts = new LinkedHashMap<>();
    private final List<KeyedDetector<?, ?, ?>> detectors;
    private final ReferenceFeed feed;
    private final ReferenceTable reference = new ReferenceTable();
    private final long maxKeys;
    private final Duration statusInterval;
    private final Numbers numbers;
    private final Numbers.Count signals;
    private final Numbers.Count late;
    private final Numbers.Count published;
    private final Numbers.Count evaluations;
    private final Numbers.Count unknown;
    private final Numbers.Count failures;

    private final List<Finding> found = new ArrayList<>();
    private final List<Signal<?, ?>> followed = new ArrayList<>();
    private Set<StateKey> evaluatedLately = new HashSet<>();
    private Set<StateKey> unevaluated = new LinkedHashSet<>();
    private @Nullable InternalTimerService<VoidNamespace> timers;
    private final Findings out;
    private final OwnFindings own;
    private boolean evaluateAll;

    DetectorOperator(
            StreamOperatorParameters<Finding> parameters,
            int round,
            List<KeyedDetector<?, ?, ?>> detectors,
            OutputTag<Signal<?, ?>> next,
            ReferenceFeed feed,
            JobSettings settings) {
        super(parameters);
        this.round = round;
        this.next = next;
        this.detectors = detectors;
        this.feed = feed;
        this.statusInterval = settings.statusInterval();
        int subtasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        this.maxKeys = Math.max(1, settings.maxKeysPerDetector() / subtasks);
        this.numbers = new Numbers(getMetricGroup());
        this.signals = numbers.count("signals");
        this.late = numbers.count("late");
        this.published = numbers.count("findings");
        this.evaluations = numbers.count("evaluations");
        this.unknown = numbers.count("signalsForNobody");
        this.failures = numbers.count("detectorFailures");
        this.out = new Findings(
                () -> Instant.ofEpochMilli(now()), () -> reference.reference().suppressions(), found::add);
        this.own = new OwnFindings(out);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        evaluateAll = reference.open(context.getOperatorStateStore(), feed);
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers = getInternalTimerService("keys", VoidNamespaceSerializer.INSTANCE, this);
        for (KeyedDetector<?, ?, ?> detector : detectors) {
            Host<?, ?, ?> host = new Host<>(detector);
            hosts.put(detector.name(), host);
            numbers.gauge("keys." + detector.name(), () -> host.keys);
            numbers.gauge("keysRefused." + detector.name(), () -> host.refused);
            numbers.gauge("learning." + detector.name(), () -> host.learning);
            numbers.gauge("learned." + detector.name(), () -> host.learned);
            host.recount();
        }
        numbers.others(() -> {
            Map<String, Long> more = new TreeMap<>();
            detectors.forEach(detector -> more.putAll(detector.numbers()));
            return more;
        });
        numbers.gauge("referenceMalformed", reference::malformed);
        numbers.gauge("referenceRefused", reference::refused);
        if (evaluateAll) {
            evaluateAll();
        }
        scheduleEvaluation();
        scheduleReference();
        scheduleStatus();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        evaluateRest();
        // Whoever waits until records are stored can rely on the numbers that go with them.
        output.collect(STATUS, new StreamRecord<>(status()));
    }

    @Override
    public void finish() throws Exception {
        evaluateRest();
        super.finish();
    }

    @Override
    public void close() throws Exception {
        super.close();
        reference.close();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        reference.snapshot(getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
    }

    @Override
    public void onEventTime(InternalTimer<StateKey, VoidNamespace> timer) throws Exception {
        Host<?, ?, ?> host = hostOf(timer.getKey());
        if (host != null) {
            host.onEventTime(timer.getTimestamp());
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<StateKey, VoidNamespace> timer) throws Exception {
        Host<?, ?, ?> host = hostOf(timer.getKey());
        if (host != null) {
            host.onProcessingTime(timer.getTimestamp());
        }
    }

    @Override
    public void processElement(StreamRecord<Signal<?, ?>> element) throws Exception {
        Signal<?, ?> signal = element.getValue();
        Host<?, ?, ?> host = hosts.get(signal.detector());
        if (host == null) {
            unknown.increment();
            return;
        }
        signals.increment();
        if (signal.event().time().toEpochMilli() < timers().currentWatermark()) {
            late.increment();
            if (LOG.isDebugEnabled()) {
                LOG.debug(
                        "Detector {} takes late {}",
                        signal.detector(),
                        LogKeys.event(signal.event().eventId()));
            }
        }
        host.take(signal);
        emit();
    }

    /** Outside of the detectors' calls, whose exceptions are caught: those of the way out must stop the task. */
    private void emit() {
        for (Finding finding : found) {
            published.increment();
            if (LOG.isDebugEnabled()) {
                LOG.debug(
                        "{} is {} at revision {}, by {}",
                        LogKeys.finding(finding.id()),
                        finding.state(),
                        finding.revision(),
                        finding.detection().name());
            }
            output.collect(new StreamRecord<>(finding));
        }
        found.clear();
        for (Signal<?, ?> news : followed) {
            output.collect(next, new StreamRecord<>(news));
        }
        followed.clear();
    }

    /** Evaluates the keys that had signals since their last evaluation. */
    private void evaluateRest() throws Exception {
        Set<StateKey> keys = unevaluated;
        unevaluated = new LinkedHashSet<>();
        for (StateKey key : keys) {
            Host<?, ?, ?> host = hostOf(key);
            if (host != null) {
                setCurrentKey(key);
                host.evaluateCurrent();
                emit();
            }
        }
        evaluatedLately = new HashSet<>(keys);
    }

    private void scheduleEvaluation() {
        getProcessingTimeService().registerTimer(now() + PAUSE.toMillis(), time -> {
            evaluateRest();
            scheduleEvaluation();
        });
    }

    private @Nullable Host<?, ?, ?> hostOf(StateKey key) {
        return hosts.get(key.detector());
    }

    private InternalTimerService<VoidNamespace> timers() {
        if (timers == null) {
            throw new IllegalStateException("not open");
        }
        return timers;
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    private void scheduleReference() {
        getProcessingTimeService().registerTimer(now() + ReferenceTable.REFRESH_INTERVAL.toMillis(), time -> {
            if (reference.refresh()) {
                evaluateAll();
            }
            scheduleReference();
        });
    }

    private void evaluateAll() throws Exception {
        for (Host<?, ?, ?> host : hosts.values()) {
            host.evaluateAll();
            host.recount();
        }
    }

    private void scheduleStatus() {
        getProcessingTimeService().registerTimer(now() + statusInterval.toMillis(), time -> {
            output.collect(STATUS, new StreamRecord<>(status()));
            scheduleStatus();
        });
    }

    private JobStatus status() {
        return Statuses.of(
                round == 1 ? "detect" : "detect-" + round,
                getRuntimeContext(),
                now(),
                timers().currentWatermark(),
                numbers);
    }

    /** One detector in this round. */
    private final class Host<K extends Record, N extends Record, S extends Record> implements Round<K, N> {

        private final KeyedDetector<K, N, S> detector;
        private final ValueStateDescriptor<Kept<S>> stateDescriptor;
        private final ValueState<Kept<S>> states;
        private final Memory<K, N, S> memory;
        private long keys;
        private long refused;
        private long learning;
        private long learned;

        Host(KeyedDetector<K, N, S> detector) throws Exception {
            this.detector = detector;
            // Another version has another name: older state is not read by a class that it does not fit.
            String name = detector.name() + "-v" + detector.stateVersion();
            stateDescriptor = new ValueStateDescriptor<>(name + "-kept", inBlocks(Kept.of(detector.stateType())));
            states = getPartitionedState(stateDescriptor);
            memory = memory(detector, name);
            try (Stream<StateKey> restored = DetectorOperator.this
                    .<StateKey>getKeyedStateBackend()
                    .getKeys(stateDescriptor.getName(), VoidNamespace.INSTANCE)) {
                keys = restored.count();
            }
        }

        private Memory<K, N, S> memory(KeyedDetector<K, N, S> of, String name) throws Exception {
            return of instanceof EntryDetector<K, N, S, ?> entering
                    ? entries(entering, name)
                    : new Memory.Heads<>(of, this::cannotJudge);
        }

        private <E extends Record> Memory<K, N, S> entries(EntryDetector<K, N, S, E> of, String name) throws Exception {
            return new StoredEntries<>(
                    of,
                    getPartitionedState(new MapStateDescriptor<>(
                            name + "-entries", TextSerializer.INSTANCE, inBlocks(RecordTypes.of(of.entryType())))),
                    this::cannotJudge);
        }

        private <R extends Record> TypeSerializer<R> inBlocks(TypeInformation<R> type) {
            return new BlockSerializer<>(
                    type.createSerializer(getExecutionConfig().getSerializerConfig()));
        }

        void take(Signal<?, ?> signal) throws Exception {
            Kept<S> kept = states.value();
            S before = kept == null ? null : kept.state();
            S after = merge(before, signal);
            if (after == null) {
                return;
            }
            if (kept == null && keys >= maxKeys) {
                judgeAlone(after, signal);
                return;
            }
            long now = now();
            if (kept != null && after == before && !memory.changedMore()) {
                // Nothing new: only that the key is still heard of, and that not to the second.
                if (now - kept.lastSignal() > QUIET.toMillis() / 10) {
                    states.update(kept.signalled(now));
                }
                return;
            }
            StateKey key = (StateKey) getCurrentKey();
            memory.keep(key, before, after);
            if (evaluatedLately.add(key)) {
                after = evaluate(key, after);
            } else {
                unevaluated.add(key);
            }
            keys += kept == null ? 1 : 0;
            count(before, -1);
            count(after, 1);
            Kept<S> next = kept == null
                    ? new Kept<>(now, 0, 0, after)
                    : kept.with(after).signalled(now);
            states.update(next.watched() ? next : watchExpiry(next));
        }

        /** No room for another key: what one event proves is still found, and the lack of room is said. */
        private void judgeAlone(S state, Signal<?, ?> signal) {
            refused++;
            evaluations.increment();
            memory.judgeAlone(state, this);
            own.capacity(
                    detector.name(),
                    maxKeys,
                    signal.event().eventId(),
                    signal.event().time());
        }

        private @Nullable S merge(@Nullable S state, Signal<?, ?> signal) {
            try {
                return memory.merge(state, own(signal));
            } catch (StoredEntries.Unreadable e) {
                throw e;
            } catch (RuntimeException e) {
                failed(signal.event().eventId(), signal.event().time(), e);
                return null;
            }
        }

        /** Signals are routed by their detector's name, so this one is of its types. */
        @SuppressWarnings("unchecked")
        private Signal<K, N> own(Signal<?, ?> signal) {
            return (Signal<K, N>) signal;
        }

        @Override
        public int number() {
            return round;
        }

        /** Flink's current key, which is always one of this detector's when it is evaluated. */
        @Override
        public K key() {
            return detector.keyType().cast(((StateKey) getCurrentKey()).key());
        }

        @Override
        public Reference reference() {
            return reference.reference();
        }

        @Override
        public Findings findings() {
            return out;
        }

        @Override
        public void tell(K key, Sighting event, N news) {
            if (round == detector.rounds()) {
                throw new IllegalStateException("there is no round after the last one: " + news);
            }
            followed.add(new Signal<>(detector.name(), key, event, news));
        }

        private S evaluate(StateKey key, S state) throws Exception {
            evaluations.increment();
            return memory.evaluate(key, state, this);
        }

        private void cannotJudge(RuntimeException problem) {
            failed("", Instant.ofEpochMilli(now()), problem);
        }

        /** What a detector cannot digest must not stop the others; restarting would only meet it again. */
        private void failed(String eventId, Instant at, RuntimeException problem) {
            failures.increment();
            if (failureLines.allows(now())) {
                LOG.error(
                        "Detector {} failed in round {} on {}",
                        detector.name(),
                        round,
                        LogKeys.event(eventId),
                        problem);
            }
            own.failure(detector.name(), eventId, at, problem);
        }

        private void count(@Nullable S state, int difference) {
            if (state != null) {
                switch (detector.knowledge(state, reference.reference())) {
                    case LEARNING -> learning += difference;
                    case LEARNED -> learned += difference;
                    case NONE -> {}
                }
            }
        }

        /** After a restore, and when reference data changed how long is learned. */
        void recount() throws Exception {
            learning = 0;
            learned = 0;
            DetectorOperator.this
                    .<StateKey>getKeyedStateBackend()
                    .applyToAllKeys(
                            VoidNamespace.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            stateDescriptor,
                            (key, state) -> count(state.value().state(), 1));
        }

        void evaluateAll() throws Exception {
            DetectorOperator.this
                    .<StateKey>getKeyedStateBackend()
                    .applyToAllKeys(
                            VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, stateDescriptor, (key, state) -> {
                                Kept<S> kept = state.value();
                                if (kept != null) {
                                    evaluations.increment();
                                    evaluated(kept, memory.evaluateAll(key, kept.state(), this));
                                    emit();
                                }
                            });
        }

        void evaluateCurrent() throws Exception {
            Kept<S> kept = states.value();
            if (kept != null) {
                evaluated(kept, evaluate((StateKey) getCurrentKey(), kept.state()));
            }
        }

        private void evaluated(Kept<S> kept, S after) throws Exception {
            if (after != kept.state()) {
                states.update(kept.with(after));
            }
        }

        void onProcessingTime(long time) throws Exception {
            Kept<S> kept = states.value();
            if (kept != null && kept.quietTimer() == time) {
                forgetOrWait(kept.withQuietTimer(0));
            }
        }

        void onEventTime(long time) throws Exception {
            Kept<S> kept = states.value();
            if (kept != null && kept.expiryTimer() == time) {
                forgetOrWait(kept.withExpiryTimer(0));
            }
        }

        private void forgetOrWait(Kept<S> kept) throws Exception {
            boolean over = expiry(kept.state()) <= timers().currentWatermark();
            boolean quiet = kept.lastSignal() + QUIET.toMillis() <= now();
            if (over && quiet) {
                states.clear();
                memory.clear((StateKey) getCurrentKey());
                keys--;
                count(kept.state(), -1);
            } else {
                states.update(watchExpiry(kept));
            }
        }

        /**
         * Sets the one timer at which it makes sense to look again. A time that has already passed in event time is
         * awaited in processing time, because event time may stand still.
         */
        private Kept<S> watchExpiry(Kept<S> kept) {
            long expiry = expiry(kept.state());
            if (expiry > timers().currentWatermark()) {
                timers().registerEventTimeTimer(VoidNamespace.INSTANCE, expiry);
                return kept.withExpiryTimer(expiry);
            }
            long quiet = Math.max(kept.lastSignal() + QUIET.toMillis(), now() + 1);
            timers().registerProcessingTimeTimer(VoidNamespace.INSTANCE, quiet);
            return kept.withQuietTimer(quiet);
        }

        private long expiry(S state) {
            Instant at = detector.expiresAt(state, reference.reference());
            return at.compareTo(Instant.ofEpochMilli(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : at.toEpochMilli();
        }
    }
}
