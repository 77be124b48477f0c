package io.trailwarden.detection.principal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.trailwarden.detection.DetectorContract;
import io.trailwarden.detection.Events;
import io.trailwarden.detection.KeyedDetector.Knowledge;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrincipalDetectorTest extends DetectorContract<PrincipalKey, PrincipalNews, PrincipalState> {

    private static final String ORDER_FLOW = "arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow";
    private static final String ONLY_CI =
            """
            {'title':'Only CI starts OrderFlow','why':'Payments are booked by it',
            'when':{'actions':['states:StartExecution','states:StopExecution'],
            'stateMachines':['arn:aws:states:*:111122223333:stateMachine:OrderFlow']},
            'expect':{'principals':['arn:aws:iam::111122223333:role/ci/*']}}""";

    private int serial;

    @Override
    protected PrincipalDetector detector() {
        return new PrincipalDetector();
    }

    @Override
    protected Reference reference() {
        return Reference.EMPTY.withAll(List.of(
                Rehearsal.entry(Kind.EXPECTATION, "order-flow", ONLY_CI),
                Rehearsal.entry(Kind.ACCOUNT, "111122223333", "{'name':'payments'}")));
    }

    @Override
    protected List<? extends AuditEvent> scenario() {
        List<AuditEvent> events = new ArrayList<>();
        for (int day = 1; day <= 9; day++) {
            for (int hour = 0; hour < 4; hour++) {
                String time = "2026-03-0" + day + "T0" + hour + ":00:00Z";
                events.add(user(time, "dana", "s3", hour % 2 == 0 ? "GetObject" : "ListBuckets", "eu-west-1"));
                events.add(start(time, "ci/deployer", ORDER_FLOW));
            }
        }
        events.add(user("2026-03-09T10:00:00Z", "dana", "iam", "CreateAccessKey", "us-east-1"));
        events.add(user("2026-03-09T10:00:00Z", "dana", "iam", "CreateAccessKey", "us-east-1"));
        events.add(user("2026-03-09T11:00:00Z", "dana", "ec2", "RunInstances", "ap-south-1"));
        events.add(user("2026-03-12T11:00:00Z", "dana", "ec2", "RunInstances", "ap-south-1"));
        events.add(user("2026-03-12T12:00:00Z", "dana", "ec2", "StopInstances", "ap-south-1"));
        events.add(start("2026-03-05T12:00:00Z", "intern", ORDER_FLOW));
        events.add(start("2026-03-05T12:10:00Z", "intern", ORDER_FLOW + ":3"));
        events.add(user("2026-03-10T12:00:00Z", "mallory", "s3", "ListBuckets", "eu-west-1"));
        events.add(runs("2026-03-01T00:00:00Z", 1, "order-exec"));
        events.add(runs("2026-03-09T00:00:00Z", 2, "admin"));
        return events;
    }

    @Override
    protected void disprove(Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal) {
        // The calls were made within the learning period already; the record was late.
        rehearsal.deliver(user("2026-03-02T10:00:00Z", "dana", "iam", "CreateAccessKey", "us-east-1"));
        rehearsal.deliver(user("2026-03-02T10:00:00Z", "dana", "ec2", "RunInstances", "ap-south-1"));
    }

    @Override
    protected Stream<? extends AuditEvent> flood() {
        Instant start = Instant.parse("2026-03-01T00:00:00Z");
        return IntStream.range(0, 5_000)
                .mapToObj(i -> user(start.plusSeconds(i).toString(), "scanner", "s3", "Call" + i, "region-" + i));
    }

    @Override
    protected int mostCharacters() {
        return 600_000;
    }

    @Override
    protected Duration longestMemory() {
        return Duration.ofDays(92);
    }

    @Test
    void the_first_use_after_the_learning_period_is_new_and_says_what_was_expected() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), reference());
        rehearsal.deliver(user("2026-03-01T00:00:00Z", "dana", "s3", "GetObject", "eu-west-1"));
        rehearsal.deliver(user("2026-03-07T23:59:59Z", "dana", "s3", "ListBuckets", "eu-west-1"));
        assertThat(rehearsal.open()).isEmpty();

        rehearsal.deliver(user("2026-03-08T00:00:00Z", "dana", "iam", "CreateAccessKey", "us-east-1"));

        Finding finding = rehearsal.only();
        assertThat(finding.words().title()).isEqualTo("User dana did something new: iam:CreateAccessKey");
        assertThat(finding.detection().severity()).isEqualTo(Severity.HIGH);
        assertThat(finding.subject().principal()).isEqualTo("arn:aws:iam::111122223333:user/dana");
        assertThat(finding.subject().region()).isEqualTo("us-east-1");
        assertThat(finding.detection().techniques()).containsExactly("T1078.004");
        assertThat(finding.words().facts())
                .containsExactly(
                        Map.entry("Principal", "arn:aws:iam::111122223333:user/dana"),
                        Map.entry("Account", "111122223333 (payments)"),
                        Map.entry("Learned", "from 2026-03-01T00:00:00Z for 7 days, until 2026-03-08T00:00:00Z"),
                        Map.entry(
                                "Expected",
                                "only what it did until then: 2 actions (s3:GetObject, s3:ListBuckets); 1 Region (eu-west-1)"),
                        Map.entry("Seen", "iam:CreateAccessKey at 2026-03-08T00:00:00Z in us-east-1"),
                        Map.entry("From", "192.0.2.1"));
        assertThat(finding.words().nextSteps().get(1)).contains("actor_key = 'arn:aws:iam::111122223333:user/dana'");
    }

    @Test
    void what_is_new_on_one_day_is_one_finding() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = learned("dana");
        for (int i = 0; i < 30; i++) {
            rehearsal.deliver(
                    user("2026-03-09T10:00:" + (10 + i) + "Z", "dana", "ec2", "DescribeThing" + i, "eu-west-1"));
        }
        assertThat(rehearsal.only().evidence().count()).isEqualTo(30);
        assertThat(rehearsal.only().words().title())
                .isEqualTo("User dana did something new: ec2:DescribeThing0 and 29 more");
        assertThat(rehearsal.revisions())
                .extracting(Finding::id)
                .containsOnly(rehearsal.only().id());
    }

    @Test
    void a_late_record_that_moves_the_beginning_back_opens_findings_in_hindsight() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), reference());
        rehearsal.deliver(user("2026-03-05T00:00:00Z", "dana", "s3", "GetObject", "eu-west-1"));
        rehearsal.deliver(user("2026-03-09T00:00:00Z", "dana", "s3", "PutObject", "eu-west-1"));
        assertThat(rehearsal.open()).isEmpty();
        rehearsal.deliver(user("2026-03-01T00:00:00Z", "dana", "s3", "GetObject", "eu-west-1"));
        assertThat(rehearsal.only().words().title()).isEqualTo("User dana did something new: s3:PutObject");
        assertThat(rehearsal.only().detection().severity()).isEqualTo(Severity.MEDIUM);
    }

    @Test
    void a_new_region_counts_but_not_the_region_that_global_services_name() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = learned("dana");
        rehearsal.deliver(user("2026-03-09T00:00:00Z", "dana", "s3", "GetObject", "ap-south-1"));
        assertThat(rehearsal.only().words().title())
                .isEqualTo("User dana did something new: it used Region ap-south-1");
        assertThat(rehearsal.only().detection().techniques()).contains("T1535");
        assertThat(rehearsal
                        .states()
                        .get(PrincipalKey.principal("111122223333", "arn:aws:iam::111122223333:user/dana"))
                        .seen()
                        .get(PrincipalDetector.REGION))
                .containsOnlyKeys("eu-west-1", "ap-south-1");
    }

    @Test
    void learning_is_a_setting_per_account_and_can_be_switched_off() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = learned("dana");
        rehearsal.deliver(user("2026-03-09T00:00:00Z", "dana", "s3", "PutObject", "eu-west-1"));
        assertThat(rehearsal.open()).hasSize(1);
        rehearsal.learn(Kind.SETTING, "unexpected-principal", "{'accounts':{'111122223333':{'learning':'P30D'}}}");
        assertThat(rehearsal.open()).isEmpty();
        rehearsal.learn(Kind.SETTING, "unexpected-principal", "{'learning':'PT0S'}");
        assertThat(rehearsal.open()).isEmpty();
        rehearsal.learn(Kind.SETTING, "unexpected-principal", "{'learning':'PT1H','ignore':['*:user/dana']}");
        assertThat(rehearsal.open()).isEmpty();
        rehearsal.learn(Kind.SETTING, "unexpected-principal", "{'learning':'PT1H'}");
        assertThat(rehearsal.open()).hasSize(1);
    }

    @Test
    void learning_can_be_seen() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = learned("dana");
        PrincipalState state =
                rehearsal.states().get(PrincipalKey.principal("111122223333", "arn:aws:iam::111122223333:user/dana"));
        assertThat(detector().knowledge(state, reference())).isEqualTo(Knowledge.LEARNED);
        assertThat(detector().knowledge(state, settings("{'learning':'P30D'}"))).isEqualTo(Knowledge.LEARNING);
        assertThat(detector().knowledge(state, settings("{'learning':'PT0S'}"))).isEqualTo(Knowledge.NONE);
        assertThat(rehearsal.states().entrySet().stream()
                        .filter(entry -> entry.getKey().kind() == PrincipalKey.Kind.ACCOUNT)
                        .map(entry -> detector().knowledge(entry.getValue(), reference())))
                .isNotEmpty()
                .containsOnly(Knowledge.NONE);
    }

    private static Reference settings(String body) {
        return Reference.EMPTY.with(Rehearsal.entry(Kind.SETTING, "unexpected-principal", body));
    }

    @Test
    void a_role_is_one_principal_whatever_its_sessions_are_called() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), reference());
        rehearsal.deliver(start("2026-03-01T00:00:00Z", "ci/deployer", ORDER_FLOW));
        rehearsal.deliver(start("2026-03-09T00:00:00Z", "ci/deployer", ORDER_FLOW));
        rehearsal.deliver(start("2026-03-19T00:00:00Z", "ci/deployer", ORDER_FLOW + ":7"));
        assertThat(rehearsal.open()).isEmpty();
        assertThat(rehearsal.states())
                .containsKey(PrincipalKey.principal("111122223333", "arn:aws:iam::111122223333:role/ci/deployer"));
    }

    @Test
    void services_acting_on_their_own_are_not_learned_unless_asked_for() {
        List<AuditEvent> events = new ArrayList<>();
        for (String day : List.of("01", "09")) {
            events.add(Events.cloudTrail(
                    """
                    {'userIdentity':{'type':'AWSService','invokedBy':'cloudtrail.amazonaws.com'},'eventTime':'2026-03-%sT00:00:00Z',
                    'eventSource':'s3.amazonaws.com','eventName':'Put%s','awsRegion':'eu-west-1','eventID':'v%s',
                    'recipientAccountId':'111122223333'}"""
                            .formatted(day, day, day)));
            events.add(Events.cloudTrail(
                    """
                    {'userIdentity':{'type':'AssumedRole','arn':'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s',
                    'accountId':'111122223333','sessionContext':{'sessionIssuer':{'type':'Role',
                    'arn':'arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX'}}},
                    'eventTime':'2026-03-%sT00:00:00Z','eventSource':'ec2.amazonaws.com','eventName':'Create%s',
                    'awsRegion':'eu-west-1','eventID':'w%s','recipientAccountId':'111122223333'}"""
                            .formatted(day, day, day)));
        }
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal =
                new Rehearsal<>(detector(), Reference.EMPTY).deliver(events);
        assertThat(rehearsal.signals()).isEmpty();

        Reference asked =
                Reference.EMPTY.with(Rehearsal.entry(Kind.SETTING, "unexpected-principal", "{'services':true}"));
        assertThat(new Rehearsal<>(detector(), asked).deliver(events).open()).hasSize(2);
    }

    @Test
    void calls_that_step_functions_makes_for_a_role_belong_to_the_role() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), reference());
        rehearsal.deliver(bySteps("2026-03-01T00:00:00Z", "lambda", "Invoke", "QwErTyUiOpAsDfGhJkLzXcVbNmQwErTy"));
        rehearsal.deliver(
                bySteps("2026-03-09T00:00:00Z", "iam", "CreateAccessKey", "ZzErTyUiOpAsDfGhJkLzXcVbNmQwErTy"));
        assertThat(rehearsal.only().words().title())
                .isEqualTo("Role order-flow-exec did something new: iam:CreateAccessKey");
        assertThat(rehearsal.only().words().facts()).containsEntry("Through AWS service", "states.amazonaws.com");
    }

    @Test
    void a_person_who_is_new_in_a_known_account_is_worth_a_finding_and_a_role_is_not_by_default() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), Reference.EMPTY);
        rehearsal.deliver(user("2026-03-01T12:00:00Z", "dana", "s3", "GetObject", "eu-west-1"));
        rehearsal.deliver(user("2026-03-10T00:00:00Z", "mallory", "s3", "ListBuckets", "eu-west-1"));
        rehearsal.deliver(start("2026-03-10T00:00:00Z", "new-role", ORDER_FLOW));

        Finding finding = rehearsal.only();
        assertThat(finding.words().title())
                .isEqualTo("New in account 111122223333: user mallory made its first call, s3:ListBuckets");
        assertThat(finding.detection().severity()).isEqualTo(Severity.MEDIUM);

        rehearsal.learn(Kind.SETTING, "unexpected-principal", "{'newPrincipals':'all'}");
        assertThat(rehearsal.open()).hasSize(2);
        rehearsal.learn(Kind.SETTING, "unexpected-principal", "{'newPrincipals':'off'}");
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void a_stranger_without_an_arn_is_new_though_others_of_the_account_are_known() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), Reference.EMPTY);
        for (int day = 1; day < 12; day++) {
            rehearsal.deliver(withoutArn(day, "Unknown", "'principalId':'9067642ac7-1111','userName':'alice'"));
        }
        assertThat(rehearsal.open()).isEmpty();

        rehearsal.deliver(withoutArn(12, "Unknown", "'principalId':'9067642ac7-9999','userName':'mallory'"));
        rehearsal.deliver(withoutArn(12, "Directory", "'userName':'bob'"));

        assertThat(rehearsal.open())
                .extracting(finding -> finding.subject().principal())
                .containsExactlyInAnyOrder("111122223333:9067642ac7-9999", "111122223333:bob");
    }

    private static CloudTrailEvent withoutArn(int day, String type, String who) {
        return Events.cloudTrail("{'eventID':'" + type + day + who.hashCode() + "','eventTime':'2026-02-"
                + (day < 10 ? "0" : "") + day + "T09:00:00Z','eventSource':'sso.amazonaws.com',"
                + "'eventName':'GetRoleCredentials','awsRegion':'us-east-1','recipientAccountId':'111122223333',"
                + "'readOnly':true,'userIdentity':{'type':'" + type + "','accountId':'111122223333'," + who + "}}");
    }

    @Test
    void a_principal_that_was_seen_earlier_after_all_is_not_new() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), Reference.EMPTY);
        rehearsal.deliver(user("2026-03-01T12:00:00Z", "dana", "s3", "GetObject", "eu-west-1"));
        rehearsal.deliver(user("2026-03-10T00:00:00Z", "mallory", "s3", "ListBuckets", "eu-west-1"));
        assertThat(rehearsal.open()).hasSize(1);
        rehearsal.deliver(user("2026-03-02T00:00:00Z", "mallory", "s3", "ListBuckets", "eu-west-1"));
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void who_may_start_a_state_machine_is_an_expectation() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), reference());
        rehearsal.deliver(start("2026-03-05T12:00:00Z", "ci/deployer", ORDER_FLOW));
        assertThat(rehearsal.open()).isEmpty();
        rehearsal.deliver(start("2026-03-05T12:00:00Z", "intern", ORDER_FLOW + ":3"));

        Finding finding = rehearsal.only();
        assertThat(finding.words().title())
                .isEqualTo("Unexpected: role intern: states:StartExecution on state machine OrderFlow, against"
                        + " \"Only CI starts OrderFlow\"");
        assertThat(finding.detection().severity()).isEqualTo(Severity.HIGH);
        assertThat(finding.words().facts())
                .containsExactly(
                        Map.entry("Expectation", "order-flow: Only CI starts OrderFlow"),
                        Map.entry("Why it was written", "Payments are booked by it"),
                        Map.entry(
                                "It speaks about",
                                "action states:startexecution or states:stopexecution; state machine"
                                        + " arn:aws:states:*:111122223333:stateMachine:OrderFlow"),
                        Map.entry("Expected", "principal arn:aws:iam::111122223333:role/ci/*"),
                        Map.entry(
                                "Seen",
                                "role intern: states:StartExecution on state machine OrderFlow in eu-west-1 at"
                                        + " 2026-03-05T12:00:00Z"),
                        Map.entry("Principal", "arn:aws:iam::111122223333:role/intern"),
                        Map.entry("Account", "111122223333 (payments)"),
                        Map.entry("From", "192.0.2.1"));

        rehearsal.learn(Kind.EXPECTATION, "order-flow", ONLY_CI.replace("role/ci/*'", "role/ci/*','*:role/intern'"));
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void a_refused_attempt_is_one_level_lower() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), reference());
        rehearsal.deliver(Events.cloudTrail(
                """
                {'userIdentity':{'type':'IAMUser','arn':'arn:aws:iam::111122223333:user/dana','accountId':'111122223333'},
                'eventTime':'2026-03-05T12:00:00Z','eventSource':'states.amazonaws.com','eventName':'StartExecution',
                'awsRegion':'eu-west-1','eventID':'r1','errorCode':'AccessDenied','readOnly':false,
                'requestParameters':{'stateMachineArn':'%s'},'recipientAccountId':'111122223333'}"""
                        .formatted(ORDER_FLOW)));
        assertThat(rehearsal.only().detection().severity()).isEqualTo(Severity.MEDIUM);
        assertThat(rehearsal.only().words().title())
                .isEqualTo("Unexpected: user dana tried states:StartExecution on state machine OrderFlow, against"
                        + " \"Only CI starts OrderFlow\"");
    }

    @Test
    void an_expectation_holds_for_its_time_only() {
        Reference reference = Reference.EMPTY.with(
                Rehearsal.entry(
                        Kind.EXPECTATION,
                        "freeze",
                        """
                {'when':{'principals':['*:user/dana']},'forbid':{'actions':['ec2:*']},'severity':'low',
                'effectiveFrom':'2026-03-02T00:00:00Z','effectiveTo':'2026-03-03T00:00:00Z'}"""));
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), reference);
        rehearsal.deliver(user("2026-03-01T23:59:59Z", "dana", "ec2", "RunInstances", "eu-west-1"));
        rehearsal.deliver(user("2026-03-03T00:00:00Z", "dana", "ec2", "RunInstances", "eu-west-1"));
        rehearsal.deliver(user("2026-03-02T12:00:00Z", "dana", "s3", "GetObject", "eu-west-1"));
        assertThat(rehearsal.open()).isEmpty();
        rehearsal.deliver(user("2026-03-02T00:00:00Z", "dana", "ec2", "RunInstances", "eu-west-1"));
        assertThat(rehearsal.only().words().facts()).containsEntry("Expected", "none with action ec2:*");
        assertThat(rehearsal.only().detection().severity()).isEqualTo(Severity.LOW);
    }

    @Test
    void a_principal_may_be_expected_in_one_region_and_on_one_resource() {
        Reference reference = Reference.EMPTY.with(
                Rehearsal.entry(
                        Kind.EXPECTATION,
                        "orders",
                        """
                {'when':{'principals':['*:user/dana'],'actions':'s3:*'},
                'expect':{'regions':['eu-*'],'resources':['arn:aws:s3:::orders/*']}}"""));
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), reference);
        rehearsal.deliver(onResource("2026-03-02T12:00:00Z", "eu-west-1", "arn:aws:s3:::orders/1"));
        rehearsal.deliver(onResource("2026-03-02T12:00:01Z", "eu-west-1", "arn:aws:s3:::orders/2"));
        assertThat(rehearsal.open()).isEmpty();
        rehearsal.deliver(onResource("2026-03-02T12:00:02Z", "eu-west-1", "arn:aws:s3:::salaries/1"));
        rehearsal.deliver(onResource("2026-03-02T12:00:03Z", "us-east-1", "arn:aws:s3:::orders/1"));
        assertThat(rehearsal.only().evidence().count()).isEqualTo(2);
        assertThat(rehearsal.only().words().facts().get("Seen"))
                .isEqualTo(
                        "user dana: s3:GetObject on arn:aws:s3:::salaries/1 in eu-west-1 at 2026-03-02T12:00:02Z, user"
                                + " dana: s3:GetObject on arn:aws:s3:::orders/1 in us-east-1 at 2026-03-02T12:00:03Z");
    }

    @Test
    void an_expectation_that_comes_later_judges_what_comes_after_it() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), Reference.EMPTY);
        rehearsal.deliver(start("2026-03-05T12:00:00Z", "intern", ORDER_FLOW));
        rehearsal.learn(Kind.EXPECTATION, "order-flow", ONLY_CI);
        assertThat(rehearsal.open()).isEmpty();
        rehearsal.deliver(start("2026-03-05T12:00:01Z", "intern", ORDER_FLOW));
        assertThat(rehearsal.open()).hasSize(1);
    }

    @Test
    void a_state_machine_that_runs_with_another_role_is_new_and_may_be_unexpected() {
        Reference reference = Reference.EMPTY.with(
                Rehearsal.entry(
                        Kind.EXPECTATION,
                        "order-flow-role",
                        """
                {'when':{'stateMachines':['*:stateMachine:OrderFlow'],'actions':'states:ExecutionStarted'},
                'expect':{'executionRoles':['*:role/order-exec']},'severity':'critical'}"""));
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), reference);
        rehearsal.deliver(runs("2026-03-01T00:00:00Z", 1, "order-exec"));
        rehearsal.deliver(runs("2026-03-09T00:00:00Z", 2, "order-exec"));
        assertThat(rehearsal.open()).isEmpty();
        rehearsal.deliver(runs("2026-03-09T00:00:01Z", 3, "admin"));
        assertThat(rehearsal.open())
                .extracting((Finding finding) -> finding.words().title(), (Finding finding) -> finding.detection()
                        .severity())
                .containsExactlyInAnyOrder(
                        tuple("State machine OrderFlow did something new: it ran as role admin", Severity.HIGH),
                        tuple(
                                "Unexpected: state machine OrderFlow: running as role admin on state machine OrderFlow,"
                                        + " against \"order-flow-role\"",
                                Severity.CRITICAL));
    }

    @Test
    void a_state_machine_that_calls_another_service_is_new() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), Reference.EMPTY);
        rehearsal.deliver(task("2026-03-01T00:00:00Z", 1, "lambda", "invoke"));
        rehearsal.deliver(task("2026-03-09T00:00:00Z", 2, "aws-sdk:iam", "createAccessKey"));
        assertThat(rehearsal.only().words().title())
                .isEqualTo("State machine OrderFlow did something new: iam:createAccessKey");
        assertThat(rehearsal.only().detection().severity()).isEqualTo(Severity.HIGH);
    }

    @Test
    void a_principal_that_tries_everything_is_reported_as_too_much() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal =
                new Rehearsal<>(detector(), Reference.EMPTY).lazily();
        flood().forEach(rehearsal::deliver);
        assertThat(rehearsal.settle().only().words().title())
                .isEqualTo("Too much to remember about user scanner: new uses go unnoticed");
        assertThat(rehearsal.only().words().facts()).containsEntry("Seen", "more of: action, region");
    }

    @Test
    void repeating_a_use_sends_one_signal_a_day() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal =
                new Rehearsal<>(detector(), reference()).lazily();
        for (int i = 0; i < 5_000; i++) {
            rehearsal.deliver(user(
                    Instant.parse("2026-03-01T00:00:00Z").plusSeconds(i * 60L).toString(),
                    "dana",
                    "s3",
                    "GetObject",
                    "eu-west-1"));
        }
        assertThat(rehearsal.signals().stream().filter(signal -> signal.key().kind() == PrincipalKey.Kind.PRINCIPAL))
                .hasSize(4);
    }

    @Test
    void a_newcomer_costs_one_judgement_however_many_the_account_knows() {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal =
                new Rehearsal<>(detector(), Reference.EMPTY).deliver(members(400, Duration.ofMinutes(1)));
        int judged = rehearsal.judged();

        rehearsal.deliver(user("2026-03-10T00:00:00Z", "mallory", "s3", "ListBuckets", "eu-west-1"));

        assertThat(rehearsal.only().subject().principal()).endsWith(":user/mallory");
        assertThat(rehearsal.judged()).isEqualTo(judged + 1);

        rehearsal.deliver(user("2026-02-01T00:00:00Z", "dana", "s3", "ListBuckets", "eu-west-1"));

        assertThat(rehearsal.judged()).isGreaterThan(judged + 400);
        assertThat(rehearsal.open()).hasSize(401);
    }

    @Test
    void of_an_account_with_too_many_principals_the_earliest_are_remembered_in_any_order() {
        List<AuditEvent> members = members(PrincipalDetector.MAX_NAMES + 60, Duration.ofMinutes(15));
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> inOrder =
                new Rehearsal<>(detector(), Reference.EMPTY).deliver(members);
        assertThat(inOrder.open())
                .filteredOn(finding -> finding.words().title().startsWith("New in account"))
                .hasSize(PrincipalDetector.MAX_NAMES - 7 * 24 * 4)
                .extracting(finding -> finding.evidence().eventIds().get(0))
                .doesNotContain(members.get(PrincipalDetector.MAX_NAMES).eventId());
        assertThat(inOrder.open())
                .filteredOn(finding -> finding.words().title().startsWith("Too much to remember"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence().eventIds())
                        .containsExactly(members.get(0).eventId()));

        for (int seed = 0; seed < 4; seed++) {
            List<AuditEvent> shuffled = new ArrayList<>(members);
            Collections.shuffle(shuffled, new Random(seed));
            // What is forgotten after it was found is withdrawn, and found again when it comes back.
            Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal =
                    new Rehearsal<>(detector(), Reference.EMPTY).deliver(shuffled);
            assertThat(rehearsal.open()).as("seed %d", seed).isEqualTo(inOrder.open());
            assertThat(rehearsal.revisions())
                    .as("seed %d", seed)
                    .anyMatch(finding -> finding.state() == Finding.State.WITHDRAWN);
        }
    }

    /** First calls of so many users whose memories meet under one key. */
    private List<AuditEvent> members(int count, Duration apart) {
        Instant start = Instant.parse("2026-03-01T00:00:00Z");
        List<AuditEvent> members = new ArrayList<>();
        for (int i = 0; members.size() < count; i++) {
            String arn = "arn:aws:iam::111122223333:user/member-" + i;
            if (Math.floorMod(arn.hashCode(), PrincipalDetector.ACCOUNT_SHARDS) == 0) {
                members.add(user(
                        start.plus(apart.multipliedBy(members.size())).toString(),
                        "member-" + i,
                        "s3",
                        "ListBuckets",
                        "eu-west-1"));
            }
        }
        return members;
    }

    private Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> learned(String name) {
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal = new Rehearsal<>(detector(), reference());
        rehearsal.deliver(user("2026-03-01T00:00:00Z", name, "s3", "GetObject", "eu-west-1"));
        rehearsal.deliver(user("2026-03-08T00:00:00Z", name, "s3", "GetObject", "eu-west-1"));
        return rehearsal;
    }

    private CloudTrailEvent user(String time, String name, String service, String call, String region) {
        boolean readOnly = call.startsWith("Get") || call.startsWith("List") || call.startsWith("Describe");
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'IAMUser','arn':'arn:aws:iam::111122223333:user/%s','accountId':'111122223333',
                'accessKeyId':'AKIAX','userName':'%s'},'eventTime':'%s','eventSource':'%s.amazonaws.com',
                'eventName':'%s','awsRegion':'%s','sourceIPAddress':'192.0.2.1','eventID':'e%06d','readOnly':%s,
                'recipientAccountId':'111122223333'}"""
                        .formatted(name, name, time, service, call, region, serial++, readOnly));
    }

    private CloudTrailEvent onResource(String time, String region, String arn) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'IAMUser','arn':'arn:aws:iam::111122223333:user/dana','accountId':'111122223333'},
                'eventTime':'%s','eventSource':'s3.amazonaws.com','eventName':'GetObject','awsRegion':'%s','eventID':'e%06d',
                'readOnly':true,'resources':[{'type':'AWS::S3::Object','ARN':'%s'}],'recipientAccountId':'111122223333'}"""
                        .formatted(time, region, serial++, arn));
    }

    private CloudTrailEvent start(String time, String role, String stateMachine) {
        String name = role.substring(role.lastIndexOf('/') + 1);
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'AssumedRole','arn':'arn:aws:sts::111122223333:assumed-role/%s/run-%d',
                'accountId':'111122223333','accessKeyId':'ASIAX','sessionContext':{'sessionIssuer':{'type':'Role',
                'arn':'arn:aws:iam::111122223333:role/%s','accountId':'111122223333'}}},'eventTime':'%s',
                'eventSource':'states.amazonaws.com','eventName':'StartExecution','awsRegion':'eu-west-1',
                'sourceIPAddress':'192.0.2.1','requestParameters':{'stateMachineArn':'%s'},'eventID':'e%06d',
                'readOnly':false,'recipientAccountId':'111122223333'}"""
                        .formatted(name, serial, role, time, stateMachine, serial++));
    }

    private CloudTrailEvent bySteps(String time, String service, String call, String session) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'AssumedRole','arn':'arn:aws:sts::111122223333:assumed-role/order-flow-exec/%s',
                'accountId':'111122223333','accessKeyId':'ASIAX','sessionContext':{'sessionIssuer':{'type':'Role',
                'arn':'arn:aws:iam::111122223333:role/order-flow-exec'}},'invokedBy':'states.amazonaws.com'},
                'eventTime':'%s','eventSource':'%s.amazonaws.com','eventName':'%s','awsRegion':'us-east-1',
                'sourceIPAddress':'states.amazonaws.com','eventID':'e%06d','readOnly':false,
                'recipientAccountId':'111122223333'}"""
                        .formatted(session, time, service, call, serial++));
    }

    private AuditEvent runs(String time, int run, String role) {
        return Events.execution(
                """
                {'id':'1','type':'ExecutionStarted','details':{'roleArn':'arn:aws:iam::111122223333:role/%s'},
                'previous_event_id':'0','event_timestamp':'%d',
                'execution_arn':'arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-%d','redrive_count':'0'}"""
                        .formatted(role, Instant.parse(time).toEpochMilli(), run));
    }

    private AuditEvent task(String time, int run, String resourceType, String resource) {
        return Events.execution(
                """
                {'id':'3','type':'TaskScheduled','details':{'resourceType':'%s','resource':'%s','region':'eu-west-1'},
                'previous_event_id':'2','event_timestamp':'%d',
                'execution_arn':'arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-%d','redrive_count':'0'}"""
                        .formatted(resourceType, resource, Instant.parse(time).toEpochMilli(), run));
    }
}
