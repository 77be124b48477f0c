package io.trailwarden.detection.execution;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.execution.FailedExecutionState.Execution;
import io.trailwarden.detection.reference.Expectation;
import io.trailwarden.detection.reference.Expectation.Use;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.reference.StateMachine;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * <em>Failed execution of an unexpected starter</em>: joins the end of an execution, which its log tells and which names
 * nobody, to the CloudTrail record of its start, which names the principal and knows nothing of the end.
 *
 * <p>The first round meets by execution. The second gathers the failed executions of one principal and state machine by
 * the day of their start: one finding, amended with every further failure.
 */
public final class FailedExecutionDetector implements KeyedDetector<FailedExecutionState> {

    /** The detection's key. */
    public static final String NAME = "failed-execution";

    /** How many executions of one starter, state machine and day are told apart. */
    public static final int MAX_EXECUTIONS = 100;

    private static final Duration MEMORY = Duration.ofDays(2);
    private static final Comparator<Signal> BY_TIME =
            Comparator.comparing(Signal::eventTime).thenComparing(Signal::eventId);

    private static final long serialVersionUID = 1;

    /** A detector; all of them are alike. */
    public FailedExecutionDetector() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<FailedExecutionState> stateType() {
        return FailedExecutionState.class;
    }

    @Override
    public int stateVersion() {
        return 2;
    }

    @Override
    public int rounds() {
        return 2;
    }

    @Override
    public SignalSource signals() {
        return new FailedExecutionSignals();
    }

    @Override
    public FailedExecutionState merge(@Nullable FailedExecutionState before, Signal signal) {
        FailedExecutionState state = before == null
                ? new FailedExecutionState(Map.of(), false, signal.eventTime(), Published.NOTHING)
                : before;
        String execution = String.valueOf(signal.link());
        Execution known = state.executions().getOrDefault(execution, new Execution(null, null));
        Signal own = signal.as("", signal.kind());
        Execution now = signal.kind().equals(FailedExecutionSignals.STARTED)
                ? new Execution(first(known.started(), own), known.ended())
                : new Execution(known.started(), last(known.ended(), own));
        if (before != null && now.equals(known)) {
            return before;
        }
        Map<String, Execution> executions = new HashMap<>(state.executions());
        executions.put(execution, now);
        boolean more = state.more();
        if (executions.size() > MAX_EXECUTIONS) {
            executions.remove(executions.entrySet().stream()
                    .max(Comparator.comparing((Map.Entry<String, Execution> each) -> begun(each.getValue()))
                            .thenComparing(Map.Entry.comparingByKey()))
                    .orElseThrow()
                    .getKey());
            more = true;
        }
        Instant newest = signal.eventTime().isAfter(state.newest()) ? signal.eventTime() : state.newest();
        return new FailedExecutionState(executions, more, newest, state.published());
    }

    private static Signal first(@Nullable Signal known, Signal other) {
        return known == null || BY_TIME.compare(other, known) < 0 ? other : known;
    }

    private static Signal last(@Nullable Signal known, Signal other) {
        return known == null || BY_TIME.compare(other, known) > 0 ? other : known;
    }

    /** Of the second round only, where both come together or shortly after one another. */
    private static Instant begun(Execution execution) {
        Signal signal = execution.started() == null ? execution.ended() : execution.started();
        return signal == null ? Instant.MAX : signal.eventTime();
    }

    @Override
    public FailedExecutionState evaluate(FailedExecutionState state, Reference reference, Findings out) {
        if (out.round() == 1) {
            state.executions().values().forEach(execution -> tell(execution, out));
            return state;
        }
        Published published = out.settle(state.published(), conclude(state, reference));
        return published == state.published()
                ? state
                : new FailedExecutionState(state.executions(), state.more(), state.newest(), published);
    }

    private static void tell(Execution execution, Findings out) {
        Signal started = execution.started();
        Signal ended = execution.ended();
        if (started != null && ended != null) {
            String key = started.account() + '|' + started.principal() + '|' + machine(ended) + '|' + day(started);
            out.follow(started.as(key, FailedExecutionSignals.STARTED));
            out.follow(ended.as(key, FailedExecutionSignals.ENDED));
        }
    }

    /** A start that is not as expected, and the bad end of it. */
    record Failure(Signal started, Signal ended) {}

    private static List<Claim> conclude(FailedExecutionState state, Reference reference) {
        List<Failure> failures = new ArrayList<>();
        Expectation contradicted = null;
        for (Execution execution : state.executions().values()) {
            if (execution.started() != null && execution.ended() != null) {
                Expectation one = FailedExecutionSignals.contradicted(
                        execution.started(), use(execution.started(), execution.ended()), reference);
                if (one != null) {
                    failures.add(new Failure(execution.started(), execution.ended()));
                    contradicted =
                            contradicted == null || one.name().compareTo(contradicted.name()) < 0 ? one : contradicted;
                }
            }
        }
        failures.sort(Comparator.comparing(Failure::started, BY_TIME));
        return contradicted == null ? List.of() : List.of(conclude(failures, state.more(), contradicted, reference));
    }

    private static Use use(Signal started, Signal ended) {
        return new Use(
                started.account(),
                String.valueOf(started.principal()),
                Phrases.action(started.service(), started.call()),
                started.region(),
                started.resources(),
                machine(ended),
                null);
    }

    private static Claim conclude(List<Failure> failures, boolean more, Expectation expectation, Reference reference) {
        Signal start = failures.get(0).started();
        String principal = String.valueOf(start.principal());
        String machine = machine(failures.get(0).ended());
        Instant last = failures.stream()
                .map(failure -> failure.ended().eventTime())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        Claim.Evidence evidence = Claim.Evidence.of(
                start.eventTime(),
                last,
                failures.stream()
                        .flatMap(failure -> Stream.of(
                                failure.started().eventId(), failure.ended().eventId()))
                        .toList());
        return new Claim(
                FindingId.of(NAME, start.account(), principal, machine, day(start)),
                new Claim.Detection(NAME, Severity.MEDIUM, Findings.AUTHOR, List.of("T1648")),
                new Claim.Subject(machine, start.account(), start.region(), principal),
                evidence,
                FailedExecutionWords.of(failures, more, expectation, reference, evidence));
    }

    static String machine(Signal end) {
        return StateMachine.base(String.valueOf(end.stateMachineArn()));
    }

    private static String day(Signal start) {
        return start.eventTime().truncatedTo(ChronoUnit.DAYS).toString().substring(0, 10);
    }

    @Override
    public Instant expiresAt(FailedExecutionState state, Reference reference) {
        return state.newest().plus(MEMORY);
    }
}
