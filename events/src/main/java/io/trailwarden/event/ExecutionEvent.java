package io.trailwarden.event;

import io.trailwarden.event.json.JsonSpan;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One Step Functions history event as CloudWatch Logs delivers it, beside its original bytes.
 *
 * <p>Identity is {@code (executionArn, redriveCount, id, type)}: a redrive keeps the execution ARN and continues its
 * history (Step Functions developer guide, "Redriving executions"). Payloads ({@code input}, {@code output},
 * {@code parameters}) stay in {@code raw} only; {@code error} and {@code cause} are logged even where execution data is
 * not.
 *
 * @param executionArn Standard {@code ...:execution:machine:name} or Express {@code ...:express:machine:name:uuid}
 * @param stateMachineArn derived from the execution ARN, without the label of a distributed map
 * @param mapLabel label of the distributed map that the execution is a child of
 * @param type one of the 62 history event types, or one that AWS adds later
 * @param details where {@code details} stands in {@code raw}
 * @param name state name, or iteration name
 * @param resourceType for example {@code lambda} or {@code aws-sdk:iam}
 * @param resource for example {@code invoke} or {@code createAccessKey}
 * @param roleArn the execution role, on {@code ExecutionStarted}
 * @param taskRoleArn {@code taskCredentials.roleArn}: the role that one task assumes
 */
public record ExecutionEvent(
        String executionArn,
        String stateMachineArn,
        String executionName,
        @Nullable String mapLabel,
        boolean express,
        String account,
        String region,
        long id,
        long previousEventId,
        String type,
        Instant eventTime,
        int redriveCount,
        @Nullable JsonSpan details,
        @Nullable String name,
        @Nullable String resourceType,
        @Nullable String resource,
        @Nullable String roleArn,
        @Nullable String taskRoleArn,
        @Nullable String error,
        @Nullable String cause,
        byte[] raw,
        Origin origin)
        implements AuditEvent {

    @Override
    public String principal() {
        return stateMachineArn;
    }

    /** The one text that identifies this event however often it is delivered. */
    @Override
    public String key() {
        return eventId();
    }

    @Override
    public String eventId() {
        return executionArn + '#' + redriveCount + '#' + id + '#' + type;
    }
}
