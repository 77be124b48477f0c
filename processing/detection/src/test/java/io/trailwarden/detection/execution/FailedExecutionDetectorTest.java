package io.trailwarden.detection.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.DetectorContract;
import io.trailwarden.detection.Events;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Rehearsal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.Finding;
import io.trailwarden.event.ReferenceEntry.Kind;
import io.trailwarden.event.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FailedExecutionDetectorTest
        extends DetectorContract<FailedExecutionKey, FailedExecutionNews, FailedExecutionState> {

    private static final String MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow";
    private static final String ONLY_CI =
            "{'title':'Only CI starts OrderFlow','when':{'actions':'states:Start*','stateMachines':'" + MACHINE
                    + "'},'expect':{'principals':'*:role/ci/*'}}";

    @Override
    protected KeyedDetector<FailedExecutionKey, FailedExecutionNews, FailedExecutionState> detector() {
        return new FailedExecutionDetector();
    }

    @Override
    protected Reference reference() {
        return Reference.EMPTY.withAll(List.of(
                Rehearsal.entry(Kind.ACCOUNT, "111122223333", "{'name':'orders'}"),
                Rehearsal.entry(Kind.EXPECTATION, "order-flow-is-started-by-ci", ONLY_CI)));
    }

    @Override
    protected List<? extends AuditEvent> scenario() {
        List<AuditEvent> events = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String at = "2026-03-02T09:0" + i;
            events.add(start(at + ":00Z", i % 2 == 0 ? "support" : "ci/deployer", "run-" + i));
            events.add(end(at + ":30Z", "run-" + i, i == 4 ? "ExecutionTimedOut" : "ExecutionFailed"));
        }
        events.add(start("2026-03-02T10:00:00Z", "support", "run-fine"));
        events.add(end("2026-03-02T10:00:30Z", "run-fine", "ExecutionSucceeded"));
        events.add(end("2026-03-02T10:10:30Z", "run-of-nobody", "ExecutionFailed"));
        return events;
    }

    @Override
    protected void disprove(Rehearsal<FailedExecutionKey, FailedExecutionNews, FailedExecutionState> rehearsal) {
        rehearsal.learn(Kind.EXPECTATION, "order-flow-is-started-by-ci", ONLY_CI.replace("*:role/ci/*", "*:role/*"));
    }

    @Override
    protected Stream<? extends AuditEvent> flood() {
        Instant noon = Instant.parse("2026-03-02T12:00:00Z");
        return IntStream.range(0, 3_000)
                .mapToObj(i -> Stream.of(
                        start(noon.plusSeconds(i).toString(), "support", "run-" + i),
                        end(noon.plusSeconds(i + 1).toString(), "run-" + i, "ExecutionFailed")))
                .flatMap(each -> each);
    }

    @Override
    protected int mostCharacters() {
        return 250_000;
    }

    @Override
    protected Duration longestMemory() {
        return Duration.ofDays(2);
    }

    @Test
    void the_failure_is_joined_to_whoever_started_it() {
        Rehearsal<FailedExecutionKey, FailedExecutionNews, FailedExecutionState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(end("2026-03-02T09:00:30Z", "run-42", "ExecutionFailed"));
        assertThat(rehearsal.open()).isEmpty();

        rehearsal.deliver(start("2026-03-02T09:00:00Z", "support", "run-42"));

        Finding finding = rehearsal.only();
        assertThat(finding.words().title())
                .isEqualTo("Execution run-42 of state machine OrderFlow failed; role support started it, against"
                        + " \"Only CI starts OrderFlow\"");
        assertThat(finding.detection().severity()).isEqualTo(Severity.MEDIUM);
        assertThat(finding.subject().principal()).isEqualTo("arn:aws:iam::111122223333:role/support");
        assertThat(finding.subject().name()).isEqualTo(MACHINE);
        assertThat(finding.evidence().eventIds())
                .containsExactly(
                        "start-run-42",
                        "arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-42#0#5#ExecutionFailed");
        assertThat(finding.words().facts())
                .containsEntry("Expected", "principal *:role/ci/*")
                .containsEntry(
                        "Seen",
                        "role support started run-42 at 2026-03-02T09:00:00Z, which failed with"
                                + " Lambda.TooManyRequestsException")
                .containsEntry("Cause", "Rate Exceeded.")
                .containsEntry("From", "203.0.113.9")
                .containsEntry("Account", "111122223333 (orders)");
    }

    @Test
    void who_is_expected_to_start_it_may_fail() {
        Rehearsal<FailedExecutionKey, FailedExecutionNews, FailedExecutionState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(start("2026-03-02T09:00:00Z", "ci/deployer", "run-42"));
        rehearsal.deliver(end("2026-03-02T09:00:30Z", "run-42", "ExecutionFailed"));
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void further_failures_of_the_day_amend_the_same_finding() {
        Rehearsal<FailedExecutionKey, FailedExecutionNews, FailedExecutionState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(scenario());
        Finding finding = rehearsal.only();
        assertThat(finding.words().title()).startsWith("3 executions of state machine OrderFlow failed; role support");
        assertThat(finding.evidence().count()).isEqualTo(6);
        assertThat(finding.words().facts().get("Seen")).contains("run-4 at 2026-03-02T09:04:00Z, which timed out");
    }

    private static AuditEvent start(String at, String role, String name) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'AssumedRole','principalId':'AROA1:dana','accountId':'111122223333',
                'arn':'arn:aws:sts::111122223333:assumed-role/%s/dana','accessKeyId':'ASIA1','sessionContext':{'sessionIssuer':
                {'type':'Role','arn':'arn:aws:iam::111122223333:role/%s','accountId':'111122223333'}}},
                'eventTime':'%s','eventSource':'states.amazonaws.com','eventName':'StartExecution','awsRegion':'eu-west-1',
                'sourceIPAddress':'203.0.113.9','requestParameters':{'stateMachineArn':'%s','name':'%s'},
                'responseElements':{'executionArn':'arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:%s'},
                'eventID':'start-%s','eventType':'AwsApiCall','recipientAccountId':'111122223333'}"""
                        .formatted(role.substring(role.indexOf('/') + 1), role, at, MACHINE, name, name, name));
    }

    private static AuditEvent end(String at, String name, String type) {
        return Events.execution(
                """
                {'id':'5','type':'%s','previous_event_id':'4','event_timestamp':'%d',
                'execution_arn':'arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:%s','redrive_count':'0',
                'details':{'error':'Lambda.TooManyRequestsException','cause':'Rate Exceeded.'}}"""
                        .formatted(type, Instant.parse(at).toEpochMilli(), name));
    }
}
