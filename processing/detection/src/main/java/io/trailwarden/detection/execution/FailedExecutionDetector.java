package io.trailwarden.detection.execution;

import io.trailwarden.detection.Call;
import io.trailwarden.detection.Findings;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.execution.FailedExecutionKey.Starter;
import io.trailwarden.detection.execution.FailedExecutionState.End;
import io.trailwarden.detection.execution.FailedExecutionState.Execution;
import io.trailwarden.detection.execution.FailedExecutionState.Start;
import io.trailwarden.detection.reference.Expectation;
import io.trailwarden.detection.reference.Expectation.Use;
import io.trailwarden.detection.reference.Reference;
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
public final class FailedExecutionDetector
        implements KeyedDetector<FailedExecutionKey, FailedExecutionNews, FailedExecutionState> {

    /** The detection's key. */
    public static final String NAME = "failed-execution";

    /** How many executions of one starter, state machine and day are told apart. */
    public static final int MAX_EXECUTIONS = 100;

    private static final Duration MEMORY = Duration.ofDays(2);

    private static final long serialVersionUID = 1;

    /** A detector; all of them are alike. */
    public FailedExecutionDetector() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<FailedExecutionKey> keyType() {
        return FailedExecutionKey.class;
    }

    @Override
    public Class<FailedExecutionNews> newsType() {
        return FailedExecutionNews.class;
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
    public SignalSource<FailedExecutionKey, FailedExecutionNews> signals() {
        return new FailedExecutionSignals();
    }

    @Override
    public FailedExecutionState merge(
            @Nullable FailedExecutionState before, Signal<FailedExecutionKey, FailedExecutionNews> signal) {
        Instant time = signal.event().time();
        FailedExecutionState state =
                before == null ? new FailedExecutionState(Map.of(), false, time, Published.NOTHING) : before;
        FailedExecutionNews news = signal.news();
        Execution known = state.executions().getOrDefault(news.execution(), new Execution(null, null));
        Execution now = new Execution(
                news.started() == null
                        ? known.start()
                        : first(known.start(), new Start(signal.event(), news.started())),
                news.ended() == null ? known.end() : last(known.end(), new End(signal.event(), news.ended())));
        if (before != null && now.equals(known)) {
            return before;
        }
        Map<String, Execution> executions = new HashMap<>(state.executions());
        executions.put(news.execution(), now);
        boolean more = state.more();
        if (executions.size() > MAX_EXECUTIONS) {
            executions.remove(executions.entrySet().stream()
                    .max(Comparator.comparing((Map.Entry<String, Execution> each) -> begun(each.getValue()))
                            .thenComparing(Map.Entry.comparingByKey()))
                    .orElseThrow()
                    .getKey());
            more = true;
        }
        Instant newest = time.isAfter(state.newest()) ? time : state.newest();
        return new FailedExecutionState(executions, more, newest, state.published());
    }

    private static Start first(@Nullable Start known, Start other) {
        return known == null || other.event().compareTo(known.event()) < 0 ? other : known;
    }

    private static End last(@Nullable End known, End other) {
        return known == null || other.event().compareTo(known.event()) > 0 ? other : known;
    }

    /** Of the second round only, where both come together or shortly after one another. */
    private static Instant begun(Execution execution) {
        if (execution.start() != null) {
            return execution.start().event().time();
        }
        return execution.end() == null ? Instant.MAX : execution.end().event().time();
    }

    @Override
    public FailedExecutionState evaluate(
            FailedExecutionState state, Round<FailedExecutionKey, FailedExecutionNews> round) {
        if (round.number() == 1) {
            state.executions().forEach((arn, execution) -> tell(arn, execution, round));
            return state;
        }
        Published published = round.findings().settle(state.published(), conclude(state, round.reference()));
        return published == state.published()
                ? state
                : new FailedExecutionState(state.executions(), state.more(), state.newest(), published);
    }

    private static void tell(String arn, Execution execution, Round<FailedExecutionKey, FailedExecutionNews> round) {
        Start start = execution.start();
        End end = execution.end();
        if (start != null && end != null) {
            Call call = start.call();
            FailedExecutionKey key = FailedExecutionKey.of(
                    new Starter(call.account(), call.principal(), end.ending().machine(), day(start)));
            round.tell(key, start.event(), FailedExecutionNews.started(arn, call));
            round.tell(key, end.event(), FailedExecutionNews.ended(arn, end.ending()));
        }
    }

    /** A start that is not as expected, and the bad end of it. */
    record Failure(String execution, Start start, End end) {}

    private static List<Claim> conclude(FailedExecutionState state, Reference reference) {
        List<Failure> failures = new ArrayList<>();
        Expectation contradicted = null;
        for (Map.Entry<String, Execution> each : state.executions().entrySet()) {
            Start start = each.getValue().start();
            End end = each.getValue().end();
            if (start != null && end != null) {
                Expectation one =
                        FailedExecutionSignals.contradicted(start.event().time(), use(start, end), reference);
                if (one != null) {
                    failures.add(new Failure(each.getKey(), start, end));
                    contradicted =
                            contradicted == null || one.name().compareTo(contradicted.name()) < 0 ? one : contradicted;
                }
            }
        }
        failures.sort(Comparator.comparing(failure -> failure.start().event()));
        return contradicted == null ? List.of() : List.of(conclude(failures, state.more(), contradicted, reference));
    }

    private static Use use(Start start, End end) {
        Call call = start.call();
        return new Use(
                call.account(),
                call.principal(),
                call.action(),
                call.region(),
                call.resources(),
                end.ending().machine(),
                null);
    }

    private static Claim conclude(List<Failure> failures, boolean more, Expectation expectation, Reference reference) {
        Start start = failures.get(0).start();
        Call call = start.call();
        String principal = call.principal();
        String machine = failures.get(0).end().ending().machine();
        Instant last = failures.stream()
                .map(failure -> failure.end().event().time())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        Claim.Evidence evidence = Claim.Evidence.of(
                start.event().time(),
                last,
                failures.stream()
                        .flatMap(failure -> Stream.of(
                                failure.start().event().eventId(),
                                failure.end().event().eventId()))
                        .toList());
        return new Claim(
                FindingId.of(NAME, call.account(), principal, machine, day(start)),
                new Claim.Detection(NAME, Severity.MEDIUM, Findings.AUTHOR, List.of("T1648")),
                new Claim.Subject(machine, call.account(), call.region(), principal),
                evidence,
                FailedExecutionWords.of(failures, more, expectation, reference, evidence));
    }

    private static String day(Start start) {
        return start.event().time().truncatedTo(ChronoUnit.DAYS).toString().substring(0, 10);
    }

    @Override
    public Instant expiresAt(FailedExecutionState state, Reference reference) {
        return state.newest().plus(MEMORY);
    }
}
