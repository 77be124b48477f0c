package io.trailwarden.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.event.Finding;
import io.trailwarden.sinks.aws.AwsTarget;
import io.trailwarden.sinks.securityhub.SecurityHubSink;
import io.trailwarden.testing.aws.FakeEndpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecurityHubSinkTest extends SinkContract {

    private final FakeEndpoints endpoints = new FakeEndpoints();

    @Override
    FindingSink sink() {
        return new SecurityHubSink("444455556666", new AwsTarget("eu-central-1", "", "", "", endpoints.url()));
    }

    @Override
    Set<String> arrived() {
        return endpoints.imported.stream()
                .map(finding -> finding.get("Id").textValue())
                .collect(Collectors.toSet());
    }

    @Test
    void a_finding_belongs_to_the_importing_account_and_is_about_the_other() throws Exception {
        sink().deliver(List.of(finding("subject", 1_772_000_000_000L, "Title")));
        JsonNode imported = endpoints.imported.get(0);
        assertThat(imported.get("AwsAccountId").textValue()).isEqualTo("444455556666");
        assertThat(imported.get("ProductArn").textValue())
                .isEqualTo("arn:aws:securityhub:eu-central-1:444455556666:product/444455556666/default");
        assertThat(imported.at("/Resources/0/Id").textValue()).isEqualTo("AWS::::Account:111122223333");
        assertThat(imported.at("/FindingProviderFields/Severity/Label").textValue())
                .isEqualTo("HIGH");
        assertThat(imported.get("UpdatedAt").textValue()).isEqualTo("2026-02-25T06:13:20Z");
        assertThat(imported.at("/ProductFields/trailwarden~1author").textValue())
                .isEqualTo("Trailwarden");
    }

    @Test
    void a_poisonous_finding_is_refused_and_the_others_are_imported() throws Exception {
        endpoints.poison = text -> text.contains("poison");
        List<Finding> batch = new ArrayList<>(findings(5));
        Finding poison = finding("bad", 1, "poison");
        batch.add(2, poison);
        assertThat(sink().deliver(batch))
                .extracting(FindingSink.Refused::finding)
                .containsExactly(poison);
        assertThat(arrived()).hasSize(5);
    }

    @Test
    void a_failure_that_may_pass_is_an_outage() {
        endpoints.plant(FakeEndpoints.Planted.PARTIAL, 1);
        assertThatThrownBy(() -> sink().deliver(findings(4)))
                .isInstanceOf(SinkUnavailableException.class)
                .hasMessageContaining("InternalException");
    }

    @Test
    void throttling_is_tried_again_by_the_client_and_then_an_outage() throws Exception {
        endpoints.plant(FakeEndpoints.Planted.THROTTLING, 1);
        assertThat(sink().deliver(findings(3))).isEmpty();
        assertThat(arrived()).hasSize(3);
    }

    @AfterEach
    void closeEndpoints() {
        endpoints.close();
    }
}
