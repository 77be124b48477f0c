package io.trailwarden.detection;

import io.trailwarden.event.ActorKey;
import io.trailwarden.event.AuditResource;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.FindingId;
import java.time.Instant;
import java.util.ArrayList;
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
 * @param resources ARNs that the call named, at most {@link #MAX_RESOURCES}
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
        List<String> resources,
        @Nullable String stateMachineArn,
        @Nullable String link,
        @Nullable String detail,
        boolean readOnly,
        List<String> path) {

    /** How many resources of one call are told apart. */
    public static final int MAX_RESOURCES = 8;

    /** How long a text may be, in characters; what is longer is cut, so that no record can make a state large. */
    public static final int MAX_TEXT = 1_024;

    /** Cuts what is too long; a key that is too long ends in the hash of the whole. */
    public Signal {
        if (key.length() > 2 * MAX_TEXT) {
            key = key.substring(0, 2 * MAX_TEXT) + '#' + FindingId.of("key", key);
        }
        kind = cut(kind);
        eventId = cut(eventId);
        account = cut(account);
        region = cutOrNull(region);
        service = cutOrNull(service);
        call = cutOrNull(call);
        principal = cutOrNull(principal);
        principalType = cutOrNull(principalType);
        sessionArn = cutOrNull(sessionArn);
        accessKeyId = cutOrNull(accessKeyId);
        invokedBy = cutOrNull(invokedBy);
        sourceAddress = cutOrNull(sourceAddress);
        errorCode = cutOrNull(errorCode);
        stateMachineArn = cutOrNull(stateMachineArn);
        link = cutOrNull(link);
        detail = cutOrNull(detail);
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }

    private static @Nullable String cutOrNull(@Nullable String text) {
        return text == null ? null : cut(text);
    }

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
                arns(event.resources()),
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
                List.of(),
                event.stateMachineArn(),
                null,
                null,
                false,
                List.of());
    }

    /** The same signal for another key and of another kind. */
    public Signal as(String newKey, String newKind) {
        return copy(newKey, newKind, resources, link, detail, path);
    }

    /** The same signal about these resources. */
    public Signal withResources(List<String> newResources) {
        return copy(key, kind, List.copyOf(newResources), link, detail, path);
    }

    /** The same signal with another end. */
    public Signal withLink(@Nullable String newLink, @Nullable String newDetail) {
        return copy(key, kind, resources, newLink, newDetail, path);
    }

    /** The same signal, having come this way. */
    public Signal withPath(List<String> newPath) {
        return copy(key, kind, resources, link, detail, List.copyOf(newPath));
    }

    /** The same signal about another service's call. */
    public Signal withCall(String newService, String newCall) {
        return new Signal(
                detector,
                key,
                kind,
                eventId,
                eventTime,
                account,
                region,
                newService,
                newCall,
                principal,
                principalType,
                sessionArn,
                accessKeyId,
                invokedBy,
                sourceAddress,
                errorCode,
                resources,
                stateMachineArn,
                link,
                detail,
                readOnly,
                path);
    }

    private Signal copy(
            String newKey,
            String newKind,
            List<String> newResources,
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
                newResources,
                stateMachineArn,
                newLink,
                newDetail,
                readOnly,
                newPath);
    }

    private static List<String> arns(List<AuditResource> resources) {
        if (resources.isEmpty()) {
            return List.of();
        }
        List<String> arns = new ArrayList<>(Math.min(resources.size(), MAX_RESOURCES));
        for (AuditResource resource : resources) {
            if (resource.arn() != null && arns.size() < MAX_RESOURCES) {
                arns.add(cut(resource.arn()));
            }
        }
        return List.copyOf(arns);
    }
}
