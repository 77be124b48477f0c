package io.trailwarden.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.SimulatedClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every permission, granted and denied, with the SDK against a fake of AWS. */
class AwsChecksTest {

    private static final String MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow";
    private static final String READER = "arn:aws:iam::111122223333:role/reader";

    @TempDir
    Path folder;

    private final SimulatedClock clock = new SimulatedClock(Instant.now());
    private FakeAws aws;

    @BeforeEach
    void start() {
        aws = FakeAws.start(clock);
        aws.logs().createGroup("/aws/vendedlogs/states/OrderFlow-Logs");
        aws.s3().put("example-trail", "AWSLogs/a.json.gz", "x".getBytes(StandardCharsets.UTF_8), Map.of());
        aws.sqs().deadLetterQueue();
        aws.inventory().putAccount("111122223333", "payments", "ACTIVE", Instant.EPOCH, "");
        aws.inventory()
                .putStateMachine(
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("stateMachineArn", MACHINE)
                                .put("name", "OrderFlow")
                                .put("type", "STANDARD"),
                        Map.of());
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private List<Check> checks(String more) throws Exception {
        String inputs =
                """
                  - {kind: cloudtrail, name: a, regions: eu-west-1, ACCESS}
                  - {kind: logs, name: b, regions: eu-west-1, prefixes: [/aws/vendedlogs/states/], live: true, ACCESS}
                  - {kind: s3, name: c, regions: eu-west-1, buckets: [example-trail], queue: "QUEUE", custody: true, ACCESS}
                  - {kind: organization, name: d, regions: us-east-1, ACCESS}
                  - {kind: state-machines, name: e, regions: eu-west-1, ACCESS}
                """
                        .replace(
                                "ACCESS",
                                "role: \"" + READER + "\", external-id: x, endpoint: \"" + aws.endpoint() + "\"")
                        .replace("QUEUE", aws.endpoint() + "/111122223333/trailwarden");
        return checksOf("aws:\n" + inputs + more);
    }

    private List<Check> checksOf(String yaml) throws IOException, InterruptedException {
        Path file = folder.resolve("trailwarden.yaml");
        Files.writeString(file, yaml);
        return new AwsChecks(ConfigReader.read(file, folder, Map.of(), Map.of()), clock, clock::advance).run();
    }

    @Test
    void where_everything_is_granted_all_is_well() throws Exception {
        List<Check> checks = checks("");

        assertThat(checks)
                .allSatisfy(check -> assertThat(check.result()).as("%s", check).isEqualTo(Check.Result.WELL));
        assertThat(checks)
                .extracting(Check::name)
                .contains(
                        "cloudtrail:a/eu-west-1 sts:AssumeRole",
                        "cloudtrail:a/eu-west-1 cloudtrail:LookupEvents",
                        "logs:b/eu-west-1 logs:DescribeLogGroups",
                        "logs:b/eu-west-1 logs:FilterLogEvents",
                        "logs:b/eu-west-1 logs:StartLiveTail",
                        "s3:c s3:ListBucket",
                        "s3:c s3:GetObject",
                        "s3:c sqs:GetQueueAttributes",
                        "s3:c sqs:ReceiveMessage",
                        "s3:c sqs:DeleteMessage",
                        "s3:c sqs:ChangeMessageVisibility",
                        "s3:c cloudtrail:ListPublicKeys",
                        "s3:c cloudtrail:GetTrailStatus",
                        "organization:d organizations:DescribeOrganization",
                        "organization:d organizations:ListAccounts",
                        "organization:d organizations:ListRoots",
                        "organization:d organizations:ListOrganizationalUnitsForParent",
                        "organization:d organizations:ListAccountsForParent",
                        "state-machines:e/eu-west-1 states:ListStateMachines",
                        "state-machines:e/eu-west-1 states:DescribeStateMachine",
                        "state-machines:e/eu-west-1 states:ListTagsForResource");
        assertThat(aws.requests("ReceiveMessage")).as("no message was hidden").isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "LookupEvents, cloudtrail:LookupEvents, *",
        "DescribeLogGroups, logs:DescribeLogGroups, /aws/vendedlogs/states/*",
        "FilterLogEvents, logs:FilterLogEvents, /aws/vendedlogs/states/OrderFlow-Logs",
        "StartLiveTail, logs:StartLiveTail, arn:aws:logs:eu-west-1:111122223333:log-group:/aws/vendedlogs/states/OrderFlow-Logs",
        "ListObjectsV2, s3:ListBucket, example-trail",
        "GetObject, s3:GetObject, example-trail/AWSLogs/a.json.gz",
        "DeleteMessageBatch, sqs:DeleteMessage, /111122223333/trailwarden",
        "ChangeMessageVisibilityBatch, sqs:ChangeMessageVisibility, /111122223333/trailwarden",
        "GetQueueAttributes, sqs:GetQueueAttributes, /111122223333/trailwarden",
        "ListPublicKeys, cloudtrail:ListPublicKeys, *",
        "DescribeOrganization, organizations:DescribeOrganization, *",
        "ListAccounts, organizations:ListAccounts, *",
        "ListRoots, organizations:ListRoots, *",
        "ListOrganizationalUnitsForParent, organizations:ListOrganizationalUnitsForParent, r-root",
        "ListAccountsForParent, organizations:ListAccountsForParent, r-root",
        "ListStateMachines, states:ListStateMachines, *",
        "DescribeStateMachine, states:DescribeStateMachine, arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow",
        "ListTagsForResource, states:ListTagsForResource, arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow"
    })
    void what_is_denied_is_named_with_what_to_grant_on_what_to_whom(String operation, String permission, String on)
            throws Exception {
        aws.deny(operation, operation.contains("Object") ? "" : permission);

        assertThat(checks(""))
                .filteredOn(check -> check.result() == Check.Result.BAD)
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.name()).endsWith(" " + permission);
                    assertThat(check.fix())
                            .startsWith("grant " + permission + " on ")
                            .contains(on + " to " + READER)
                            .endsWith(" (deploy/iam/ingest.json)");
                });
    }

    @Test
    void a_key_that_may_not_be_used_is_what_is_missing() throws Exception {
        aws.deny("GetObject", "kms:Decrypt");

        assertThat(bad()).singleElement().satisfies(check -> assertThat(check.fix())
                .startsWith("grant kms:Decrypt on example-trail/AWSLogs/a.json.gz to "));
    }

    @Test
    void a_role_that_may_not_be_assumed_is_said_once_for_each_input_and_nothing_else_is_tried() throws Exception {
        aws.requireExternalId("another");

        List<Check> checks = checks("");
        assertThat(checks).hasSize(5).allSatisfy(check -> {
            assertThat(check.name()).endsWith(" sts:AssumeRole");
            assertThat(check.result()).isEqualTo(Check.Result.BAD);
            assertThat(check.fix())
                    .startsWith("grant sts:AssumeRole on " + READER)
                    .contains("deploy/iam/ingest-assume-role.json", "trust policy", "external-id");
        });
        assertThat(aws.requests("LookupEvents")).isZero();
    }

    @Test
    void a_missing_log_group_an_account_outside_any_organization_and_a_missing_bucket_have_fixes_of_their_own()
            throws Exception {
        aws.inventory().noOrganization();
        String access = "role: \"" + READER + "\", endpoint: \"" + aws.endpoint() + "\"}\n";
        List<Check> checks = checksOf("aws:\n  - {kind: logs, name: b, regions: eu-west-1, groups: [/gone], " + access
                + "  - {kind: organization, name: d, regions: us-east-1, " + access
                + "  - {kind: s3, name: c, regions: eu-west-1, buckets: [gone], queue: \"" + aws.endpoint() + "/1/q\", "
                + access);

        assertThat(checks)
                .filteredOn(check -> check.name().endsWith("FilterLogEvents"))
                .extracting(Check::fix)
                .containsExactly("correct its name or the Region in the configuration");
        assertThat(checks)
                .filteredOn(check -> check.name().endsWith("DescribeOrganization"))
                .extracting(Check::fix)
                .containsExactly("assume a role of the management account or of a delegated administrator");
        assertThat(checks)
                .filteredOn(check -> check.name().endsWith("ListBucket"))
                .extracting(Check::fix)
                .containsExactly("correct its name or the Region in the configuration");
    }

    @Test
    void a_queue_without_a_dead_letter_queue_is_something_to_look_at() throws Exception {
        aws.close();
        aws = FakeAws.start(clock);
        aws.s3().put("example-trail", "AWSLogs/a.json.gz", new byte[1], Map.of());

        assertThat(checks(""))
                .filteredOn(check -> check.name().equals("s3:c sqs:GetQueueAttributes"))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.result()).isEqualTo(Check.Result.WARNING);
                    assertThat(check.fix()).contains("RedrivePolicy");
                });
    }

    @Test
    void nobody_at_the_endpoint_is_no_missing_permission() throws Exception {
        int port = aws.endpoint().getPort();
        aws.close();
        List<Check> checks =
                checksOf("aws: [{kind: cloudtrail, name: a, regions: eu-west-1, endpoint: \"http://127.0.0.1:" + port
                        + "\"}]\n");
        aws = FakeAws.start(clock);

        assertThat(checks).singleElement().satisfies(check -> {
            assertThat(check.result()).isEqualTo(Check.Result.BAD);
            assertThat(check.fix()).contains("network", "endpoint", "Region");
        });
    }

    @Test
    void sinks_are_asked_whether_they_are_there() throws Exception {
        String sinks = "sinks: [storage, sns, security-hub]\n"
                + "sns: {topic: \"arn:aws:sns:eu-west-1:111122223333:findings\", endpoint: \"ENDPOINT\"}\n"
                + "security-hub: {account: \"111122223333\", region: eu-west-1, endpoint: \"ENDPOINT\"}\n";
        assertThat(checksOf(sinks.replace("ENDPOINT", aws.endpoint().toString())))
                .extracting(Check::name, Check::result)
                .containsExactly(
                        tuple("sns sns:GetTopicAttributes", Check.Result.WELL),
                        tuple("security-hub securityhub:DescribeHub", Check.Result.WELL));

        aws.deny("GetTopicAttributes", "sns:GetTopicAttributes");
        aws.deny("DescribeHub", "securityhub:DescribeHub");
        assertThat(checksOf(sinks.replace("ENDPOINT", aws.endpoint().toString())))
                .extracting(Check::fix)
                .containsExactly(
                        "grant sns:GetTopicAttributes on arn:aws:sns:eu-west-1:111122223333:findings"
                                + " (deploy/iam/sinks.json)",
                        "grant securityhub:DescribeHub on arn:aws:securityhub:eu-west-1:111122223333:hub/default"
                                + " (deploy/iam/sinks.json)");
    }

    private List<Check> bad() throws Exception {
        return checks("").stream()
                .filter(check -> check.result() == Check.Result.BAD)
                .toList();
    }
}
