package io.trailwarden.ingest.format;

import io.trailwarden.event.json.JsonNames;
import io.trailwarden.event.json.JsonScanner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The names by which the kind of an object is known. Of several wrappers in one object the one that comes last here tells
 * most about where its record is.
 */
enum Member {
    EVENT_VERSION("eventVersion", Role.MARK),
    USER_IDENTITY("userIdentity", Role.MARK),
    EVENT_TIME("eventTime", Role.MARK),
    EVENT_SOURCE("eventSource", Role.EVENT_SOURCE),
    EVENT_NAME("eventName", Role.MARK),
    AWS_REGION("awsRegion", Role.MARK),
    SOURCE_IP_ADDRESS("sourceIPAddress", Role.MARK),
    EVENT_TYPE("eventType", Role.MARK),
    EVENT_CATEGORY("eventCategory", Role.MARK),
    EVENT_ID("eventID", Role.ID),
    /** Aggregated events call it so. */
    LOWER_EVENT_ID("eventId", Role.ID),
    RECIPIENT_ACCOUNT_ID("recipientAccountId", Role.ACCOUNT),
    /** Aggregated events call it so. */
    ACCOUNT_ID("accountId", Role.ACCOUNT),

    EXECUTION_ARN("execution_arn", Role.EXECUTION),

    RECORDS("Records", Role.LIST),
    /** Of Firehose a list; of Kafka one list for each partition. */
    LOWER_RECORDS("records", Role.LIST),
    EVENTS("Events", Role.LIST),
    LOWER_EVENTS("events", Role.LIST),
    LOG_EVENTS("logEvents", Role.LIST),
    MESSAGES("Messages", Role.LIST),
    /** Of Logs Insights; each element is a list of columns. */
    RESULTS("results", Role.LIST),
    /** Of CloudTrail Lake; each element is a list of columns. */
    QUERY_RESULT_ROWS("QueryResultRows", Role.LIST),

    DETAIL("detail", Role.WRAPPER),
    DETAIL_TYPE("detail-type", Role.DETAIL_TYPE),
    SOURCE("source", Role.SOURCE),
    CLOUD_TRAIL_EVENT("CloudTrailEvent", Role.WRAPPER),
    AWSLOGS("awslogs", Role.WRAPPER, "awslogs.data"),
    MESSAGE_TYPE("messageType", Role.MESSAGE_TYPE),
    MESSAGE("message", Role.WRAPPER),
    UPPER_MESSAGE("Message", Role.WRAPPER),
    SNS("Sns", Role.WRAPPER, "Sns.Message"),
    KINESIS("kinesis", Role.WRAPPER, "kinesis.data"),
    BODY("body", Role.WRAPPER),
    UPPER_BODY("Body", Role.WRAPPER),
    DATA("data", Role.WRAPPER),
    VALUE("value", Role.WRAPPER),
    /** Splunk's: the text from which it made the members beside it. */
    RAW("_raw", Role.WRAPPER),

    S3("s3", Role.WRAPPER),
    S3_OBJECT_KEY("s3ObjectKey", Role.WRAPPER),
    DIGEST_S3_OBJECT("digestS3Object", Role.WRAPPER),
    PREVIOUS_EVENT_ID("previousEventId", Role.HISTORY);

    /** What a name tells about the object that has it. */
    enum Role {
        /** A mark of CloudTrail records. */
        MARK,
        EVENT_SOURCE,
        ID,
        ACCOUNT,
        EXECUTION,
        LIST,
        DETAIL_TYPE,
        SOURCE,
        MESSAGE_TYPE,
        HISTORY,
        WRAPPER
    }

    private static final Member[] ALL = values();
    private static final JsonNames NAMES =
            JsonNames.of(Arrays.stream(ALL).map(member -> member.name).toList());

    final Role role;

    /** The place of a wrapper's content, for messages. */
    final String place;

    private final String name;

    Member(String name, Role role) {
        this(name, role, name);
    }

    Member(String name, Role role, String place) {
        this.name = name;
        this.role = role;
        this.place = place;
    }

    /** The name that the scanner stands on; null if it is none of these. */
    static @Nullable Member of(JsonScanner scanner) {
        int number = NAMES.numberOf(scanner);
        return number < 0 ? null : ALL[number];
    }

    /** Whether the elements of this list are the columns of a row. */
    boolean holdsRows() {
        return this == RESULTS || this == QUERY_RESULT_ROWS;
    }
}
