package io.trailwarden.sinks.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.Finding;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.testing.SampleFinding;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checked against what the formats require; see their Javadoc for where that is written. */
class FindingFormatTest {

    @ParameterizedTest
    @EnumSource(Severity.class)
    void ocsf_has_what_detection_finding_2004_requires(Severity severity) throws Exception {
        JsonNode json = ocsf(finding("Title", severity, Finding.State.OPEN, "111122223333"));
        assertThat(json.get("category_uid").intValue()).isEqualTo(2);
        assertThat(json.get("class_uid").intValue()).isEqualTo(2004);
        assertThat(json.get("type_uid").longValue())
                .isEqualTo(2004 * 100L + json.get("activity_id").intValue());
        assertThat(json.get("severity_id").intValue()).isEqualTo(severity.ordinal() + 1);
        assertThat(json.get("time").isIntegralNumber()).isTrue();
        assertThat(json.at("/metadata/version").textValue()).isEqualTo(Ocsf.VERSION);
        assertThat(json.at("/metadata/product/name").textValue()).isNotBlank();
        assertThat(json.at("/metadata/product/vendor_name").textValue()).isNotBlank();
        assertThat(json.at("/finding_info/uid").textValue()).matches("[0-9a-f]{32}");
        assertThat(json.at("/finding_info/title").textValue()).isEqualTo("Title");
        // Required by the cloud profile, which the metadata names.
        assertThat(json.at("/metadata/profiles/0").textValue()).isEqualTo("cloud");
        assertThat(json.at("/cloud/provider").textValue()).isEqualTo("AWS");
        assertThat(json.at("/finding_info/attacks/0/sub_technique/uid").textValue())
                .isEqualTo("T1078.004");
        assertThat(json.at("/finding_info/attacks/0/technique/uid").textValue()).isEqualTo("T1078");
    }

    @Test
    void ocsf_closes_what_is_withdrawn() throws Exception {
        JsonNode json = ocsf(finding("Title", Severity.LOW, Finding.State.WITHDRAWN, null));
        assertThat(json.get("activity_id").intValue()).isEqualTo(3);
        assertThat(json.get("type_uid").longValue()).isEqualTo(200403);
        assertThat(json.get("status_id").intValue()).isEqualTo(4);
        assertThat(json.at("/cloud/account").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Severity.class)
    void asff_has_what_the_format_requires_within_its_limits(Severity severity) throws Exception {
        JsonNode json = new ObjectMapper()
                .readTree(FindingFormat.ASFF.line(
                        finding("t\u0000".repeat(2000), severity, Finding.State.OPEN, "111122223333")));
        assertThat(json.get("SchemaVersion").textValue()).isEqualTo("2018-10-08");
        assertThat(json.get("Id").textValue()).matches("[0-9a-f]{32}");
        assertThat(json.get("ProductArn").textValue())
                .isEqualTo("arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default");
        assertThat(json.get("GeneratorId").textValue()).hasSizeBetween(1, 512);
        assertThat(json.get("AwsAccountId").textValue()).matches("[0-9]{12}");
        assertThat(Instant.parse(json.get("CreatedAt").textValue())).isNotNull();
        assertThat(Instant.parse(json.get("UpdatedAt").textValue())).isEqualTo(Instant.ofEpochMilli(1772000000000L));
        assertThat(json.at("/Severity/Label").textValue()).isEqualTo(severity.name());
        assertThat(json.at("/FindingProviderFields/Severity/Label").textValue()).isEqualTo(severity.name());
        assertThat(json.get("Title").textValue()).hasSizeBetween(1, 256);
        assertThat(json.get("Description").textValue()).hasSizeBetween(1, 1024);
        assertThat(json.get("Resources")).hasSizeBetween(1, 32);
        assertThat(json.at("/Resources/0/Type").textValue()).isEqualTo("AwsAccount");
        assertThat(json.at("/Resources/0/Id").textValue()).isNotBlank();
        assertThat(json.get("ProductFields").size()).isLessThanOrEqualTo(50);
        json.get("ProductFields").forEach(value -> assertThat(value.textValue()).hasSizeBetween(1, 2048));
        assertThat(json.get("Types").get(0).textValue())
                .matches("(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data"
                        + " Identifications)(/[^/]+){0,2}");
        assertThat(json.get("RecordState").textValue()).isEqualTo("ACTIVE");
    }

    @Test
    void asff_of_a_finding_without_texts_and_account_is_still_complete() throws Exception {
        JsonNode json = new ObjectMapper()
                .readTree(FindingFormat.ASFF.line(finding("", Severity.LOW, Finding.State.WITHDRAWN, null)));
        assertThat(json.get("Title").textValue()).isNotBlank();
        assertThat(json.get("AwsAccountId").textValue()).isEqualTo("000000000000");
        assertThat(json.get("RecordState").textValue()).isEqualTo("ARCHIVED");
    }

    @Test
    void the_partition_is_that_of_the_region_that_imports_and_of_the_arn_at_hand() throws Exception {
        String arn = "arn:aws-us-gov:states:us-gov-west-1:111122223333:stateMachine:OrderFlow";
        Finding base = finding("t", Severity.LOW, Finding.State.OPEN, "111122223333");
        Asff asff = Asff.of(about(base, arn), "", "us-gov-west-1");
        assertThat(asff.productArn())
                .isEqualTo("arn:aws-us-gov:securityhub:us-gov-west-1:111122223333:product/111122223333/default");
        assertThat(asff.resources()).extracting(Asff.Resource::partition).containsExactly("aws-us-gov");
        assertThat(asff.json().at("/Resources/0/Partition").textValue()).isEqualTo("aws-us-gov");
        assertThat(Asff.of(base, "", "cn-north-1").productArn())
                .isEqualTo("arn:aws-cn:securityhub:cn-north-1:111122223333:product/111122223333/default");
    }

    @Test
    void a_state_machine_is_named_as_the_resource() {
        String arn = "arn:aws:states:eu-central-1:111122223333:stateMachine:OrderFlow";
        Finding base = finding("t", Severity.LOW, Finding.State.OPEN, "111122223333");
        Asff asff = Asff.of(about(base, arn), "", "");
        assertThat(asff.resources())
                .containsExactly(new Asff.Resource("AwsStepFunctionStateMachine", arn, "aws", "eu-central-1"));
    }

    @ParameterizedTest
    @EnumSource(FindingFormat.class)
    void every_line_is_one_line_of_ascii(FindingFormat format) {
        String line = format.line(finding("a\n\u001b[2J\u00e9\u2028", Severity.LOW, Finding.State.OPEN, null));
        assertThat(line.chars()).allMatch(c -> c >= 0x20 && c < 0x7f);
    }

    private static JsonNode ocsf(Finding finding) throws Exception {
        return new ObjectMapper().readTree(FindingFormat.OCSF.line(finding));
    }

    private static Finding about(Finding base, String subject) {
        return SampleFinding.like(base).subject(subject).build();
    }

    private static Finding finding(String title, Severity severity, Finding.State state, @Nullable String account) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (int i = 0; i < 80; i++) {
            facts.put("fact " + i, "value ".repeat(1000));
        }
        return SampleFinding.of(FindingId.of("test", "subject"))
                .revision(1772000000000L)
                .state(state)
                .detection("unexpected-principal")
                .severity(severity)
                .title(title)
                .description(title)
                .subject("subject")
                .account(account)
                .region(account == null ? null : "eu-central-1")
                .principal("arn:aws:iam::111122223333:role/Deploy")
                .between(Instant.parse("2026-02-25T06:00:00Z"), Instant.parse("2026-02-25T06:05:00Z"))
                .detectedAt(Instant.parse("2026-02-25T06:13:20Z"))
                .events(List.of("e1", "e2"))
                .techniques(List.of("T1078.004"))
                .facts(facts)
                .nextSteps(List.of("Ask the owner."))
                .build();
    }
}
