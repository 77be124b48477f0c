package io.trailwarden.e2e.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.trailwarden.ingest.aws.AwsApi;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the ingesters may do in an account is what they do: {@code deploy/iam/ingest*.json} grants each call, no other. */
class IngestPolicyTest {

    /** Which action authorises a call (Service Authorization Reference). */
    private static final Map<String, String> ACTIONS = Map.ofEntries(
            Map.entry("CloudTrailClient.lookupEvents", "cloudtrail:LookupEvents"),
            Map.entry("CloudTrailClient.listPublicKeys", "cloudtrail:ListPublicKeys"),
            Map.entry("CloudTrailClient.getTrailStatus", "cloudtrail:GetTrailStatus"),
            Map.entry("CloudWatchLogsClient.filterLogEvents", "logs:FilterLogEvents"),
            Map.entry("CloudWatchLogsAsyncClient.startLiveTail", "logs:StartLiveTail"),
            Map.entry("CloudWatchLogsClient.describeLogGroups", "logs:DescribeLogGroups"),
            Map.entry("S3Client.getObject", "s3:GetObject"),
            Map.entry("S3Client.listObjectsV2", "s3:ListBucket"),
            Map.entry("SqsClient.receiveMessage", "sqs:ReceiveMessage"),
            Map.entry("SqsClient.deleteMessageBatch", "sqs:DeleteMessage"),
            Map.entry("SqsClient.changeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"),
            Map.entry("SqsClient.getQueueAttributes", "sqs:GetQueueAttributes"),
            Map.entry("OrganizationsClient.describeOrganization", "organizations:DescribeOrganization"),
            Map.entry("OrganizationsClient.listAccounts", "organizations:ListAccounts"),
            Map.entry("OrganizationsClient.listRoots", "organizations:ListRoots"),
            Map.entry(
                    "OrganizationsClient.listOrganizationalUnitsForParent",
                    "organizations:ListOrganizationalUnitsForParent"),
            Map.entry("OrganizationsClient.listAccountsForParent", "organizations:ListAccountsForParent"),
            Map.entry("SfnClient.listStateMachines", "states:ListStateMachines"),
            Map.entry("SfnClient.describeStateMachine", "states:DescribeStateMachine"),
            Map.entry("SfnClient.listTagsForResource", "states:ListTagsForResource"),
            Map.entry("StsAssumeRoleCredentialsProvider.builder", "sts:AssumeRole"));

    /** Who one is, everybody may ask. */
    private static final Set<String> NO_CALL_OF_AWS = Set.of("builder", "close", "getCallerIdentity");

    /** Actions that know no resource: they are granted on all or not at all. */
    private static final Set<String> WITHOUT_RESOURCE = Set.of(
            "cloudtrail:LookupEvents",
            "cloudtrail:ListPublicKeys",
            "logs:DescribeLogGroups",
            "organizations:DescribeOrganization",
            "organizations:ListAccounts",
            "organizations:ListRoots",
            "organizations:ListOrganizationalUnitsForParent",
            "organizations:ListAccountsForParent",
            "states:ListStateMachines");

    private final JavaClasses ingest =
            new ClassFileImporter(Set.of(new ImportOption.DoNotIncludeTests())).importPackages("io.trailwarden.ingest");

    @Test
    void every_call_is_granted_and_nothing_granted_is_unused() throws IOException {
        assertThat(granted("ingest.json", "ingest-assume-role.json")).isEqualTo(called());
    }

    @Test
    void every_call_has_a_limit_and_every_limit_a_call() throws IOException {
        Set<String> limited = new TreeSet<>();
        Arrays.stream(AwsApi.values()).forEach(api -> limited.add(api.permission()));
        assertThat(granted("ingest.json")).isEqualTo(limited);
    }

    private Set<String> called() {
        Set<String> called = new TreeSet<>();
        ingest.stream()
                .flatMap(each -> each.getMethodCallsFromSelf().stream())
                .filter(call -> isOfAService(call.getTargetOwner().getName()))
                .filter(call -> call.getTargetOwner().getSimpleName().equals("StsAssumeRoleCredentialsProvider")
                        || !NO_CALL_OF_AWS.contains(call.getName()))
                .map(call -> call.getTargetOwner().getSimpleName() + "." + call.getName())
                .forEach(call -> called.add(ACTIONS.getOrDefault(call, "no action known for " + call)));
        return called;
    }

    private static boolean isOfAService(String owner) {
        return owner.startsWith("software.amazon.awssdk.services.")
                && (owner.endsWith("Client") || owner.endsWith("StsAssumeRoleCredentialsProvider"));
    }

    private static Set<String> granted(String... files) throws IOException {
        Set<String> granted = new TreeSet<>();
        for (String file : files) {
            JsonNode policy =
                    new ObjectMapper().readTree(policies().resolve(file).toFile());
            assertThat(policy.get("Version").textValue()).isEqualTo("2012-10-17");
            for (JsonNode statement : policy.get("Statement")) {
                Set<String> actions = new TreeSet<>();
                JsonNode action = statement.get("Action");
                if (action.isTextual()) {
                    actions.add(action.textValue());
                } else {
                    action.forEach(one -> actions.add(one.textValue()));
                }
                if (statement.get("Resource").toString().equals("\"*\"")) {
                    assertThat(WITHOUT_RESOURCE).containsAll(actions);
                }
                granted.addAll(actions);
            }
        }
        return granted;
    }

    private static Path policies() {
        Path here = Path.of("").toAbsolutePath();
        while (here != null && !here.resolve("deploy/iam").toFile().isDirectory()) {
            here = here.getParent();
        }
        assertThat(here)
                .as("a folder deploy/iam above " + Path.of("").toAbsolutePath())
                .isNotNull();
        return here.resolve("deploy/iam");
    }
}
