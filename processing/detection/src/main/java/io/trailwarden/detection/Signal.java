package io.trailwarden.detection;

import io.trailwarden.event.ActorKey;
import io.trailwarden.event.AuditResource;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one event means to one stateful detector: the only thing that is keyed and shuffled, never the whole record.
 *
 * <p>One concrete record serves all detectors, so that the stream needs one serialiser. Only the first five components
 * have one meaning everywhere.
 *
 * @param detector {@link KeyedDetector#name()} of the detector it is for
 * @param key the detector's state key; signals of one detector and key meet in one state
 * @param kind what the signal says, in the detector's own words
 * @param eventId the event behind it
 * @param eventTime of that event
 * @param account whose activity it is
 * @param service {@code eventSource} as written, for example {@code states.amazonaws.com}; of executions the
 *     {@code resourceType}
 * @param call {@code eventName} as written; of executions the {@code resource}
 * @param principal see {@link ActorKey}; of executions the state machine
 * @param principalType {@code userIdentity.type}
 * @param sessionArn {@code userIdentity.arn}
 * @param invokedBy the AWS service that made the call for the principal
 * @param resource the resource's ARN, cut to what the detector tells apart
 * @param link the other end of what the signal tells, as the detector defines it: a foreign account, an issued key
 * @param detail more about the other end
 * @param readOnly whether CloudTrail says that the call changes nothing
 * @param path where the news came from, round by round; empty in the first
 */
public record Signal(
        String detector,
        String key,
        String kind,
        String eventId,
        Instant eventTime,
        String account,
        @Nullable String region,
        @Nullable String service,
        @Nullable String call,
        @Nullable String principal,
        @Nullable String principalType,
        @Nullable String sessionArn,
        @Nullable String accessKeyId,
        @Nullable String invokedBy,
        @Nullable String sourceAddress,
        @Nullable String errorCode,
        @Nullable String resource,
        @Nullable String stateMachineArn,
        @Nullable String link,
        @Nullable String detail,
        boolean readOnly,
        List<String> path) {

    /** What a CloudTrail record says: everything it holds that a signal has room for. */
    public static Signal of(String detector, String key, String kind, CloudTrailEvent event) {
        return new Signal(
                detector,
                key,
                kind,
                event.eventId(),
                event.eventTime(),
                event.account(),
                event.awsRegion(),
                event.eventSource(),
                event.eventName(),
                event.actorKey(),
                event.userIdentity().type(),
                event.userIdentity().arn(),
                event.userIdentity().accessKeyId(),
                event.userIdentity().invokedBy(),
                event.sourceIpAddress(),
                event.errorCode(),
                firstArn(event.resources()),
                event.stateMachineArn(),
                null,
                null,
                Boolean.TRUE.equals(event.readOnly()),
                List.of());
    }

    /** What a history event says. */
    public static Signal of(String detector, String key, String kind, ExecutionEvent event) {
        return new Signal(
                detector,
                key,
                kind,
                event.eventId(),
                event.eventTime(),
                event.account(),
                event.region(),
                event.resourceType(),
                event.resource(),
                event.stateMachineArn(),
                null,
                null,
                null,
                null,
                null,
                event.error(),
                event.executionArn(),
                event.stateMachineArn(),
                null,
                null,
                false,
                List.of());
    }

    /** The same signal for another key and of another kind. */
    public Signal as(String newKey, String newKind) {
        return copy(newKey, newKind, resource, link, detail, path);
    }

    /** The same signal about this resource. */
    public Signal withResource(@Nullable String newResource) {
        return copy(key, kind, newResource, link, detail, path);
    }

    /** The same signal with another end. */
    public Signal withLink(@Nullable String newLink, @Nullable String newDetail) {
        return copy(key, kind, resource, newLink, newDetail, path);
    }

    /** The same signal, having come this way. */
    public Signal withPath(List<String> newPath) {
        return copy(key, kind, resource, link, detail, List.copyOf(newPath));
    }

    private Signal copy(
            String newKey,
            String newKind,
            @Nullable String newResource,
            @Nullable String newLink,
            @Nullable String newDetail,
            List<String> newPath) {
        return new Signal(
                detector,
                newKey,
                newKind,
                eventId,
                eventTime,
                account,
                region,
                service,
                call,
                principal,
                principalType,
                sessionArn,
                accessKeyId,
                invokedBy,
                sourceAddress,
                errorCode,
                newResource,
                stateMachineArn,
                newLink,
                newDetail,
                readOnly,
                newPath);
    }

    private static @Nullable String firstArn(List<AuditResource> resources) {
        for (AuditResource resource : resources) {
            if (resource.arn() != null) {
                return resource.arn();
            }
        }
        return null;
    }
}
