package io.trailwarden.e2e.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the sinks may do in an account is what they do: {@code deploy/iam/sinks*.json} grants each call and no other. */
class SinkPolicyTest {

    /** Which action authorises a call (Service Authorization Reference); {@code PublishBatch} has none of its own. */
    private static final Map<String, String> ACTIONS = Map.of(
            "SnsClient.publishBatch", "sns:Publish",
            "SnsClient.getTopicAttributes", "sns:GetTopicAttributes",
            "SecurityHubClient.describeHub", "securityhub:DescribeHub",
            "SecurityHubClient.batchImportFindings", "securityhub:BatchImportFindings",
            "StsAssumeRoleCredentialsProvider.builder", "sts:AssumeRole");

    private static final Set<String> NO_CALL_OF_AWS = Set.of("builder", "close");

    private final JavaClasses sinks = new ClassFileImporter().importPackages("io.trailwarden.sinks");

    @Test
    void every_call_is_granted_and_nothing_granted_is_unused() throws IOException {
        Set<String> granted = new TreeSet<>();
        for (String file : Set.of("sinks.json", "sinks-assume-role.json")) {
            JsonNode policy =
                    new ObjectMapper().readTree(policies().resolve(file).toFile());
            assertThat(policy.get("Version").textValue()).isEqualTo("2012-10-17");
            for (JsonNode statement : policy.get("Statement")) {
                JsonNode actions = statement.get("Action");
                if (actions.isTextual()) {
                    granted.add(actions.textValue());
                } else {
                    actions.forEach(action -> granted.add(action.textValue()));
                }
                assertThat(statement.get("Resource").toString()).doesNotContain("\"*\"");
            }
        }
        assertThat(granted).isEqualTo(called());
    }

    private Set<String> called() {
        Set<String> called = new TreeSet<>();
        sinks.stream()
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
