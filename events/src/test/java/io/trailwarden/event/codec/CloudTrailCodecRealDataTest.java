package io.trailwarden.event.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.event.UserIdentity;
import io.trailwarden.event.json.JsonSpan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What we read from real records is what an independent reader (Jackson's tree) reads from them. */
class CloudTrailCodecRealDataTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Origin ORIGIN = new Origin("file", "a.json", 0, "00", Instant.EPOCH);

    private final CloudTrailCodec codec = new CloudTrailCodec();

    @Test
    void every_field_agrees_with_the_tree_reader() throws IOException {
        List<JsonNode> records = SharedData.cloudTrailRecords();
        assertThat(records).hasSizeGreaterThan(1_800);

        for (JsonNode record : records) {
            byte[] compact = MAPPER.writeValueAsBytes(record);
            byte[] pretty = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(record);
            for (byte[] raw : List.of(compact, pretty)) {
                agrees(record, raw);
            }
        }
    }

    private void agrees(JsonNode record, byte[] raw) throws IOException {
        Decoded<CloudTrailEvent> decoded = codec.decode(raw, ORIGIN);
        assertThat(decoded).as("%s", record).isInstanceOf(Decoded.Read.class);
        CloudTrailEvent event = ((Decoded.Read<CloudTrailEvent>) decoded).value();
        if (record.has("eventID")) {
            assertThat(event.eventId()).isEqualTo(text(record, "eventID"));
        } else {
            assertThat(event.eventId()).startsWith("sha256:").hasSize(71);
        }
        assertThat(event.eventTime()).isEqualTo(Instant.parse(text(record, "eventTime")));
        assertThat(event.eventVersion()).isEqualTo(text(record, "eventVersion"));
        assertThat(event.eventSource()).isEqualTo(text(record, "eventSource"));
        assertThat(event.eventName()).isEqualTo(text(record, "eventName"));
        assertThat(event.awsRegion()).isEqualTo(text(record, "awsRegion"));
        assertThat(event.sourceIpAddress()).isEqualTo(text(record, "sourceIPAddress"));
        assertThat(event.userAgent()).isEqualTo(text(record, "userAgent"));
        assertThat(event.errorCode()).isEqualTo(text(record, "errorCode"));
        assertThat(event.errorMessage()).isEqualTo(text(record, "errorMessage"));
        assertThat(event.requestId()).isEqualTo(text(record, "requestID"));
        assertThat(event.eventType()).isEqualTo(text(record, "eventType"));
        assertThat(event.eventCategory()).isEqualTo(text(record, "eventCategory"));
        assertThat(event.apiVersion()).isEqualTo(text(record, "apiVersion"));
        assertThat(event.recipientAccountId()).isEqualTo(text(record, "recipientAccountId"));
        assertThat(event.sharedEventId()).isEqualTo(text(record, "sharedEventID"));
        assertThat(event.vpcEndpointId()).isEqualTo(text(record, "vpcEndpointId"));
        assertThat(event.vpcEndpointAccountId()).isEqualTo(text(record, "vpcEndpointAccountId"));
        assertThat(event.managementEvent())
                .isEqualTo(
                        record.has("managementEvent")
                                ? record.get("managementEvent").asBoolean()
                                : null);
        assertThat(event.readOnly())
                .isEqualTo(record.has("readOnly") ? record.get("readOnly").asBoolean() : null);
        assertThat(event.resources()).hasSize(record.path("resources").size());
        for (int i = 0; i < event.resources().size(); i++) {
            JsonNode resource = record.get("resources").get(i);
            assertThat(event.resources().get(i).accountId()).isEqualTo(text(resource, "accountId"));
            assertThat(event.resources().get(i).type()).isEqualTo(text(resource, "type"));
            assertThat(event.resources().get(i).arn()).isEqualTo(text(resource, "ARN"));
        }
        spans(raw, event.requestParameters(), record.get("requestParameters"));
        spans(raw, event.responseElements(), record.get("responseElements"));
        spans(raw, event.additionalEventData(), record.get("additionalEventData"));
        spans(raw, event.serviceEventDetails(), record.get("serviceEventDetails"));
        identity(event.userIdentity(), record.path("userIdentity"));
        assertThat(event.raw()).isSameAs(raw);
        if ("AssumeRole".equals(event.eventName())) {
            assertThat(event.assumedRoleArn()).isEqualTo(text(record.path("requestParameters"), "roleArn"));
            JsonNode response = record.path("responseElements");
            assertThat(event.issuedAccessKeyId()).isEqualTo(text(response.path("credentials"), "accessKeyId"));
            assertThat(event.issuedSessionArn()).isEqualTo(text(response.path("assumedRoleUser"), "arn"));
        } else if (event.eventName() == null || !event.eventName().startsWith("AssumeRole")) {
            assertThat(event.issuedAccessKeyId()).isNull();
        }
    }

    private static void identity(UserIdentity read, JsonNode written) {
        assertThat(read.type()).isEqualTo(text(written, "type"));
        assertThat(read.principalId()).isEqualTo(text(written, "principalId"));
        assertThat(read.arn()).isEqualTo(text(written, "arn"));
        assertThat(read.accountId()).isEqualTo(text(written, "accountId"));
        String key = text(written, "accessKeyId");
        assertThat(read.accessKeyId()).isEqualTo("".equals(key) ? null : key);
        assertThat(read.userName()).isEqualTo(text(written, "userName"));
        assertThat(read.invokedBy()).isEqualTo(text(written, "invokedBy"));
        assertThat(read.identityProvider()).isEqualTo(text(written, "identityProvider"));
        JsonNode session = written.path("sessionContext");
        assertThat(read.sourceIdentity()).isEqualTo(text(session, "sourceIdentity"));
        assertThat(read.issuerType()).isEqualTo(text(session.path("sessionIssuer"), "type"));
        assertThat(read.issuerArn()).isEqualTo(text(session.path("sessionIssuer"), "arn"));
        assertThat(read.issuerAccountId()).isEqualTo(text(session.path("sessionIssuer"), "accountId"));
        assertThat(read.issuerUserName()).isEqualTo(text(session.path("sessionIssuer"), "userName"));
        assertThat(read.sessionCreated()).isEqualTo(text(session.path("attributes"), "creationDate"));
        assertThat(read.mfaAuthenticated()).isEqualTo(text(session.path("attributes"), "mfaAuthenticated"));
        assertThat(read.onBehalfOfUserId()).isEqualTo(text(written.path("onBehalfOf"), "userId"));
    }

    private static void spans(byte[] raw, @Nullable JsonSpan span, @Nullable JsonNode written) throws IOException {
        if (written == null || written.isNull()) {
            assertThat(span).isNull();
            return;
        }
        assertThat(span).isNotNull();
        String found = new String(raw, span.start(), span.end() - span.start(), StandardCharsets.UTF_8);
        assertThat(MAPPER.readTree(found)).isEqualTo(written);
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode member = node.get(name);
        return member == null || member.isNull() ? null : member.asText();
    }
}
