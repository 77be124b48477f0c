package io.trailwarden.event.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.AuditResource;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.Origin;
import io.trailwarden.event.UserIdentity;
import io.trailwarden.event.json.JsonSpan;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudTrailCodecTest {

    private static final Origin ORIGIN =
            new Origin("file", "a.json.gz", 7, "00", Instant.parse("2026-03-02T09:20:00Z"));

    private final CloudTrailCodec codec = new CloudTrailCodec();

    @Test
    void a_management_event_is_read_with_all_its_fields() {
        CloudTrailEvent event = read(
                """
                {"eventVersion":"1.10","userIdentity":{"type":"AssumedRole","principalId":"AROA1:ci","arn":"arn:aws:sts::111122223333:assumed-role/deployer/ci","accountId":"111122223333","accessKeyId":"ASIA1","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA1","arn":"arn:aws:iam::111122223333:role/ci/deployer","accountId":"111122223333","userName":"deployer"},"attributes":{"creationDate":"2026-03-02T08:55:10Z","mfaAuthenticated":"false"},"ec2RoleDelivery":"2.0","sourceIdentity":"dana"}},"eventTime":"2026-03-02T09:00:00Z","eventSource":"states.amazonaws.com","eventName":"CreateStateMachine","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.10","userAgent":"aws-cli/2.27.1","requestParameters":{"name":"OrderFlow","definition":"HIDDEN_DUE_TO_SECURITY_REASONS"},"responseElements":{"stateMachineArn":"arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow"},"requestID":"r1","eventID":"e1","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3"}}
                """);

        assertThat(event.eventId()).isEqualTo("e1");
        assertThat(event.eventTime()).isEqualTo(Instant.parse("2026-03-02T09:00:00Z"));
        assertThat(event.eventVersion()).isEqualTo("1.10");
        assertThat(event.userIdentity().issuerArn()).isEqualTo("arn:aws:iam::111122223333:role/ci/deployer");
        assertThat(event.userIdentity().sourceIdentity()).isEqualTo("dana");
        assertThat(event.userIdentity().ec2RoleDelivery()).isEqualTo("2.0");
        assertThat(event.actorKey()).isEqualTo("arn:aws:iam::111122223333:role/ci/deployer");
        assertThat(event.readOnly()).isFalse();
        assertThat(event.managementEvent()).isTrue();
        assertThat(event.stateMachineArn()).isEqualTo("arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow");
        assertThat(event.account()).isEqualTo("111122223333");
        assertThat(span(event, event.requestParameters()))
                .isEqualTo("{\"name\":\"OrderFlow\",\"definition\":\"HIDDEN_DUE_TO_SECURITY_REASONS\"}");
        assertThat(event.additionalEventData()).isNull();
        assertThat(event.origin()).isSameAs(ORIGIN);
    }

    @Test
    void an_assumed_role_of_an_outsider_carries_what_it_was_given() {
        CloudTrailEvent event = read(
                """
                {"eventVersion":"1.10","userIdentity":{"type":"AWSAccount","principalId":"AIDAOUT","accountId":"999988887777"},"eventTime":"2026-03-02T09:10:00Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.77","requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/partner","roleSessionName":"p1"},"responseElements":{"credentials":{"accessKeyId":"ASIA2","expiration":"Mar 2, 2026, 10:10:00 AM"},"assumedRoleUser":{"assumedRoleId":"AROA:p1","arn":"arn:aws:sts::111122223333:assumed-role/partner/p1"}},"eventID":"e2","resources":[{"accountId":"111122223333","type":"AWS::IAM::Role","ARN":"arn:aws:iam::111122223333:role/partner"}],"eventType":"AwsApiCall","recipientAccountId":"111122223333","sharedEventID":"s1"}
                """);

        assertThat(event.actorKey()).isEqualTo("999988887777:AIDAOUT");
        assertThat(event.assumedRoleArn()).isEqualTo("arn:aws:iam::111122223333:role/partner");
        assertThat(event.issuedAccessKeyId()).isEqualTo("ASIA2");
        assertThat(event.issuedSessionArn()).isEqualTo("arn:aws:sts::111122223333:assumed-role/partner/p1");
        assertThat(event.sharedEventId()).isEqualTo("s1");
        assertThat(event.resources())
                .containsExactly(
                        new AuditResource("111122223333", "AWS::IAM::Role", "arn:aws:iam::111122223333:role/partner"));
        assertThat(event.executionArn()).isNull();
    }

    @Test
    void parameters_are_found_also_where_they_come_before_the_source() {
        CloudTrailEvent event = read(
                """
                {"requestParameters":{"roleArn":"r"},"responseElements":{"credentials":{"accessKeyId":"k"}},"eventName":"AssumeRole","eventSource":"sts.amazonaws.com","eventTime":"2026-03-02T09:10:00Z","eventID":"e"}
                """);
        assertThat(event.assumedRoleArn()).isEqualTo("r");
        assertThat(event.issuedAccessKeyId()).isEqualTo("k");
    }

    @Test
    void another_service_with_a_role_in_its_request_assumes_nothing() {
        CloudTrailEvent event = read(
                """
                {"requestParameters":{"roleArn":"r"},"eventName":"CreateFunction","eventSource":"lambda.amazonaws.com","eventTime":"2026-03-02T09:10:00Z","eventID":"e"}
                """);
        assertThat(event.assumedRoleArn()).isNull();
        assertThat(span(event, event.requestParameters())).isEqualTo("{\"roleArn\":\"r\"}");
    }

    @Test
    void the_state_machine_of_an_execution_is_derived_from_its_arn() {
        CloudTrailEvent event = read(
                """
                {"eventVersion":"1.10","eventSource":"states.amazonaws.com","eventName":"StopExecution","eventTime":"2026-03-02T09:10:00Z","eventID":"e","requestParameters":{"executionArn":"arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-42"}}
                """);
        assertThat(event.executionArn()).isEqualTo("arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-42");
        assertThat(event.stateMachineArn()).isEqualTo("arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow");
    }

    @Test
    void a_service_event_without_identity_type_names_the_service_as_actor() {
        CloudTrailEvent event = read(
                """
                {"eventVersion":"1.10","userIdentity":{"accountId":"111122223333","invokedBy":"states.amazonaws.com"},"eventTime":"2026-03-02T09:14:33Z","eventSource":"states.amazonaws.com","eventName":"InvokeHTTPEndpoint","awsRegion":"eu-west-1","sourceIPAddress":"states.amazonaws.com","requestParameters":null,"responseElements":null,"eventID":"e4","readOnly":false,"resources":[{"accountId":"111122223333","type":"AWS::StepFunctions::StateMachine","ARN":"arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow"}],"eventType":"AwsServiceEvent","managementEvent":false,"recipientAccountId":"111122223333","serviceEventDetails":{"httpMethod":"POST"},"eventCategory":"Data"}
                """);
        assertThat(event.userIdentity().type()).isNull();
        assertThat(event.actorKey()).isEqualTo("111122223333:states.amazonaws.com");
        assertThat(event.requestParameters()).isNull();
        assertThat(span(event, event.serviceEventDetails())).isEqualTo("{\"httpMethod\":\"POST\"}");
        assertThat(event.stateMachineArn()).endsWith(":stateMachine:OrderFlow");
    }

    @Test
    void a_network_activity_event_shows_endpoint_and_caller() {
        CloudTrailEvent event = read(
                """
                {"eventVersion":"1.10","userIdentity":{"type":"AWSAccount","principalId":"AIDAOUT","accountId":"999988887777"},"eventTime":"2026-03-02T09:30:00Z","eventSource":"states.amazonaws.com","eventName":"StartExecution","errorCode":"VpceAccessDenied","errorMessage":"The request was denied due to a VPC endpoint policy","eventID":"e5","eventType":"AwsVpceEvent","recipientAccountId":"111122223333","vpcEndpointId":"vpce-1","vpcEndpointAccountId":"111122223333","eventCategory":"NetworkActivity"}
                """);
        assertThat(event.errorCode()).isEqualTo("VpceAccessDenied");
        assertThat(event.vpcEndpointId()).isEqualTo("vpce-1");
        assertThat(event.vpcEndpointAccountId()).isEqualTo("111122223333");
    }

    @Test
    void an_insight_has_neither_name_nor_identity() {
        CloudTrailEvent event = read(
                """
                {"eventVersion":"1.09","eventTime":"2026-03-02T09:40:00Z","awsRegion":"eu-west-1","eventID":"e7","eventType":"AwsCloudTrailInsight","recipientAccountId":"111122223333","sharedEventID":"s3","insightDetails":{"state":"Start","eventSource":"states.amazonaws.com","eventName":"StartExecution"},"eventCategory":"Insight"}
                """);
        assertThat(event.eventName()).isNull();
        assertThat(event.userIdentity()).isEqualTo(UserIdentity.NONE);
        assertThat(event.actorKey()).isEqualTo("unknown");
        assertThat(event.eventCategory()).isEqualTo("Insight");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-11-17T19:20:00Z", "2025-11-17 19:20:00"})
    void an_aggregated_event_happens_at_the_end_of_its_window(String windowEnd) {
        CloudTrailEvent event = read(
                """
                {"eventVersion":"1.0","accountId":"111122223333","eventId":"agg-1","eventCategory":"Aggregated","eventType":"AwsAggregatedEvent","awsRegion":"eu-west-1","eventSource":"s3.amazonaws.com","timeWindow":{"windowStart":"2025-11-17T19:15:00Z","windowEnd":"%s","windowSize":"PT5M"},"summary":{"primaryDimension":{"dimension":"eventName"}}}
                """
                        .formatted(windowEnd));
        assertThat(event.eventId()).isEqualTo("agg-1");
        assertThat(event.eventTime()).isEqualTo(Instant.parse("2025-11-17T19:20:00Z"));
        assertThat(event.recipientAccountId()).isEqualTo("111122223333");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"@timestamp\":\"2026-03-02T09:00:00.000Z\"",
                "\"@timestamp\":\"2026-03-02 09:00:00.000\"",
                "\"@timestamp\":1772442000000",
                "\"@timestamp\":\"2026-03-02T09:00:00Z\",\"eventTime\":null",
                "\"@timestamp\":\"2026-03-02T09:30:00Z\",\"eventTime\":\"2026-03-02T09:00:00Z\""
            })
    void a_timestamp_stands_in_for_an_eventTime_that_is_missing(String times) {
        CloudTrailEvent event = read("{\"eventVersion\":\"1.10\",\"eventName\":\"X\",\"eventID\":\"e\"," + times + "}");
        assertThat(event.eventTime()).isEqualTo(Instant.parse("2026-03-02T09:00:00Z"));
    }

    @Test
    void a_record_without_an_id_is_identified_by_its_bytes() {
        String json = "{\"eventVersion\":\"1.0\",\"eventTime\":\"2026-03-02T09:00:00Z\",\"eventName\":\"X\"}";
        String first = read(json).eventId();
        assertThat(first).matches("sha256:[0-9a-f]{64}");
        assertThat(read(json).eventId()).isEqualTo(first);
        assertThat(read(json.replace("X", "Y")).eventId()).isNotEqualTo(first);
    }

    @Test
    void wrong_types_are_read_as_far_as_they_mean_something() {
        CloudTrailEvent event = read(
                """
                {"eventVersion":1.10,"eventTime":1772442000,"eventID":42,"eventName":true,"awsRegion":{"a":1},"userAgent":[1],"readOnly":"True","managementEvent":"no","recipientAccountId":12345,"userIdentity":"root","resources":{"ARN":"x"},"requestParameters":"text","responseElements":[1,2],"sourceIPAddress":null,"eventSource":"x\\u0041"}
                """);
        assertThat(event.eventVersion()).isEqualTo("1.10");
        assertThat(event.eventTime()).isEqualTo(Instant.parse("2026-03-02T09:00:00Z"));
        assertThat(event.eventId()).isEqualTo("42");
        assertThat(event.eventName()).isEqualTo("true");
        assertThat(event.awsRegion()).isNull();
        assertThat(event.userAgent()).isNull();
        assertThat(event.readOnly()).isTrue();
        assertThat(event.managementEvent()).isNull();
        assertThat(event.recipientAccountId()).isEqualTo("12345");
        assertThat(event.userIdentity()).isEqualTo(UserIdentity.NONE);
        assertThat(event.resources()).isEmpty();
        assertThat(span(event, event.requestParameters())).isEqualTo("\"text\"");
        assertThat(span(event, event.responseElements())).isEqualTo("[1,2]");
        assertThat(event.sourceIpAddress()).isNull();
        assertThat(event.eventSource()).isEqualTo("xA");
    }

    @Test
    void an_empty_access_key_is_none() {
        CloudTrailEvent event = read(
                """
                {"eventVersion":"1.10","eventTime":"2026-03-02T09:00:00Z","eventID":"e","userIdentity":{"type":"IAMUser","accessKeyId":"","userName":"dana"}}
                """);
        assertThat(event.userIdentity().accessKeyId()).isNull();
        assertThat(event.userIdentity().userName()).isEqualTo("dana");
    }

    @Test
    void one_record_leaves_nothing_behind_for_the_next() {
        read(
                """
                {"eventVersion":"1.10","eventTime":"2026-03-02T09:00:00Z","eventID":"e","errorCode":"AccessDenied","readOnly":true,"userIdentity":{"type":"IAMUser","sessionContext":{"sessionIssuer":{"arn":"x"}}},"resources":[{"ARN":"y"}],"requestParameters":{"a":1}}
                """);
        CloudTrailEvent event =
                read("{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-03-02T09:00:00Z\",\"eventName\":\"X\"}");
        assertThat(event.errorCode()).isNull();
        assertThat(event.readOnly()).isNull();
        assertThat(event.userIdentity()).isEqualTo(UserIdentity.NONE);
        assertThat(event.resources()).isEmpty();
        assertThat(event.requestParameters()).isNull();
    }

    @Test
    void bytes_that_are_not_utf_8_are_replaced_in_fields_and_kept_in_raw() {
        byte[] json =
                "{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-03-02T09:00:00Z\",\"userAgent\":\"a?b\",\"eventID\":\"e\"}"
                        .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < json.length; i++) {
            json[i] = json[i] == '?' ? (byte) 0xfe : json[i];
        }
        byte[] before = json.clone();
        CloudTrailEvent event = ((Decoded.Read<CloudTrailEvent>) codec.decode(json, ORIGIN)).value();
        assertThat(event.userAgent()).isEqualTo("a\uFFFDb");
        assertThat(event.raw()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"eventVersion":"1.10","eventTime":"2026-03-02T09:00:00Z","eventID":"e" | MALFORMED
                    {"eventVersion":"1.10","eventTime":"2026-03-02T09:00:00Z","eventID":"e"} x | MALFORMED
                    {"eventVersion":"1.10","eventTime":"2026-03-02T09:00:00Z","eventID":"e","eventID":"f"} | DUPLICATE_KEY
                    {"eventVersion":"1.10","eventTime":"2026-03-02T09:00:00Z","requestParameters":{"a":1,"a":2}} | DUPLICATE_KEY
                    {"eventVersion":"1.10","eventName":"X","eventID":"e"} | INCOMPLETE
                    {"eventVersion":"1.10","eventName":"X","eventTime":"redacted"} | INCOMPLETE
                    {"eventVersion":"1.10","eventName":"X","eventTime":"0001-01-01T00:00:00Z"} | INCOMPLETE
                    {"eventVersion":"1.10","eventName":"X","eventTime":null} | UNRECOGNISED
                    {"eventVersion":"1.10","eventName":"X","eventTime":"redacted","@timestamp":"2026-03-02T09:00:00Z"} | INCOMPLETE
                    {"eventVersion":"1.10","eventName":"X","eventID":"e","@timestamp":{"a":1}} | INCOMPLETE
                    {"hello":"world"} | UNRECOGNISED
                    {} | UNRECOGNISED
                    [1,2] | UNRECOGNISED
                    "text" | UNRECOGNISED
                    """)
    void what_cannot_be_read_says_why(String json, Reason reason) {
        DeadLetter letter = rejected(json);
        assertThat(letter.reason()).isEqualTo(reason);
        assertThat(letter.message()).isNotEmpty();
        assertThat(letter.place()).startsWith("record 7");
        assertThat(new String(letter.payload(), StandardCharsets.UTF_8)).isEqualTo(json);
        assertThat(letter.payloadLength()).isEqualTo(json.length());
    }

    @Test
    void a_fault_has_line_and_column() {
        assertThat(rejected("{\n  \"eventVersion\": \"1.10\",\n  \"eventTime\": x\n}")
                        .place())
                .isEqualTo("record 7, line 3, column 16");
    }

    @Test
    void a_notification_of_s3_is_no_record_though_it_looks_like_one() {
        DeadLetter letter = rejected(
                """
                {"eventVersion":"2.0","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"1970-01-01T00:00:00.123Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"EXAMPLE"},"s3":{}}""");
        assertThat(letter.reason()).isEqualTo(Reason.UNRECOGNISED);
        assertThat(letter.message()).contains("aws:s3");
    }

    @Test
    void a_huge_payload_is_cut_and_its_length_kept() {
        String json = "{\"a\":\"" + "x".repeat(3 * 1024 * 1024) + "\"}";
        DeadLetter letter = rejected(json);
        assertThat(letter.reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(letter.payload()).hasSize(DeadLetter.MAX_PAYLOAD);
        assertThat(letter.payloadLength()).isEqualTo(json.length());
    }

    @Test
    void a_deep_record_is_refused() {
        String json = "{\"eventVersion\":\"1.10\",\"requestParameters\":" + "[".repeat(200) + "]".repeat(200) + "}";
        assertThat(rejected(json).reason()).isEqualTo(Reason.TOO_DEEP);
    }

    private CloudTrailEvent read(String json) {
        Decoded<CloudTrailEvent> decoded = codec.decode(json.getBytes(StandardCharsets.UTF_8), ORIGIN);
        assertThat(decoded).isInstanceOf(Decoded.Read.class);
        return ((Decoded.Read<CloudTrailEvent>) decoded).value();
    }

    private DeadLetter rejected(String json) {
        Decoded<CloudTrailEvent> decoded = codec.decode(json.getBytes(StandardCharsets.UTF_8), ORIGIN);
        assertThat(decoded).isInstanceOf(Decoded.Rejected.class);
        return ((Decoded.Rejected<CloudTrailEvent>) decoded).deadLetter();
    }

    private static String span(CloudTrailEvent event, JsonSpan span) {
        return new String(Arrays.copyOfRange(event.raw(), span.start(), span.end()), StandardCharsets.UTF_8);
    }
}
