package io.trailwarden.event.codec;

import io.trailwarden.event.ActorKey;
import io.trailwarden.event.AuditResource;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.Origin;
import io.trailwarden.event.UserIdentity;
import io.trailwarden.event.json.JsonFault;
import io.trailwarden.event.json.JsonNames;
import io.trailwarden.event.json.JsonScanner;
import io.trailwarden.event.json.JsonSpan;
import io.trailwarden.event.json.JsonToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads CloudTrail records of every kind and version in one pass over their bytes.
 *
 * <p>Lenient about content: unknown members are checked and passed over, a number or boolean where text is expected is
 * taken as written, an object or list there counts as absent, booleans may be text. Strict about what would make two
 * readers disagree: grammar and duplicate names. Refused as unrecognised: what is not a CloudTrail record, such as the
 * notifications of S3 and Kinesis, which share many of its names. Refused as incomplete: a record whose time cannot be
 * read, because everything downstream happens in event time; {@code @timestamp} stands in for an eventTime that is missing.
 *
 * <p>An instance is reused for many records and belongs to one thread.
 */
public final class CloudTrailCodec {

    /** How many of the names that mark a CloudTrail record must be there. */
    private static final int MARKS = 3;

    private static final JsonNames TOP = JsonNames.of(
            "eventVersion", // 0
            "userIdentity", // 1
            "eventTime", // 2
            "eventSource", // 3
            "eventName", // 4
            "awsRegion", // 5
            "sourceIPAddress", // 6
            "userAgent", // 7
            "errorCode", // 8
            "errorMessage", // 9
            "requestParameters", // 10
            "responseElements", // 11
            "additionalEventData", // 12
            "requestID", // 13
            "eventID", // 14
            "eventType", // 15
            "apiVersion", // 16
            "managementEvent", // 17
            "readOnly", // 18
            "resources", // 19
            "recipientAccountId", // 20
            "serviceEventDetails", // 21
            "sharedEventID", // 22
            "vpcEndpointId", // 23
            "vpcEndpointAccountId", // 24
            "eventCategory", // 25
            "eventId", // 26
            "timeWindow", // 27
            "accountId", // 28
            "@timestamp"); // 29

    private static final JsonNames IDENTITY = JsonNames.of(
            "type", // 0
            "principalId", // 1
            "arn", // 2
            "accountId", // 3
            "accessKeyId", // 4
            "userName", // 5
            "invokedBy", // 6
            "sessionContext", // 7
            "onBehalfOf", // 8
            "identityProvider"); // 9

    private static final JsonNames SESSION =
            JsonNames.of("sessionIssuer", "attributes", "sourceIdentity", "ec2RoleDelivery");
    private static final JsonNames ISSUER = JsonNames.of("type", "arn", "accountId", "userName");
    private static final JsonNames ATTRIBUTES = JsonNames.of("creationDate", "mfaAuthenticated");
    private static final JsonNames ON_BEHALF_OF = JsonNames.of("userId");
    private static final JsonNames RESOURCE = JsonNames.of("accountId", "type", "ARN", "arn");
    private static final JsonNames WINDOW = JsonNames.of("windowEnd");
    private static final JsonNames REQUEST = JsonNames.of("roleArn", "stateMachineArn", "executionArn");
    private static final JsonNames RESPONSE =
            JsonNames.of("credentials", "assumedRoleUser", "stateMachineArn", "executionArn");
    private static final JsonNames CREDENTIALS = JsonNames.of("accessKeyId");
    private static final JsonNames ROLE_USER = JsonNames.of("arn");

    private final JsonScanner scanner = new JsonScanner();
    private final SymbolTable symbols = new SymbolTable();

    private byte[] bytes = new byte[0];
    private int marks;
    private boolean upperId;

    private @Nullable String eventVersion;
    private @Nullable Instant eventTime;
    private @Nullable String eventTimeText;
    private @Nullable Instant windowEnd;

    /** Logstash and its like rename eventTime to it. */
    private @Nullable Instant timestamp;

    private @Nullable String eventSource;
    private @Nullable String eventName;
    private @Nullable String awsRegion;
    private @Nullable String sourceIpAddress;
    private @Nullable String userAgent;
    private @Nullable String errorCode;
    private @Nullable String errorMessage;
    private @Nullable String requestId;
    private @Nullable String eventId;
    private @Nullable String eventType;
    private @Nullable String eventCategory;
    private @Nullable String apiVersion;
    private @Nullable Boolean managementEvent;
    private @Nullable Boolean readOnly;
    private @Nullable String recipientAccountId;
    private @Nullable String accountId;
    private @Nullable String sharedEventId;
    private @Nullable String vpcEndpointId;
    private @Nullable String vpcEndpointAccountId;
    private UserIdentity identity = UserIdentity.NONE;
    private List<AuditResource> resources = List.of();
    private @Nullable JsonSpan requestParameters;
    private @Nullable JsonSpan responseElements;
    private @Nullable JsonSpan additionalEventData;
    private @Nullable JsonSpan serviceEventDetails;
    private @Nullable String roleArn;
    private @Nullable String issuedAccessKeyId;
    private @Nullable String issuedSessionArn;
    private @Nullable String stateMachineArn;
    private @Nullable String executionArn;

    // Of userIdentity.sessionContext and its children.
    private @Nullable String issuerType;
    private @Nullable String issuerArn;
    private @Nullable String issuerAccountId;
    private @Nullable String issuerUserName;
    private @Nullable String sessionCreated;
    private @Nullable String mfaAuthenticated;
    private @Nullable String ec2RoleDelivery;
    private @Nullable String sourceIdentity;
    private @Nullable String onBehalfOfUserId;

    /**
     * Reads one record.
     *
     * @param raw its bytes in UTF-8, kept by the event and never changed; white space around it is allowed
     */
    public Decoded<CloudTrailEvent> decode(byte[] raw, Origin origin) {
        clear();
        bytes = raw;
        try {
            scanner.reset(raw, 0, raw.length);
            JsonToken first = scanner.next();
            if (first == JsonToken.OBJECT_START) {
                readRecord();
            } else {
                scanner.skip();
            }
            scanner.next();
            if (first != JsonToken.OBJECT_START) {
                return Rejection.of(
                        Reason.UNRECOGNISED, first + " (expected: a CloudTrail record, an object)", raw, origin);
            }
        } catch (JsonFault fault) {
            return Rejection.of(fault, raw, origin);
        }
        if (eventSource != null && eventSource.startsWith("aws:")) {
            return Rejection.of(
                    Reason.UNRECOGNISED,
                    "an event of \"" + eventSource
                            + "\" (expected: a CloudTrail record); it only announces or wraps data",
                    raw,
                    origin);
        }
        if (marks < MARKS) {
            return Rejection.of(
                    Reason.UNRECOGNISED,
                    "not a CloudTrail record (expected: eventVersion, eventTime, eventSource, eventName, userIdentity, "
                            + "eventID and others; found " + marks + " of them)",
                    raw,
                    origin);
        }
        Instant time = eventTime == null ? windowEnd : eventTime;
        if (time == null && eventTimeText == null) {
            time = timestamp;
        }
        if (time == null) {
            String found = eventTimeText == null ? "no eventTime" : "eventTime: \"" + eventTimeText + "\"";
            return Rejection.of(
                    Reason.INCOMPLETE, found + " (expected: a time such as 2026-03-02T09:00:00Z)", raw, origin);
        }
        return new Decoded.Read<>(event(time, origin));
    }

    private CloudTrailEvent event(Instant time, Origin origin) {
        boolean assumesRole =
                "sts.amazonaws.com".equals(eventSource) && eventName != null && eventName.startsWith("AssumeRole");
        boolean states = "states.amazonaws.com".equals(eventSource);
        if (states && stateMachineArn == null) {
            stateMachineArn = stateMachineOfResources();
        }
        if (states && stateMachineArn == null && executionArn != null) {
            ExecutionArn parsed = ExecutionArn.parse(executionArn);
            stateMachineArn = parsed == null ? null : parsed.stateMachineArn();
        }
        return new CloudTrailEvent(
                eventId == null ? EventKeys.idOf(bytes, 0, bytes.length) : eventId,
                time,
                eventVersion,
                eventSource,
                eventName,
                awsRegion,
                sourceIpAddress,
                userAgent,
                errorCode,
                errorMessage,
                requestId,
                eventType,
                eventCategory,
                apiVersion,
                managementEvent,
                readOnly,
                // Aggregated events call it accountId.
                recipientAccountId == null ? accountId : recipientAccountId,
                sharedEventId,
                vpcEndpointId,
                vpcEndpointAccountId,
                identity,
                ActorKey.of(identity, recipientAccountId == null ? accountId : recipientAccountId, awsRegion),
                resources,
                requestParameters,
                responseElements,
                additionalEventData,
                serviceEventDetails,
                assumesRole ? roleArn : null,
                assumesRole ? issuedAccessKeyId : null,
                assumesRole ? issuedSessionArn : null,
                states ? stateMachineArn : null,
                states ? executionArn : null,
                bytes,
                origin);
    }

    private @Nullable String stateMachineOfResources() {
        for (AuditResource resource : resources) {
            if (resource.arn() != null && resource.arn().contains(":stateMachine:")) {
                return resource.arn();
            }
        }
        return null;
    }

    private void readRecord() {
        while (scanner.next() == JsonToken.NAME) {
            switch (TOP.numberOf(scanner)) {
                case 0 -> eventVersion = mark(symbol());
                case 1 -> readIdentity();
                case 2 -> readTime();
                case 3 -> eventSource = mark(symbol());
                case 4 -> eventName = mark(symbol());
                case 5 -> awsRegion = mark(symbol());
                case 6 -> sourceIpAddress = mark(symbol());
                case 7 -> userAgent = symbol();
                case 8 -> errorCode = symbol();
                case 9 -> errorMessage = text();
                case 10 -> requestParameters = readRequest();
                case 11 -> responseElements = readResponse();
                case 12 -> additionalEventData = span();
                case 13 -> requestId = text();
                case 14 -> {
                    String found = mark(nonEmpty(text()));
                    eventId = found == null ? eventId : found;
                    upperId = found != null;
                }
                case 15 -> eventType = mark(symbol());
                case 16 -> apiVersion = symbol();
                case 17 -> managementEvent = bool();
                case 18 -> readOnly = bool();
                case 19 -> readResources();
                case 20 -> recipientAccountId = mark(nonEmpty(symbol()));
                case 21 -> serviceEventDetails = span();
                case 22 -> sharedEventId = text();
                case 23 -> vpcEndpointId = symbol();
                case 24 -> vpcEndpointAccountId = symbol();
                case 25 -> eventCategory = mark(symbol());
                case 26 -> {
                    String lowerCase = mark(nonEmpty(text()));
                    eventId = upperId || lowerCase == null ? eventId : lowerCase;
                }
                case 27 -> readWindow();
                case 28 -> accountId = nonEmpty(symbol());
                case 29 -> {
                    JsonToken kind = scanner.skip();
                    timestamp = kind == JsonToken.STRING || kind == JsonToken.NUMBER ? time(kind) : null;
                }
                default -> scanner.skip();
            }
        }
    }

    private void readTime() {
        JsonToken kind = scanner.skip();
        if (kind == JsonToken.STRING || kind == JsonToken.NUMBER) {
            marks++;
            eventTime = time(kind);
            if (eventTime == null) {
                String written = scanner.text();
                eventTimeText = written.length() <= 40 ? written : written.substring(0, 40) + "…";
            }
        }
    }

    private @Nullable Instant time(JsonToken kind) {
        if (kind == JsonToken.STRING && !scanner.hasEscapes()) {
            return EventTimes.parse(bytes, scanner.start() + 1, scanner.end() - 1);
        }
        String written = scanner.text();
        return written.length() > 64 ? null : EventTimes.parse(written);
    }

    private void readWindow() {
        if (!enterObject()) {
            return;
        }
        while (scanner.next() == JsonToken.NAME) {
            if (WINDOW.numberOf(scanner) == 0) {
                JsonToken kind = scanner.skip();
                windowEnd = kind == JsonToken.STRING || kind == JsonToken.NUMBER ? time(kind) : null;
            } else {
                scanner.skip();
            }
        }
    }

    private void readIdentity() {
        if (!enterObject()) {
            return;
        }
        marks++;
        String type = null;
        String principalId = null;
        String arn = null;
        String account = null;
        String accessKeyId = null;
        String userName = null;
        String invokedBy = null;
        String identityProvider = null;
        while (scanner.next() == JsonToken.NAME) {
            switch (IDENTITY.numberOf(scanner)) {
                case 0 -> type = symbol();
                case 1 -> principalId = symbol();
                case 2 -> arn = symbol();
                case 3 -> account = symbol();
                // Documented as "absent or empty": an empty key would join what does not belong together.
                case 4 -> accessKeyId = nonEmpty(symbol());
                case 5 -> userName = symbol();
                case 6 -> invokedBy = symbol();
                case 7 -> readSession();
                case 8 -> readOnBehalfOf();
                case 9 -> identityProvider = symbol();
                default -> scanner.skip();
            }
        }
        identity = new UserIdentity(
                type,
                principalId,
                arn,
                account,
                accessKeyId,
                userName,
                invokedBy,
                issuerType,
                issuerArn,
                issuerAccountId,
                issuerUserName,
                sessionCreated,
                mfaAuthenticated,
                sourceIdentity,
                ec2RoleDelivery,
                onBehalfOfUserId,
                identityProvider);
    }

    private void readSession() {
        if (!enterObject()) {
            return;
        }
        while (scanner.next() == JsonToken.NAME) {
            switch (SESSION.numberOf(scanner)) {
                case 0 -> readIssuer();
                case 1 -> readAttributes();
                case 2 -> sourceIdentity = symbol();
                case 3 -> ec2RoleDelivery = symbol();
                default -> scanner.skip();
            }
        }
    }

    private void readIssuer() {
        if (!enterObject()) {
            return;
        }
        while (scanner.next() == JsonToken.NAME) {
            switch (ISSUER.numberOf(scanner)) {
                case 0 -> issuerType = symbol();
                case 1 -> issuerArn = symbol();
                case 2 -> issuerAccountId = symbol();
                case 3 -> issuerUserName = symbol();
                default -> scanner.skip();
            }
        }
    }

    private void readAttributes() {
        if (!enterObject()) {
            return;
        }
        while (scanner.next() == JsonToken.NAME) {
            switch (ATTRIBUTES.numberOf(scanner)) {
                case 0 -> sessionCreated = symbol();
                case 1 -> mfaAuthenticated = symbol();
                default -> scanner.skip();
            }
        }
    }

    private void readOnBehalfOf() {
        if (!enterObject()) {
            return;
        }
        while (scanner.next() == JsonToken.NAME) {
            if (ON_BEHALF_OF.numberOf(scanner) == 0) {
                onBehalfOfUserId = symbol();
            } else {
                scanner.skip();
            }
        }
    }

    private void readResources() {
        JsonToken kind = scanner.next();
        if (kind != JsonToken.ARRAY_START) {
            scanner.skip();
            return;
        }
        List<AuditResource> found = new ArrayList<>(2);
        for (JsonToken token = scanner.next(); token != JsonToken.ARRAY_END; token = scanner.next()) {
            if (token != JsonToken.OBJECT_START) {
                scanner.skip();
                continue;
            }
            String account = null;
            String type = null;
            String arn = null;
            while (scanner.next() == JsonToken.NAME) {
                switch (RESOURCE.numberOf(scanner)) {
                    case 0 -> account = symbol();
                    case 1 -> type = symbol();
                    case 2 -> arn = symbol();
                    case 3 -> {
                        String lowerCase = symbol();
                        arn = arn == null ? lowerCase : arn;
                    }
                    default -> scanner.skip();
                }
            }
            found.add(new AuditResource(account, type, arn));
        }
        resources = List.copyOf(found);
    }

    private @Nullable JsonSpan readRequest() {
        JsonToken kind = scanner.next();
        int start = scanner.start();
        if (kind != JsonToken.OBJECT_START || !mayHoldArns()) {
            return rest(kind);
        }
        while (scanner.next() == JsonToken.NAME) {
            switch (REQUEST.numberOf(scanner)) {
                case 0 -> roleArn = symbol();
                case 1 -> stateMachineArn = symbol();
                case 2 -> executionArn = text();
                default -> scanner.skip();
            }
        }
        return new JsonSpan(start, scanner.end());
    }

    private @Nullable JsonSpan readResponse() {
        JsonToken kind = scanner.next();
        int start = scanner.start();
        if (kind != JsonToken.OBJECT_START || !mayHoldArns()) {
            return rest(kind);
        }
        while (scanner.next() == JsonToken.NAME) {
            switch (RESPONSE.numberOf(scanner)) {
                case 0 -> issuedAccessKeyId = nonEmpty(member(CREDENTIALS));
                case 1 -> issuedSessionArn = nonEmpty(member(ROLE_USER));
                case 2 -> {
                    String arn = symbol();
                    stateMachineArn = stateMachineArn == null ? arn : stateMachineArn;
                }
                case 3 -> {
                    String arn = text();
                    executionArn = executionArn == null ? arn : executionArn;
                }
                default -> scanner.skip();
            }
        }
        return new JsonSpan(start, scanner.end());
    }

    /** Whether this record, as far as it is known by now, can be one whose request and response matter. */
    private boolean mayHoldArns() {
        return eventSource == null
                || eventSource.equals("sts.amazonaws.com")
                || eventSource.equals("states.amazonaws.com");
    }

    /** The one member of this object that is wanted. */
    private @Nullable String member(JsonNames name) {
        String found = null;
        if (enterObject()) {
            while (scanner.next() == JsonToken.NAME) {
                if (name.numberOf(scanner) == 0) {
                    found = text();
                } else {
                    scanner.skip();
                }
            }
        }
        return found;
    }

    /** Moves into the object that is the value of this name; passes over any other value. */
    private boolean enterObject() {
        if (scanner.next() == JsonToken.OBJECT_START) {
            return true;
        }
        scanner.skip();
        return false;
    }

    private @Nullable JsonSpan span() {
        return rest(scanner.next());
    }

    private @Nullable JsonSpan rest(JsonToken kind) {
        scanner.skip();
        return kind == JsonToken.NULL ? null : new JsonSpan(scanner.start(), scanner.end());
    }

    /** The value of this name as text that is likely to come again. */
    private @Nullable String symbol() {
        JsonToken kind = scanner.next();
        if (kind == JsonToken.STRING && !scanner.hasEscapes()) {
            return symbols.get(bytes, scanner.start() + 1, scanner.end() - 1);
        }
        return textOf(kind);
    }

    private @Nullable String text() {
        return textOf(scanner.next());
    }

    private @Nullable String textOf(JsonToken kind) {
        if (kind.isScalar()) {
            return kind == JsonToken.NULL ? null : scanner.text();
        }
        scanner.skip();
        return null;
    }

    private @Nullable Boolean bool() {
        JsonToken kind = scanner.next();
        return switch (kind) {
            case TRUE -> Boolean.TRUE;
            case FALSE -> Boolean.FALSE;
            case STRING -> {
                String written = scanner.text();
                if (written.equalsIgnoreCase("true")) {
                    yield Boolean.TRUE;
                }
                yield written.equalsIgnoreCase("false") ? Boolean.FALSE : null;
            }
            default -> {
                scanner.skip();
                yield null;
            }
        };
    }

    private @Nullable String mark(@Nullable String value) {
        if (value != null) {
            marks++;
        }
        return value;
    }

    private static @Nullable String nonEmpty(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    private void clear() {
        marks = 0;
        upperId = false;
        eventVersion = null;
        eventTime = null;
        eventTimeText = null;
        windowEnd = null;
        timestamp = null;
        eventSource = null;
        eventName = null;
        awsRegion = null;
        sourceIpAddress = null;
        userAgent = null;
        errorCode = null;
        errorMessage = null;
        requestId = null;
        eventId = null;
        eventType = null;
        eventCategory = null;
        apiVersion = null;
        managementEvent = null;
        readOnly = null;
        recipientAccountId = null;
        accountId = null;
        sharedEventId = null;
        vpcEndpointId = null;
        vpcEndpointAccountId = null;
        identity = UserIdentity.NONE;
        resources = List.of();
        requestParameters = null;
        responseElements = null;
        additionalEventData = null;
        serviceEventDetails = null;
        roleArn = null;
        issuedAccessKeyId = null;
        issuedSessionArn = null;
        stateMachineArn = null;
        executionArn = null;
        issuerType = null;
        issuerArn = null;
        issuerAccountId = null;
        issuerUserName = null;
        sessionCreated = null;
        mfaAuthenticated = null;
        sourceIdentity = null;
        ec2RoleDelivery = null;
        onBehalfOfUserId = null;
    }
}
