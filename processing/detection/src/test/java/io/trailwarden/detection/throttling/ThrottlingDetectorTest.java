package io.trailwarden.detection.throttling;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.DetectorContract;
import io.trailwarden.detection.Events;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Rehearsal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Finding;
import io.trailwarden.event.ReferenceEntry.Kind;
import io.trailwarden.event.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ThrottlingDetectorTest extends DetectorContract<ThrottlingKey, ThrottlingNews, ThrottlingState> {

    private static final String BATCH = "arn:aws:iam::111122223333:role/batch";
    private static final String REPORT = "arn:aws:iam::111122223333:role/report";

    @Override
    protected KeyedDetector<ThrottlingKey, ThrottlingNews, ThrottlingState> detector() {
        return new ThrottlingDetector();
    }

    @Override
    protected Reference reference() {
        return Reference.EMPTY;
    }

    @Override
    protected List<? extends AuditEvent> scenario() {
        List<AuditEvent> events = new ArrayList<>();
        for (int i = 0; i < 130; i++) {
            events.add(throttled("09:0" + i % 6 + ":" + (10 + i % 40), "PutParameter", i % 5 == 0 ? REPORT : BATCH));
        }
        for (int i = 0; i < 4; i++) {
            events.add(throttled("09:58:0" + i, "GetParameter", BATCH));
        }
        for (int i = 0; i < 9; i++) {
            events.add(throttled("10:01:0" + i, "GetParameter", REPORT));
        }
        events.add(throttled("20:00:00", "PutParameter", BATCH));
        return events;
    }

    @Override
    protected void disprove(Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal) {
        // The day before, the same call was throttled all the time: this is what is usual here.
        for (int minute = 0; minute < 24 * 60; minute++) {
            for (int i = 0; i < 12; i++) {
                String time = String.format(Locale.ROOT, "2026-03-01T%02d:%02d:%02dZ", minute / 60, minute % 60, i);
                rehearsal.lazily().deliver(throttledAt(time, "PutParameter", BATCH));
            }
        }
    }

    @Override
    protected Stream<? extends AuditEvent> flood() {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        return IntStream.range(0, 6_000)
                .mapToObj(i -> throttledAt(
                        start.plus(Duration.ofMinutes(i)).toString(),
                        "PutParameter",
                        "arn:aws:iam::111122223333:role/r" + i % 3));
    }

    @Override
    protected int mostCharacters() {
        return 2_500_000;
    }

    @Override
    protected Duration longestMemory() {
        return Duration.ofDays(31);
    }

    @Test
    void a_burst_says_who_causes_it_and_who_suffers() {
        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal = new Rehearsal<>(detector(), reference());
        for (int i = 0; i < 12; i++) {
            rehearsal.deliver(throttled("09:00:" + (10 + i), "PutParameter", BATCH));
        }
        rehearsal.deliver(throttled("09:02:00", "PutParameter", REPORT));

        Finding finding = rehearsal.only();
        assertThat(finding.words().title())
                .isEqualTo("Throttled: 13 calls of ssm:PutParameter in eu-west-1, most by role batch");
        assertThat(finding.detection().severity()).isEqualTo(Severity.MEDIUM);
        assertThat(finding.subject().principal()).isEqualTo(BATCH);
        assertThat(finding.subject().account()).isEqualTo("111122223333");
        assertThat(finding.evidence().first()).isEqualTo("2026-03-02T09:00:10Z");
        assertThat(finding.evidence().last()).isEqualTo("2026-03-02T09:02:00Z");
        assertThat(finding.evidence().count()).isEqualTo(13);
        assertThat(finding.evidence().eventIds()).hasSize(13);
        assertThat(finding.words().facts())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "Account", "111122223333",
                        "Call", "ssm:PutParameter",
                        "Expected", "fewer than 10 throttled calls in five minutes (floor 10; 3 times the usual 0.0)",
                        "Seen", "13 in five minutes from 2026-03-02T09:00:00Z",
                        "Most by", BATCH + " 12",
                        "Also throttled", REPORT + " 1",
                        "Errors", "ThrottlingException 13",
                        "Per minute", "2026-03-02T09:00Z 12, 2026-03-02T09:02Z 1",
                        "Per minute and caller",
                                "2026-03-02T09:00Z " + BATCH + " 12, 2026-03-02T09:02Z " + REPORT + " 1"));
        assertThat(finding.words().facts().keySet()).startsWith("Account", "Call", "Expected", "Seen", "Most by");
        assertThat(finding.words().nextSteps().get(1))
                .isEqualTo("See who called it then, also successfully: SELECT event_time, actor_key, error_code,"
                        + " source_ip_address, user_agent FROM cloudtrail WHERE event_time BETWEEN TIMESTAMP"
                        + " '2026-03-02 08:45:10' AND TIMESTAMP '2026-03-02 09:17:00' AND recipient_account_id ="
                        + " '111122223333' AND aws_region = 'eu-west-1' AND event_name = 'PutParameter' ORDER BY"
                        + " event_time");
    }

    @Test
    void below_the_floor_there_is_no_finding_and_the_floor_is_a_setting() {
        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal = new Rehearsal<>(detector(), reference());
        for (int i = 0; i < 9; i++) {
            rehearsal.deliver(throttled("09:00:0" + i, "PutParameter", BATCH));
        }
        assertThat(rehearsal.open()).isEmpty();

        rehearsal.learn(Kind.SETTING, "throttling-spike", "{'accounts':{'111122223333':{'floor':9}}}");
        assertThat(rehearsal.only().evidence().count()).isEqualTo(9);

        rehearsal.learn(Kind.SETTING, "throttling-spike", "{'floor':9,'accounts':{'111122223333':{'floor':50}}}");
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void a_burst_that_grows_is_amended_and_keeps_its_id() {
        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal = new Rehearsal<>(detector(), reference());
        for (int i = 0; i < 30; i++) {
            rehearsal.deliver(throttled("09:0" + i / 6 + ":0" + i % 6, "PutParameter", BATCH));
        }
        assertThat(rehearsal.revisions())
                .hasSize(21)
                .extracting(Finding::id)
                .containsOnly(rehearsal.only().id());
        assertThat(rehearsal.only().evidence().count()).isEqualTo(30);
    }

    @Test
    void two_parts_that_a_late_record_joins_are_one_finding_under_the_id_of_the_earlier() {
        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal = new Rehearsal<>(detector(), reference());
        for (int i = 0; i < 10; i++) {
            rehearsal.deliver(throttled("09:54:0" + i, "PutParameter", BATCH));
            rehearsal.deliver(throttled("10:02:0" + i, "PutParameter", BATCH));
        }
        List<Finding> apart = rehearsal.open();
        assertThat(apart).hasSize(2);

        rehearsal.deliver(throttled("09:58:00", "PutParameter", BATCH));

        assertThat(rehearsal.only().id()).isEqualTo(apart.get(0).id());
        assertThat(rehearsal.only().evidence().count()).isEqualTo(21);
        Finding last = rehearsal.revisions().get(rehearsal.revisions().size() - 1);
        assertThat(last.id()).isEqualTo(apart.get(1).id());
        assertThat(last.state()).isEqualTo(Finding.State.WITHDRAWN);
    }

    @Test
    void quotas_are_not_mixed() {
        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal = new Rehearsal<>(detector(), reference());
        for (int i = 0; i < 6; i++) {
            rehearsal.deliver(throttled("09:00:0" + i, "PutParameter", BATCH));
            rehearsal.deliver(throttled("09:00:0" + i, "GetParameter", BATCH));
        }
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void a_fixed_quota_scores_lower_than_a_rate() {
        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal = new Rehearsal<>(detector(), reference());
        for (int i = 0; i < 10; i++) {
            rehearsal.deliver(event("2026-03-02T09:00:0" + i + "Z", "CreateRole", BATCH, "LimitExceededException"));
        }
        assertThat(rehearsal.only().detection().severity()).isEqualTo(Severity.LOW);
        assertThat(rehearsal.only().words().title())
                .isEqualTo("Quota used up: 10 calls of ssm:CreateRole in eu-west-1, most by role batch");
    }

    @Test
    void execution_logs_count_but_the_end_of_the_execution_does_not_count_twice() {
        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal = new Rehearsal<>(detector(), reference());
        for (int i = 0; i < 10; i++) {
            rehearsal.deliver(execution(i, 5, "TaskFailed", "'resource':'invoke','resourceType':'lambda',"));
            rehearsal.deliver(execution(i, 6, "ExecutionFailed", ""));
        }
        Finding finding = rehearsal.only();
        assertThat(finding.words().title())
                .isEqualTo("Throttled: 10 calls of lambda:Invoke in eu-west-1, most by state machine OrderFlow");
        assertThat(finding.evidence().count()).isEqualTo(10);
        assertThat(finding.subject().principal())
                .isEqualTo("arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow");
        assertThat(finding.words().facts()).containsEntry("Seen", "10 in five minutes from 2026-03-02T09:12:00Z");
    }

    @Test
    void a_refusal_that_both_logs_hold_counts_once_against_the_floor() {
        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal = new Rehearsal<>(detector(), reference());
        for (int i = 0; i < 6; i++) {
            rehearsal.deliver(execution(i, 5, "TaskFailed", "'resource':'putParameter','resourceType':'aws-sdk:ssm',"));
            rehearsal.deliver(throttledAt("2026-03-02T09:12:3" + i + "Z", "PutParameter", BATCH));
        }
        assertThat(rehearsal.states()).hasSize(1);
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void chronic_throttling_is_reported_on_its_first_day_only_until_it_gets_worse() {
        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal =
                new Rehearsal<>(detector(), reference()).lazily();
        for (int minute = 0; minute < 3 * 24 * 60; minute++) {
            Instant time = Instant.parse("2026-03-01T00:00:00Z").plus(Duration.ofMinutes(minute));
            for (int i = 0; i < 3; i++) {
                rehearsal.deliver(throttledAt(time.plusSeconds(i).toString(), "PutParameter", BATCH));
            }
        }
        rehearsal.settle();
        assertThat(rehearsal.only().evidence().first()).isEqualTo("2026-03-01T00:00:00Z");

        for (int i = 0; i < 60; i++) {
            rehearsal.deliver(throttledAt("2026-03-04T12:00:" + (i < 10 ? "0" : "") + i + "Z", "PutParameter", BATCH));
        }
        rehearsal.settle();
        assertThat(rehearsal.open()).hasSize(2);
        assertThat(rehearsal.open().get(1).words().facts().get("Expected"))
                .isEqualTo("fewer than 39 throttled calls in five minutes (floor 10; 3 times the usual 12.9)");
    }

    @Test
    void bursts_of_real_records_agree_with_the_oracle() {
        List<AuditEvent> events = Events.shared("cloudtrail/invictus");
        Map<String, Long> oracle = new TreeMap<>();
        Events.sharedJson("labelled/oracle_invictus.json")
                .get("throttles_per_minute_source_name_principal")
                .properties()
                .forEach(entry -> oracle.put(entry.getKey(), entry.getValue().asLong()));

        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal = new Rehearsal<>(
                        detector(), reference(), 3)
                .lazily()
                .deliver(events)
                .settle();

        Map<String, Long> kept = new TreeMap<>();
        rehearsal.states().values().forEach(state -> state.minutes().forEach((minute, counts) -> counts.callers()
                .forEach((caller, tally) -> kept.put(
                        ThrottlingDetector.instant(minute).toString().substring(0, 16) + '|' + state.service()
                                + ".amazonaws.com|" + state.call() + '|' + caller,
                        tally.cloudTrail()))));
        assertThat(kept).isEqualTo(oracle);

        // The lone DescribeParameters of 11:58 is nine minutes before the others, so it belongs to no burst.
        assertThat(rehearsal.open())
                .extracting(finding -> finding.subject()
                                .name()
                                .substring(0, finding.subject().name().indexOf(' '))
                        + " " + finding.evidence().count() + " "
                        + finding.words().facts().get("Per minute and caller"))
                .containsExactlyInAnyOrder(
                        "ssm:PutParameter 25 2023-07-10T11:58Z arn:aws:iam::123837392027:user/bert-jan 25",
                        "ssm:DescribeParameters 26 2023-07-10T12:07Z arn:aws:iam::123837392027:user/bert-jan 13,"
                                + " 2023-07-10T12:08Z arn:aws:iam::123837392027:user/bert-jan 13",
                        "ssm:DeleteParameter 10 2023-07-10T12:08Z arn:aws:iam::123837392027:user/bert-jan 10");
        assertThat(rehearsal.open())
                .allSatisfy(finding -> assertThat(finding.evidence().eventIds())
                        .hasSize((int) finding.evidence().count()));
    }

    private static int serial;

    private static CloudTrailEvent throttled(String time, String call, String role) {
        return throttledAt("2026-03-02T" + time + "Z", call, role);
    }

    private static CloudTrailEvent throttledAt(String time, String call, String role) {
        return event(time, call, role, "ThrottlingException");
    }

    private static CloudTrailEvent event(String time, String call, String role, String error) {
        return Events.cloudTrail(
                """
                {'eventVersion':'1.10','userIdentity':{'type':'AssumedRole','principalId':'AROA:s',
                'arn':'arn:aws:sts::111122223333:assumed-role/x/s','accountId':'111122223333','accessKeyId':'ASIAX',
                'sessionContext':{'sessionIssuer':{'type':'Role','arn':'%s','accountId':'111122223333'}}},
                'eventTime':'%s','eventSource':'ssm.amazonaws.com','eventName':'%s','awsRegion':'eu-west-1',
                'sourceIPAddress':'192.0.2.1','errorCode':'%s','eventID':'e%08d','readOnly':false,
                'eventType':'AwsApiCall','recipientAccountId':'111122223333','eventCategory':'Management'}"""
                        .formatted(role, time, call, error, serial++));
    }

    private static AuditEvent execution(int run, int id, String type, String more) {
        return Events.execution(
                """
                {'id':'%d','type':'%s','details':{%s'error':'Lambda.TooManyRequestsException','cause':'Rate Exceeded.'},
                'previous_event_id':'4','event_timestamp':'%d',
                'execution_arn':'arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-%d','redrive_count':'0'}"""
                        .formatted(id, type, more, 1772442750900L + run, run));
    }
}
