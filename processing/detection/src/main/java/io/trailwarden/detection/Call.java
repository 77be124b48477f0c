package io.trailwarden.detection;

import io.trailwarden.event.ActorKey;
import io.trailwarden.event.AuditResource;
import io.trailwarden.event.Bounded;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call was: who did what, where, to which resources, with what outcome. Of a CloudTrail record, or of a step of
 * an execution. Its texts are {@link Bounded}.
 *
 * @param resources ARNs that the call named, at most {@link #MAX_RESOURCES}
 * @param errorCode null when the call succeeded
 */
public record Call(
        Caller caller, Operation operation, Place place, List<String> resources, @Nullable String errorCode) {

    /** How many resources of one call are told apart. */
    public static final int MAX_RESOURCES = 8;

    /** Bounds what is too much. */
    public Call {
        resources = resources.isEmpty()
                ? List.of()
                : resources.stream().limit(MAX_RESOURCES).map(Bounded::text).toList();
        errorCode = Bounded.textOrNull(errorCode);
    }

    /**
     * Who.
     *
     * @param principal see {@link ActorKey}; of a step the state machine
     * @param type {@code userIdentity.type}
     * @param sessionArn {@code userIdentity.arn}
     * @param invokedBy the AWS service that made the call for the principal
     */
    public record Caller(
            String principal,
            @Nullable String type,
            @Nullable String sessionArn,
            @Nullable String invokedBy,
            @Nullable String sourceAddress) {

        /** Bounds what is too long. */
        public Caller {
            principal = Bounded.text(principal);
            type = Bounded.textOrNull(type);
            sessionArn = Bounded.textOrNull(sessionArn);
            invokedBy = Bounded.textOrNull(invokedBy);
            sourceAddress = Bounded.textOrNull(sourceAddress);
        }
    }

    /**
     * What.
     *
     * @param service {@code eventSource} as written, for example {@code states.amazonaws.com}; of a step the
     *     {@code resourceType}
     * @param name {@code eventName} as written; of a step the {@code resource}
     * @param readOnly whether CloudTrail says that the call changes nothing
     */
    public record Operation(@Nullable String service, @Nullable String name, boolean readOnly) {

        /** Bounds what is too long. */
        public Operation {
            service = Bounded.textOrNull(service);
            name = Bounded.textOrNull(name);
        }
    }

    /**
     * Where.
     *
     * @param account whose activity it is; empty when the record names none
     */
    public record Place(String account, @Nullable String region) {

        /** Bounds what is too long. */
        public Place {
            account = Bounded.text(account);
            region = Bounded.textOrNull(region);
        }
    }

    /** What a CloudTrail record says. */
    public static Call of(CloudTrailEvent event) {
        return new Call(
                new Caller(
                        event.actorKey(),
                        event.userIdentity().type(),
                        event.userIdentity().arn(),
                        event.userIdentity().invokedBy(),
                        event.sourceIpAddress()),
                new Operation(event.eventSource(), event.eventName(), Boolean.TRUE.equals(event.readOnly())),
                new Place(event.account(), event.awsRegion()),
                arns(event.resources()),
                event.errorCode());
    }

    /** What a step of an execution says: the state machine called this service. */
    public static Call of(ExecutionEvent event, @Nullable String service, @Nullable String name) {
        return new Call(
                new Caller(event.stateMachineArn(), null, null, null, null),
                new Operation(service, name, false),
                new Place(event.account(), event.region()),
                List.of(),
                event.error());
    }

    /** The same call, to these resources. */
    public Call withResources(List<String> others) {
        return new Call(caller, operation, place, others, errorCode);
    }

    /** Who, see {@link Caller#principal()}. */
    public String principal() {
        return caller.principal();
    }

    /** Whose activity it is. */
    public String account() {
        return place.account();
    }

    /** The Region. */
    public @Nullable String region() {
        return place.region();
    }

    /** {@code states:StartExecution}. */
    public String action() {
        return Phrases.action(operation.service(), operation.name());
    }

    private static List<String> arns(List<AuditResource> resources) {
        if (resources.isEmpty()) {
            return List.of();
        }
        List<String> arns = new ArrayList<>(Math.min(resources.size(), MAX_RESOURCES));
        for (AuditResource resource : resources) {
            if (resource.arn() != null && arns.size() < MAX_RESOURCES) {
                arns.add(resource.arn());
            }
        }
        return arns;
    }
}
