package io.trailwarden.detection.execution;

import io.trailwarden.detection.Call;
import io.trailwarden.detection.SeenBefore;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.execution.FailedExecutionNews.Ending;
import io.trailwarden.detection.reference.Expectation;
import io.trailwarden.detection.reference.Expectation.Use;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.reference.StateMachine;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.AuditResource;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands on starts that contradict an expectation, and bad ends of any execution as long as there are expectations. */
final class FailedExecutionSignals implements SignalSource<FailedExecutionKey, FailedExecutionNews> {

    private static final int REMEMBERED = 1 << 12;

    /** Hashes of starts that are as expected: programs start the same state machine again and again. */
    private final long[] expected = new long[REMEMBERED];

    private final long seed = new SecureRandom().nextLong();
    private @Nullable Reference known;

    @Override
    public void readCall(
            CloudTrailEvent event, Reference reference, Consumer<Signal<FailedExecutionKey, FailedExecutionNews>> out) {
        if (event.executionArn() == null
                || event.errorCode() != null
                || !"states.amazonaws.com".equals(event.eventSource())
                || !starts(event.eventName())
                || reference.expectations().isEmpty()) {
            return;
        }
        if (reference != known) {
            Arrays.fill(expected, 0);
            known = reference;
        }
        long start = hash(event, reference);
        int place = (int) (start >>> 32) & (REMEMBERED - 1);
        if (expected[place] == start) {
            return;
        }
        Call call = Call.of(event);
        if (contradicted(event.eventTime(), Use.of(event, call.action(), call.resources()), reference) == null) {
            expected[place] = start;
        } else {
            out.accept(signal(event, FailedExecutionNews.started(event.executionArn(), call)));
        }
    }

    /** Of everything that expectations look at. */
    private long hash(CloudTrailEvent event, Reference reference) {
        long hash = SeenBefore.hash(SeenBefore.hash(seed, event.account()), event.actorKey());
        hash = SeenBefore.hash(SeenBefore.hash(hash, event.eventName()), event.awsRegion());
        hash = SeenBefore.hash(hash, event.stateMachineArn());
        List<AuditResource> resources = event.resources();
        for (int i = 0; i < resources.size(); i++) {
            hash = SeenBefore.hash(hash, resources.get(i).arn());
        }
        List<Expectation> expectations = reference.expectations();
        for (int i = 0; i < expectations.size(); i++) {
            hash = SeenBefore.hash(hash, expectations.get(i).holdsAt(event.eventTime()) ? 1 : 0);
        }
        return hash;
    }

    @Override
    public void readStep(
            ExecutionEvent event, Reference reference, Consumer<Signal<FailedExecutionKey, FailedExecutionNews>> out) {
        String type = event.type();
        if (reference.expectations().isEmpty()
                || !type.equals("ExecutionFailed")
                        && !type.equals("ExecutionTimedOut")
                        && !type.equals("ExecutionAborted")) {
            return;
        }
        Ending ending = new Ending(StateMachine.base(event.stateMachineArn()), type, event.error(), event.cause());
        out.accept(signal(event, FailedExecutionNews.ended(event.executionArn(), ending)));
    }

    private static Signal<FailedExecutionKey, FailedExecutionNews> signal(AuditEvent event, FailedExecutionNews news) {
        return new Signal<>(
                FailedExecutionDetector.NAME, FailedExecutionKey.of(news.execution()), event.sighting(), news);
    }

    private static boolean starts(@Nullable String call) {
        return "StartExecution".equals(call) || "StartSyncExecution".equals(call) || "RedriveExecution".equals(call);
    }

    /** The first expectation, by name, that this start contradicts. */
    static @Nullable Expectation contradicted(Instant start, Use use, Reference reference) {
        List<Expectation> expectations = reference.expectations();
        for (int i = 0; i < expectations.size(); i++) {
            if (expectations.get(i).concerns(use, start) && !expectations.get(i).meets(use)) {
                return expectations.get(i);
            }
        }
        return null;
    }
}
