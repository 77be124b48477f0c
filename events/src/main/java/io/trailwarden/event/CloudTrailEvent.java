package io.trailwarden.event;

import io.trailwarden.event.json.JsonSpan;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One CloudTrail record of any kind (management, data, network activity, Insights, aggregated, service event; versions
 * 1.01 to 1.11) beside its original bytes.
 *
 * <p>Names are CloudTrail's own. Only {@code eventId}, {@code eventTime}, {@code raw} and {@code origin} are always
 * present; a record without an id of its own gets {@code sha256:} and the hash of its bytes, so that it still has
 * exactly one identity. {@code raw} is never changed. Redaction strings such as
 * {@code HIDDEN_DUE_TO_SECURITY_REASONS} are kept as they are and mean "unknown".
 *
 * @param eventId CloudTrail's {@code eventID} ({@code eventId} on aggregated events)
 * @param eventTime when the call completed; of aggregated events the end of the window
 * @param actorKey the stable principal: see {@link ActorKey}
 * @param requestParameters where the value stands in {@code raw}; null when absent or JSON null
 * @param responseElements where the value stands in {@code raw}; null when absent or JSON null
 * @param additionalEventData where the value stands in {@code raw}; null when absent or JSON null
 * @param serviceEventDetails where the value stands in {@code raw}; null when absent or JSON null
 * @param assumedRoleArn {@code requestParameters.roleArn} of {@code sts:AssumeRole*}
 * @param issuedAccessKeyId {@code responseElements.credentials.accessKeyId} of {@code sts:AssumeRole*}
 * @param issuedSessionArn {@code responseElements.assumedRoleUser.arn} of {@code sts:AssumeRole*}
 * @param stateMachineArn of Step Functions calls, from {@code requestParameters}, {@code responseElements} or
 *     {@code resources}
 * @param executionArn of Step Functions calls
 */
public record CloudTrailEvent(
        String eventId,
        Instant eventTime,
        @Nullable String eventVersion,
        @Nullable String eventSource,
        @Nullable String eventName,
        @Nullable String awsRegion,
        @Nullable String sourceIpAddress,
        @Nullable String userAgent,
        @Nullable String errorCode,
        @Nullable String errorMessage,
        @Nullable String requestId,
        @Nullable String eventType,
        @Nullable String eventCategory,
        @Nullable String apiVersion,
        @Nullable Boolean managementEvent,
        @Nullable Boolean readOnly,
        @Nullable String recipientAccountId,
        @Nullable String sharedEventId,
        @Nullable String vpcEndpointId,
        @Nullable String vpcEndpointAccountId,
        UserIdentity userIdentity,
        String actorKey,
        List<AuditResource> resources,
        @Nullable JsonSpan requestParameters,
        @Nullable JsonSpan responseElements,
        @Nullable JsonSpan additionalEventData,
        @Nullable JsonSpan serviceEventDetails,
        @Nullable String assumedRoleArn,
        @Nullable String issuedAccessKeyId,
        @Nullable String issuedSessionArn,
        @Nullable String stateMachineArn,
        @Nullable String executionArn,
        byte[] raw,
        Origin origin)
        implements AuditEvent {

    private static final Pattern UUID_FORM =
            Pattern.compile("\\p{XDigit}{8}-(?:\\p{XDigit}{4}-){3}\\p{XDigit}{12}|sha256:\\p{XDigit}{64}");

    /** The key of the event with this id in this account; nothing after the bar if the record names no account. */
    public static String key(String eventId, @Nullable String recipientAccountId) {
        return recipientAccountId == null ? eventId + '|' : eventId + '|' + recipientAccountId;
    }

    @Override
    public String key() {
        return key(eventId, recipientAccountId);
    }

    /** CloudTrail's ids are UUIDs; any other was put in the place of one. */
    @Override
    public String identity() {
        return UUID_FORM.matcher(eventId).matches()
                ? eventId
                : String.join("|", eventId, eventTime.toString(), eventSource, eventName);
    }

    @Override
    public String principal() {
        return actorKey;
    }

    @Override
    public @Nullable String region() {
        return awsRegion;
    }

    /** The account whose activity this is: the recipient, else the caller's own; empty when the record names none. */
    @Override
    public String account() {
        if (recipientAccountId != null) {
            return recipientAccountId;
        }
        return userIdentity.accountId() == null ? "" : userIdentity.accountId();
    }
}
