package io.trailwarden.detection.organization;

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
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OrganizationDetectorTest extends DetectorContract<OrganizationKey, OrganizationNews, OrganizationState> {

    private static final String OUR = "111122223333";
    private static final String MEMBER = "222233334444";
    private static final String STRANGER = "999988887777";

    private int serial;

    @Override
    protected KeyedDetector<OrganizationKey, OrganizationNews, OrganizationState> detector() {
        return new OrganizationDetector();
    }

    @Override
    protected Reference reference() {
        return Reference.EMPTY.withAll(List.of(
                Rehearsal.entry(Kind.ACCOUNT, OUR, "{'name':'payments','joined':'2020-01-01T00:00:00Z'}"),
                Rehearsal.entry(Kind.ACCOUNT, MEMBER, "{'name':'tools'}")));
    }

    @Override
    protected List<? extends AuditEvent> scenario() {
        List<AuditEvent> events = new ArrayList<>();
        events.add(assumeRole("09:10:00", STRANGER, "partner-access", "ASIAONE"));
        for (int i = 0; i < 30; i++) {
            events.add(call("09:" + (11 + i), "ASIAONE", "partner-access", i % 3 == 0 ? "ListBuckets" : "GetObject"));
        }
        events.add(chain("09:20:00", "ASIAONE", "partner-access", "ASIATWO", "deployer"));
        events.add(call("09:21:30", "ASIATWO", "deployer", "StartExecution"));
        events.add(call("09:21:31", "ASIATWO", "deployer", "StartExecution"));
        events.add(chain("09:22:00", "ASIATWO", "deployer", "ASIATHREE", "admin"));
        events.add(call("09:23:00", "ASIATHREE", "admin", "StopExecution"));
        events.add(assumeRole("09:30:00", MEMBER, "partner-access", "ASIAMEMBER"));
        events.add(call("09:31:00", "ASIAMEMBER", "partner-access", "GetObject"));
        events.add(foreign("10:00:00", STRANGER, "GetObject", ""));
        events.add(foreign("10:00:05", STRANGER, "GetObject", "'errorCode':'AccessDenied',"));
        events.add(foreign("10:00:07", STRANGER, "ListObjects", ""));
        return events;
    }

    @Override
    protected void disprove(Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal) {
        rehearsal.learn(
                Kind.ACCOUNT, STRANGER, "{'relation':'partner','until':'ignored','joined':'2026-01-01T00:00:00Z'}");
    }

    @Override
    protected Stream<? extends AuditEvent> flood() {
        Instant start = Instant.parse("2026-03-02T09:00:00Z");
        return IntStream.range(0, 20_000)
                .mapToObj(i -> callAt(start.plusMillis(i * 1000L).toString(), "ASIAFLOOD", "x", "Call" + i % 5_000));
    }

    @Override
    protected int mostCharacters() {
        return 80_000;
    }

    @Override
    protected Duration longestMemory() {
        return Duration.ofDays(31);
    }

    @Test
    void a_stranger_is_followed_from_the_door_into_the_house() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(
                Events.cloudTrail(
                        """
                {'eventVersion':'1.10','userIdentity':{'type':'AWSAccount','principalId':'AIDAEXAMPLEOUTSIDE001',
                'accountId':'999988887777'},'eventTime':'2026-03-02T09:10:00Z','eventSource':'sts.amazonaws.com',
                'eventName':'AssumeRole','awsRegion':'eu-west-1','sourceIPAddress':'198.51.100.77',
                'requestParameters':{'roleArn':'arn:aws:iam::111122223333:role/partner-access','roleSessionName':'p1'},
                'responseElements':{'credentials':{'accessKeyId':'ASIAEXAMPLE000000002'},'assumedRoleUser':
                {'arn':'arn:aws:sts::111122223333:assumed-role/partner-access/p1'}},
                'eventID':'a1000000-0000-4000-8000-000000000002','readOnly':true,'resources':[{'accountId':'111122223333',
                'type':'AWS::IAM::Role','ARN':'arn:aws:iam::111122223333:role/partner-access'}],'eventType':'AwsApiCall',
                'recipientAccountId':'111122223333','sharedEventID':'5e','eventCategory':'Management'}"""));

        assertThat(rehearsal.only().detection().severity()).isEqualTo(Severity.MEDIUM);
        assertThat(rehearsal.only().words().title())
                .isEqualTo("Account 999988887777, outside the organization, took role partner-access");

        rehearsal.deliver(
                Events.cloudTrail(
                        """
                {'eventVersion':'1.10','userIdentity':{'type':'AssumedRole','principalId':'AROAEXAMPLEPARTNER001:p1',
                'arn':'arn:aws:sts::111122223333:assumed-role/partner-access/p1','accountId':'111122223333',
                'accessKeyId':'ASIAEXAMPLE000000002','sessionContext':{'sessionIssuer':{'type':'Role',
                'arn':'arn:aws:iam::111122223333:role/partner-access','accountId':'111122223333'}}},
                'eventTime':'2026-03-02T09:12:30Z','eventSource':'states.amazonaws.com','eventName':'StartExecution',
                'awsRegion':'eu-west-1','sourceIPAddress':'198.51.100.77',
                'requestParameters':{'stateMachineArn':'arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow'},
                'eventID':'a1000000-0000-4000-8000-000000000003','readOnly':false,'eventType':'AwsApiCall',
                'recipientAccountId':'111122223333','eventCategory':'Management'}"""));

        Finding finding = rehearsal.only();
        assertThat(finding.detection().severity()).isEqualTo(Severity.HIGH);
        assertThat(finding.words().title())
                .isEqualTo("Account 999988887777, outside the organization, took role partner-access:"
                        + " states:StartExecution");
        assertThat(finding.subject().account()).isEqualTo(OUR);
        assertThat(finding.subject().principal()).isEqualTo("999988887777:AIDAEXAMPLEOUTSIDE001");
        assertThat(finding.evidence().eventIds())
                .containsExactly("a1000000-0000-4000-8000-000000000002", "a1000000-0000-4000-8000-000000000003");
        assertThat(finding.evidence().first()).isEqualTo("2026-03-02T09:10:00Z");
        assertThat(finding.evidence().last()).isEqualTo("2026-03-02T09:12:30Z");
        assertThat(finding.detection().techniques()).containsExactly("T1199", "T1078.004");
        assertThat(finding.words().facts())
                .containsExactly(
                        Map.entry("Outside account", "999988887777: not in the directory"),
                        Map.entry("Caller", "999988887777:AIDAEXAMPLEOUTSIDE001"),
                        Map.entry("Role taken", "arn:aws:iam::111122223333:role/partner-access"),
                        Map.entry("Session", "arn:aws:sts::111122223333:assumed-role/partner-access/p1"),
                        Map.entry("Access key", "ASIAEXAMPLE000000002"),
                        Map.entry(
                                "Expected",
                                "only accounts of the organization, and its partners, take roles in account 111122223333"
                                        + " (payments) (the directory holds 2 accounts)"),
                        Map.entry("Seen", "role taken at 2026-03-02T09:10:00Z from 198.51.100.77; 1 call with it"),
                        Map.entry("Calls", "2026-03-02T09:12:30Z states:StartExecution in eu-west-1"),
                        Map.entry("From", "198.51.100.77"));
        assertThat(finding.words().nextSteps().get(2)).contains("user_identity_access_key_id = 'ASIAEXAMPLE000000002'");
    }

    @Test
    void sessions_taken_from_a_session_are_followed_three_hops_far() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(call("09:50:00", "ASIA4", "r4", "PutRolePolicy"));
        rehearsal.deliver(chain("09:40:00", "ASIA4", "r4", "ASIA5", "r5"));
        rehearsal.deliver(chain("09:30:00", "ASIA3", "r3", "ASIA4", "r4"));
        rehearsal.deliver(chain("09:20:00", "ASIA2", "r2", "ASIA3", "r3"));
        assertThat(rehearsal.open()).isEmpty();
        rehearsal.deliver(chain("09:10:00", "ASIA1", "r1", "ASIA2", "r2"));
        rehearsal.deliver(assumeRole("09:00:00", STRANGER, "r1", "ASIA1"));

        assertThat(rehearsal.open())
                .extracting((Finding finding) -> finding.subject().name())
                .containsExactlyInAnyOrder("session ASIA1", "session ASIA2", "session ASIA3", "session ASIA4");
        Finding last = rehearsal.open().stream()
                .filter(finding -> finding.subject().name().equals("session ASIA4"))
                .findFirst()
                .orElseThrow();
        assertThat(last.words().facts())
                .containsEntry(
                        "Way", "999988887777 → role r1 → session ASIA1 → session ASIA2 → session ASIA3 → this session")
                .containsEntry("Further sessions, not followed", "role r5 as ASIA5");
        assertThat(last.detection().techniques()).contains("T1550.001");
    }

    @Test
    void a_further_session_that_did_nothing_is_told_by_the_one_that_took_it() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(assumeRole("09:00:00", STRANGER, "r1", "ASIA1"));
        rehearsal.deliver(chain("09:10:00", "ASIA1", "r1", "ASIA2", "r2"));
        assertThat(rehearsal.only().words().facts()).containsEntry("Further sessions", "role r2 as ASIA2");
    }

    @Test
    void a_session_of_a_member_may_take_roles_and_becomes_a_strangers_when_the_member_has_left() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(assumeRole("09:00:00", MEMBER, "r1", "ASIA1"));
        rehearsal.deliver(call("09:01:00", "ASIA1", "r1", "GetObject"));
        rehearsal.deliver(chain("09:10:00", "ASIA1", "r1", "ASIA2", "r2"));
        rehearsal.deliver(call("09:11:00", "ASIA2", "r2", "GetObject"));
        assertThat(rehearsal.open()).isEmpty();

        rehearsal.learn(Kind.ACCOUNT, MEMBER, "{'name':'tools','left':'2026-03-02T08:00:00Z'}");
        assertThat(rehearsal.open())
                .extracting((Finding finding) -> finding.subject().name())
                .containsExactlyInAnyOrder("session ASIA1", "session ASIA2");
        assertThat(rehearsal.open().get(0).words().facts())
                .containsEntry("Outside account", "222233334444 (tools): member until 2026-03-02T08:00:00Z");

        rehearsal.learn(Kind.ACCOUNT, MEMBER, "{'name':'tools','left':'2026-03-02T09:00:01Z'}");
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void the_directory_is_asked_as_of_the_time_of_the_event() {
        Reference reference = reference()
                .with(
                        Rehearsal.entry(
                                Kind.ACCOUNT,
                                STRANGER,
                                "{'name':'vendor','spans':[{'relation':'partner','from':'2026-03-02T09:00:00Z','to':'2026-03-02T10:00:00Z'}]}"));
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference);
        rehearsal.deliver(assumeRole("08:59:59", STRANGER, "r", "ASIABEFORE"));
        rehearsal.deliver(assumeRole("09:00:00", STRANGER, "r", "ASIADURING"));
        rehearsal.deliver(assumeRole("10:00:00", STRANGER, "r", "ASIAAFTER"));
        assertThat(rehearsal.open())
                .extracting((Finding finding) -> finding.subject().name())
                .containsExactly("session ASIABEFORE", "session ASIAAFTER");
    }

    @Test
    void without_a_directory_one_finding_says_so_and_gives_way_to_real_ones() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), Reference.EMPTY);
        for (int i = 10; i < 60; i++) {
            rehearsal.deliver(assumeRole("09:" + i + ":00", STRANGER, "r", "ASIA" + i));
            rehearsal.deliver(foreign("10:" + i + ":00", MEMBER, "GetObject", ""));
        }
        assertThat(rehearsal.only().words().title())
                .isEqualTo("Organization unknown: 2 other accounts cannot be judged");
        assertThat(rehearsal.only().evidence().eventIds()).hasSize(2);

        rehearsal.learn(Kind.ACCOUNT, OUR, "{}").learn(Kind.ACCOUNT, MEMBER, "{}");
        assertThat(rehearsal.open()).hasSize(50).allSatisfy(finding -> assertThat(
                        finding.words().title())
                .startsWith("Account 999988887777, outside the organization"));
    }

    @Test
    void aws_services_people_and_members_are_no_strangers() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(
                Events.cloudTrail(
                        """
                {'userIdentity':{'type':'AWSService','invokedBy':'states.amazonaws.com'},'eventTime':'2026-03-02T09:14:31Z',
                'eventSource':'sts.amazonaws.com','eventName':'AssumeRole','awsRegion':'eu-west-1','eventID':'s1',
                'responseElements':{'credentials':{'accessKeyId':'ASIASFN'},'assumedRoleUser':{'arn':'arn:aws:sts::111122223333:assumed-role/x/y'}},
                'recipientAccountId':'111122223333'}"""));
        rehearsal.deliver(call("09:15:00", "ASIASFN", "x", "CreateAccessKey"));
        rehearsal.deliver(assumeRole("09:00:00", MEMBER, "r1", "ASIA1"));
        rehearsal.deliver(
                Events.cloudTrail(
                        """
                {'userIdentity':{'accountId':'111122223333','invokedBy':'states.amazonaws.com'},
                'eventTime':'2026-03-02T09:14:33Z','eventSource':'states.amazonaws.com','eventName':'InvokeHTTPEndpoint',
                'awsRegion':'eu-west-1','eventID':'s2','recipientAccountId':'111122223333'}"""));
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void a_refused_attempt_is_a_sighting_and_one_a_day_whatever_the_number() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        for (int i = 10; i < 60; i++) {
            rehearsal.deliver(Events.cloudTrail(
                    """
                    {'userIdentity':{'type':'AWSAccount','principalId':'AIDAX','accountId':'999988887777'},
                    'eventTime':'2026-03-02T09:00:%dZ','eventSource':'sts.amazonaws.com','eventName':'AssumeRole',
                    'awsRegion':'eu-west-1','sourceIPAddress':'198.51.100.77','eventID':'d%d','errorCode':'AccessDenied',
                    'readOnly':true,'recipientAccountId':'111122223333'}"""
                            .formatted(i, i)));
        }
        Finding finding = rehearsal.only();
        assertThat(finding.detection().severity()).isEqualTo(Severity.LOW);
        assertThat(finding.words().title())
                .isEqualTo("Account 999988887777, outside the organization, called sts:AssumeRole, and more");
        assertThat(finding.words().facts()).containsEntry("Seen", "20 calls and more on 2026-03-02");
        assertThat(finding.evidence().count()).isEqualTo(20);
    }

    @Test
    void an_instances_session_was_taken_by_aws_and_is_not_followed() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(
                Events.cloudTrail(
                        """
                {'userIdentity':{'type':'AssumedRole','principalId':'AROA1:i-0abc','accountId':'111122223333',
                'arn':'arn:aws:sts::111122223333:assumed-role/orders/i-0abc','accessKeyId':'ASIAINSTANCE','sessionContext':
                {'attributes':{'creationDate':'2026-03-02T08:55:10Z'},'ec2RoleDelivery':'2.0'}},
                'eventTime':'2026-03-02T09:30:00Z','eventSource':'s3.amazonaws.com','eventName':'GetObject',
                'awsRegion':'eu-west-1','eventID':'a1','eventType':'AwsApiCall','recipientAccountId':'111122223333'}"""));
        assertThat(rehearsal.signals()).isEmpty();
    }

    @Test
    void foreign_credentials_at_our_vpc_endpoint_are_seen_even_when_refused() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(
                Events.cloudTrail(
                        """
                {'eventVersion':'1.10','userIdentity':{'type':'AWSAccount','principalId':'AIDAEXAMPLEOUTSIDE001',
                'accountId':'999988887777'},'eventTime':'2026-03-02T09:30:00Z','eventSource':'states.amazonaws.com',
                'eventName':'StartExecution','awsRegion':'eu-west-1','sourceIPAddress':'10.0.4.12',
                'errorCode':'VpceAccessDenied','errorMessage':'The request was denied due to a VPC endpoint policy',
                'eventID':'a1000000-0000-4000-8000-000000000006','eventType':'AwsVpceEvent',
                'recipientAccountId':'111122223333','vpcEndpointId':'vpce-0123456789abcdef0',
                'vpcEndpointAccountId':'111122223333','eventCategory':'NetworkActivity'}"""));
        assertThat(rehearsal.only().detection().severity()).isEqualTo(Severity.MEDIUM);
        assertThat(rehearsal.only().words().facts())
                .containsEntry("Through VPC endpoint", "vpce-0123456789abcdef0")
                .containsEntry("From", "10.0.4.12");
    }

    @Test
    void anonymous_callers_are_low_and_can_be_switched_off() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(
                Events.cloudTrail(
                        """
                {'userIdentity':{'type':'AWSAccount','principalId':'','accountId':'anonymous'},
                'eventTime':'2026-03-02T09:30:00Z','eventSource':'s3.amazonaws.com','eventName':'GetObject',
                'awsRegion':'eu-west-1','eventID':'n1','readOnly':true,'recipientAccountId':'111122223333',
                'resources':[{'accountId':'111122223333','ARN':'arn:aws:s3:::site'}]}"""));
        assertThat(rehearsal.only().words().title()).isEqualTo("Somebody anonymous called s3:GetObject");
        assertThat(rehearsal.only().detection().severity()).isEqualTo(Severity.LOW);

        rehearsal.learn(Kind.SETTING, "outside-organization", "{'accounts':{'111122223333':{'anonymous':false}}}");
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void our_own_calls_to_a_strangers_resource_are_seen_when_they_change_something() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(reach("GetObject", true));
        assertThat(rehearsal.open()).isEmpty();

        rehearsal.deliver(reach("PutObject", false));
        assertThat(rehearsal.only().detection().severity()).isEqualTo(Severity.MEDIUM);
        assertThat(rehearsal.only().words().title())
                .isEqualTo("user dana used resources of account 999988887777, outside the organization: s3:PutObject");
        assertThat(rehearsal.only().words().facts()).containsEntry("Its resources", "arn:aws:s3:::theirs");

        rehearsal.learn(Kind.SETTING, "outside-organization", "{'reachingOut':'all'}");
        assertThat(rehearsal.only().evidence().count()).isEqualTo(2);
        rehearsal.learn(Kind.SETTING, "outside-organization", "{'awsAccounts':['999988887777']}");
        assertThat(rehearsal.open()).isEmpty();
    }

    @Test
    void a_task_that_takes_a_role_of_another_organization_is_seen_in_the_execution_log() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(
                Events.execution(
                        """
                {'id':'3','type':'TaskScheduled','details':{'parameters':'{}','region':'eu-west-1','resource':'invoke',
                'resourceType':'lambda','taskCredentials':{'roleArn':'arn:aws:iam::999988887777:role/remote-charge'}},
                'previous_event_id':'2','event_timestamp':'1772442750160',
                'execution_arn':'arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-42','redrive_count':'0'}"""));
        Finding finding = rehearsal.only();
        assertThat(finding.words().title())
                .isEqualTo("state machine OrderFlow used resources of account 999988887777, outside the organization:"
                        + " lambda:invoke");
        assertThat(finding.words().facts())
                .containsEntry("Its resources", "arn:aws:iam::999988887777:role/remote-charge");
    }

    @Test
    void calls_without_an_access_key_are_tied_by_the_sessions_arn_and_time() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(callAt("2026-03-02T23:58:00Z", "", "r1", "ListBuckets"));
        rehearsal.deliver(callAt("2026-03-03T00:02:00Z", "", "r1", "GetObject"));
        rehearsal.deliver(callAt("2026-03-02T09:00:00Z", "", "r1", "TooEarly"));
        rehearsal.deliver(assumeAt("2026-03-02T23:57:00Z", STRANGER, "r1", "ASIA1"));
        assertThat(rehearsal.open())
                .extracting((Finding finding) -> finding.subject().name())
                .containsExactlyInAnyOrder(
                        "session ASIA1",
                        "session arn:aws:sts::111122223333:assumed-role/r1/s",
                        "session arn:aws:sts::111122223333:assumed-role/r1/s");
        assertThat(rehearsal.open())
                .extracting(finding -> String.valueOf(finding.words().facts().get("Calls")))
                .containsExactlyInAnyOrder(
                        "null",
                        "2026-03-02T23:58:00Z s3:ListBuckets in eu-west-1",
                        "2026-03-03T00:02:00Z s3:GetObject in eu-west-1");
    }

    @Test
    void changing_who_may_do_what_is_critical() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference());
        rehearsal.deliver(assumeRole("09:00:00", STRANGER, "r1", "ASIA1"));
        rehearsal.deliver(
                Events.cloudTrail(
                        """
                {'userIdentity':{'type':'AssumedRole','arn':'arn:aws:sts::111122223333:assumed-role/r1/s',
                'accountId':'111122223333','accessKeyId':'ASIA1'},'eventTime':'2026-03-02T09:01:00Z',
                'eventSource':'iam.amazonaws.com','eventName':'CreateUser','awsRegion':'us-east-1','eventID':'c1',
                'readOnly':false,'recipientAccountId':'111122223333'}"""));
        assertThat(rehearsal.only().detection().severity()).isEqualTo(Severity.CRITICAL);
    }

    @Test
    void a_busy_session_sends_few_signals() {
        Rehearsal<OrganizationKey, OrganizationNews, OrganizationState> rehearsal =
                new Rehearsal<>(detector(), reference()).lazily();
        for (int i = 0; i < 10_000; i++) {
            rehearsal.deliver(callAt(
                    Instant.parse("2026-03-02T09:00:00Z").plusSeconds(i).toString(), "ASIABUSY", "x", "Call" + i % 5));
        }
        assertThat(rehearsal.signals()).hasSize(OrganizationDetector.MAX_EARLIEST + 1);
    }

    private CloudTrailEvent assumeRole(String time, String account, String role, String issued) {
        return assumeAt("2026-03-02T" + time + "Z", account, role, issued);
    }

    private CloudTrailEvent assumeAt(String time, String account, String role, String issued) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'AWSAccount','principalId':'AIDAX','accountId':'%s'},'eventTime':'%s',
                'eventSource':'sts.amazonaws.com','eventName':'AssumeRole','awsRegion':'eu-west-1',
                'sourceIPAddress':'198.51.100.77','requestParameters':{'roleArn':'arn:aws:iam::111122223333:role/%s'},
                'responseElements':{'credentials':{'accessKeyId':'%s'},'assumedRoleUser':
                {'arn':'arn:aws:sts::111122223333:assumed-role/%s/s'}},'eventID':'e%06d','readOnly':true,
                'recipientAccountId':'111122223333'}"""
                        .formatted(account, time, role, issued, role, serial++));
    }

    private CloudTrailEvent chain(String time, String key, String role, String issued, String taken) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'AssumedRole','arn':'arn:aws:sts::111122223333:assumed-role/%s/s',
                'accountId':'111122223333','accessKeyId':'%s'},'eventTime':'2026-03-02T%sZ',
                'eventSource':'sts.amazonaws.com','eventName':'AssumeRole','awsRegion':'eu-west-1',
                'requestParameters':{'roleArn':'arn:aws:iam::111122223333:role/%s'},
                'responseElements':{'credentials':{'accessKeyId':'%s'},'assumedRoleUser':
                {'arn':'arn:aws:sts::111122223333:assumed-role/%s/s'}},'eventID':'e%06d','readOnly':true,
                'recipientAccountId':'111122223333'}"""
                        .formatted(role, key, time, taken, issued, taken, serial++));
    }

    private CloudTrailEvent call(String time, String key, String role, String name) {
        return callAt("2026-03-02T" + (time.length() == 5 ? time + ":00" : time) + "Z", key, role, name);
    }

    private CloudTrailEvent callAt(String time, String key, String role, String name) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'AssumedRole','arn':'arn:aws:sts::111122223333:assumed-role/%s/s',
                'accountId':'111122223333','accessKeyId':'%s'},'eventTime':'%s','eventSource':'s3.amazonaws.com',
                'eventName':'%s','awsRegion':'eu-west-1','sourceIPAddress':'198.51.100.77','eventID':'e%06d',
                'readOnly':true,'recipientAccountId':'111122223333'}"""
                        .formatted(role, key, time, name, serial++));
    }

    private CloudTrailEvent foreign(String time, String account, String name, String error) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'AWSAccount','principalId':'AIDAX','accountId':'%s'},
                'eventTime':'2026-03-02T%sZ','eventSource':'s3.amazonaws.com','eventName':'%s','awsRegion':'eu-west-1',
                'sourceIPAddress':'198.51.100.77',%s'eventID':'e%06d','readOnly':true,'recipientAccountId':'111122223333'}"""
                        .formatted(account, time, name, error, serial++));
    }

    private CloudTrailEvent reach(String name, boolean readOnly) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'IAMUser','arn':'arn:aws:iam::111122223333:user/dana','accountId':'111122223333',
                'accessKeyId':'AKIAX'},'eventTime':'2026-03-02T11:00:00Z','eventSource':'s3.amazonaws.com',
                'eventName':'%s','awsRegion':'eu-west-1','eventID':'e%06d','readOnly':%s,
                'recipientAccountId':'111122223333','resources':[{'accountId':'999988887777','ARN':'arn:aws:s3:::theirs'}]}"""
                        .formatted(name, serial++, readOnly));
    }
}
