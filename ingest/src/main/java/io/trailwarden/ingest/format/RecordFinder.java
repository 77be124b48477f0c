package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.ExecutionCodec;
import io.trailwarden.event.json.JsonFault;
import io.trailwarden.event.json.JsonLimits;
import io.trailwarden.event.json.JsonNames;
import io.trailwarden.event.json.JsonScanner;
import io.trailwarden.event.json.JsonToken;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records in an object's uncompressed bytes, whatever wraps them.
 *
 * <p>Known by content: bare CloudTrail records and execution-log lines; {@code {"Records":[..]}}; arrays; documents one
 * after another, one a line or pretty-printed; {@code aws logs tail} output; LookupEvents, FilterLogEvents,
 * GetLogEvents and ReceiveMessage output; EventBridge envelopes; CloudWatch Logs subscription payloads, plain or as
 * base64 of gzip; the envelopes that Lambda gets from Kinesis, Firehose, SNS, SQS and Kafka; and any of these inside
 * another, {@value #MAX_NESTING} deep.
 *
 * <p>One pass finds a record's end and its id; no tree is built. A record that cannot be read is rejected alone: the
 * finder looks for the place where the next one starts and goes on from there. What holds no record by nature is ignored
 * and named: CloudTrail digests, which are proofs about other objects, and probes.
 *
 * <p>An instance is reused for many objects and belongs to one thread.
 */
public final class RecordFinder {

    private static final int MAX_NESTING = 8;

    /** How many of the names that mark a CloudTrail record must be there; the codec wants as many. */
    private static final int MARKS = 3;

    /** How far to look for the end of a broken record by its brackets. */
    private static final int MAX_BRACKETS = 8 << 20;

    /** How many bytes of one object may be read again in search of the next record after broken ones. */
    private static final long MAX_SEARCH = 512L << 20;

    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\s]+");

    private static final Origin NOWHERE = new Origin("", "", 0, "", Instant.EPOCH);

    private static final JsonNames NAMES = JsonNames.of(
            // 0 to 12: CloudTrail
            "eventVersion", // 0
            "userIdentity", // 1
            "eventTime", // 2
            "eventSource", // 3
            "eventName", // 4
            "awsRegion", // 5
            "sourceIPAddress", // 6
            "eventType", // 7
            "eventCategory", // 8
            "eventID", // 9
            "eventId", // 10
            "recipientAccountId", // 11
            "accountId", // 12
            // 13: execution logs
            "execution_arn", // 13
            // 14 to 18: lists of records
            "Records", // 14
            "records", // 15
            "Events", // 16
            "events", // 17
            "logEvents", // 18
            "Messages", // 19
            // 20 on: wrappers of one record
            "detail", // 20
            "detail-type", // 21
            "source", // 22
            "CloudTrailEvent", // 23
            "awslogs", // 24
            "messageType", // 25
            "message", // 26
            "Message", // 27
            "Sns", // 28
            "kinesis", // 29
            "body", // 30
            "Body", // 31
            "data", // 32
            "value", // 33
            // 34 on: known, without records
            "s3", // 34
            "s3ObjectKey", // 35
            "digestS3Object", // 36
            "previousEventId"); // 37

    private static final int LOG_EVENTS = 18;
    private static final int NONE = -1;

    private static final JsonNames DATA = JsonNames.of("data", "Message");

    private final JsonScanner scanner = new JsonScanner(JsonLimits.RECORD);
    private final JsonLimits limits = JsonLimits.RECORD;
    private final ExecutionCodec executions = new ExecutionCodec();
    private final ObjectLimits nestedLimits = new ObjectLimits(64 << 20, ObjectLimits.DEFAULT.maxRatio());

    private RecordSink sink = new Nothing();
    private long records;
    private int nesting;
    private long searched;

    /** Whether the last list had no closing bracket, which is then already said. */
    private boolean cutOff;

    // What was last rejected in the outermost text, and where its last document starts if more of it may come.
    private long broken;
    private int brokenAt;
    private int brokenTo;
    private int openFrom;

    // For places: the outermost text, and where in it a nested one stands.
    private byte[] outermost = new byte[0];
    private int nestedAt;
    private int lineCountedTo;
    private int line;
    private int lineStart;

    // What the object at hand has, from its names; overwritten by the next object.
    private int marks;
    private boolean lambdaEvent;
    private boolean control;
    private boolean executionArn;
    private int wrapper;
    private int wrapperStart;
    private int wrapperEnd;
    private JsonToken wrapperKind = JsonToken.END;
    private int idStart;
    private int idEnd;
    private int accountStart;
    private int accountEnd;
    private boolean odd;
    private boolean history;
    private @Nullable String detailType;
    private @Nullable String eventSource;

    /** Cheap to throw: what is wrong is found again by its place. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final Reason reason;
        final int position;

        Broken(Reason reason, int position, String message) {
            super(message, null, false, false);
            this.reason = reason;
            this.position = position;
        }
    }

    /**
     * Finds the records between 0 and {@code length}.
     *
     * @return how many there are, rejected ones included
     */
    public long find(byte[] bytes, int length, RecordSink sink) {
        this.sink = sink;
        records = 0;
        nesting = 0;
        searched = 0;
        broken = 0;
        openFrom = length;
        outermost = bytes;
        nestedAt = NONE;
        lineCountedTo = 0;
        line = 1;
        lineStart = 0;
        if (length >= 2
                && (bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE
                        || bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF)) {
            reject(Reason.BAD_ENCODING, "UTF-16 text (expected: UTF-8)", bytes, 0, length, 0);
        } else {
            boolean mark = length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
            sequence(bytes, mark ? 3 : 0, length);
        }
        this.sink = new Nothing();
        outermost = new byte[0];
        return records;
    }

    /**
     * Where in the object that was read last a document or line starts that is broken because the object ends in it; the
     * object's length if there is none. Should the object grow, reading goes on there.
     */
    public int openFrom() {
        return openFrom;
    }

    // ---- documents and lines, one after another

    private void sequence(byte[] b, int from, int to) {
        int p = space(b, from, to);
        boolean first = true;
        while (p < to) {
            int start = p;
            long brokenBefore = broken;
            p = startsLikeJson(b, p, to) ? document(b, p, p, to) : line(b, p, to, first);
            p = space(b, p, to);
            first = false;
            if (b == outermost && p >= to && broken > brokenBefore) {
                int end = trimEnd(b, start, to);
                if (brokenAt >= end || brokenTo >= end && b[to - 1] != '\n') {
                    openFrom = start;
                }
            }
        }
    }

    /** @param shownFrom where the dead letter starts if the document at {@code p} is broken */
    private int document(byte[] b, int shownFrom, int p, int to) {
        try {
            return b[p] == '[' ? elements(b, p + 1, to) : object(b, p, to, true);
        } catch (Broken broken) {
            int next = nextDocument(b, p, to);
            reject(broken.reason, broken.getMessage(), b, shownFrom, trimEnd(b, p, next), broken.position);
            return next;
        }
    }

    /** A line that starts like no JSON: a log line with a time before the record, base64, or foreign text. */
    private int line(byte[] b, int p, int to, boolean first) {
        int end = indexOf(b, '\n', p, to);
        if (startsWithTime(b, p, to)) {
            int brace = indexOf(b, '{', p, end);
            if (brace < end) {
                return document(b, p, brace, to);
            }
            // aws logs tail --format json puts time and stream on a line of their own, then the record.
            int next = space(b, end, to);
            if (next < to && b[next] == '{') {
                return next;
            }
        } else if (first && p == space(b, 0, to) && nesting == 0) {
            byte[] decoded = base64(b, p, to);
            if (decoded != null && (Unpacker.isGzip(decoded, 0, decoded.length) || startsLikeJson(decoded))) {
                nested(decoded, "base64 text", b, p, to);
                return to;
            }
        }
        if (first && !laterLineIsJson(b, end, to)) {
            end = to;
        }
        int shownTo = trimEnd(b, p, end);
        reject(Reason.UNRECOGNISED, "text that is no JSON: \"" + excerpt(b, p, shownTo) + "\"", b, p, shownTo, p);
        return end;
    }

    // ---- lists

    /**
     * The elements of an array and its closing bracket.
     *
     * @param p after the opening bracket
     * @return the index after the closing bracket, or {@code to}
     */
    private int elements(byte[] b, int p, int to) {
        p = space(b, p, to);
        boolean broken = false;
        while (p < to) {
            if (b[p] == ']') {
                cutOff = false;
                return p + 1;
            }
            int start = p;
            try {
                p = element(b, p, to);
            } catch (Broken fault) {
                p = nextElement(b, start, to);
                reject(fault.reason, fault.getMessage(), b, start, trimEnd(b, start, p), fault.position);
                broken = true;
            }
            p = space(b, p, to);
            if (p < to && b[p] == ',') {
                p = space(b, p + 1, to);
            } else if (p < to && b[p] != ']' && !(broken && b[p] == '{')) {
                int next = b[p] == '{' && startsRecord(b, p, to) ? p : nextElement(b, p, to);
                reject(
                        Reason.MALFORMED,
                        "not JSON: " + show(b[p]) + ", expected: ',' or ']'",
                        b,
                        p,
                        trimEnd(b, p, next),
                        p);
                broken = true;
                p = space(b, next, to);
                if (p < to && b[p] == ',') {
                    p = space(b, p + 1, to);
                }
            }
        }
        if (!broken) {
            reject(Reason.MALFORMED, "the list of records is cut off after the last one", b, to, to, to);
        }
        cutOff = true;
        return to;
    }

    private int element(byte[] b, int p, int to) {
        if (b[p] == '{') {
            return object(b, p, to, true);
        }
        if (b[p] == '[') {
            if (nesting == MAX_NESTING) {
                throw new Broken(Reason.TOO_DEEP, p, "lists within lists, more than " + MAX_NESTING);
            }
            nesting++;
            int end = elements(b, p + 1, to);
            nesting--;
            return end;
        }
        int end;
        JsonToken kind;
        boolean json;
        try {
            scanner.reset(b, p, window(p, to));
            kind = scanner.next();
            end = scanner.end();
            json = kind == JsonToken.STRING && startsLikeJson(b, p + 1, end);
        } catch (JsonFault fault) {
            throw broken(fault, p, to);
        }
        if (json) {
            nested(scanner.text().getBytes(StandardCharsets.UTF_8), "text", b, p, end);
        } else {
            String found = kind.name().toLowerCase(Locale.ROOT);
            reject(Reason.UNRECOGNISED, "a " + found + " (expected: an audit record)", b, p, end, p);
        }
        return end;
    }

    // ---- objects

    /**
     * One object: a record, or what wraps records.
     *
     * @param lists whether lists in it are lists of records
     * @return the index after it
     */
    private int object(byte[] b, int start, int to, boolean lists) {
        int end = look(b, start, to, lists);
        if (end < 0) {
            return container(b, -end, to);
        }
        if (marks >= MARKS && !lambdaEvent) {
            cloudTrail(b, start, end);
        } else if (executionArn) {
            execution(b, start, end);
        } else if (control) {
            sink.ignored("CloudWatch Logs control message");
        } else if (wrapper != NONE) {
            unwrap(b, start, end);
        } else {
            rejectUnknown(b, start, end);
        }
        return end;
    }

    /**
     * Reads the names of the object at {@code start} and notes what they tell.
     *
     * @return the index after the object; or, if it is a container, the negative index of the list's bracket
     */
    private int look(byte[] b, int start, int to, boolean lists) {
        marks = 0;
        lambdaEvent = false;
        control = false;
        executionArn = false;
        wrapper = NONE;
        idStart = NONE;
        accountStart = NONE;
        odd = false;
        history = false;
        detailType = null;
        eventSource = null;
        boolean recipient = false;
        boolean upperId = false;
        try {
            scanner.reset(b, start, window(start, to));
            scanner.next();
            while (scanner.next() == JsonToken.NAME) {
                int name = NAMES.numberOf(scanner);
                switch (name) {
                    case NONE -> scanner.skip();
                    case 0, 1, 2, 4, 5, 6, 7, 8 -> {
                        scanner.skip();
                        marks++;
                    }
                    case 3 -> {
                        if (scanner.next() == JsonToken.STRING && startsWith(b, scanner.start() + 1, "aws:")) {
                            lambdaEvent = true;
                            eventSource = scanner.text();
                        }
                        scanner.skip();
                        marks++;
                    }
                    case 9, 10 -> {
                        boolean usable = readable(scanner.skip());
                        marks++;
                        if (usable && !upperId) {
                            idStart = scanner.start();
                            idEnd = scanner.end();
                            odd |= scanner.hasEscapes() || scanner.token() != JsonToken.STRING;
                        }
                        upperId |= usable && name == 9;
                    }
                    case 11, 12 -> {
                        boolean usable = readable(scanner.skip());
                        marks += name == 11 ? 1 : 0;
                        if (usable && !recipient) {
                            accountStart = scanner.start();
                            accountEnd = scanner.end();
                            odd |= scanner.hasEscapes() || scanner.token() != JsonToken.STRING;
                        }
                        recipient |= usable && name == 11;
                    }
                    case 13 -> executionArn = scanner.skip() == JsonToken.STRING;
                    case 14, 15, 16, 17, 18, 19 -> {
                        int value = space(b, scanner.position(), to);
                        boolean list = lists && marks < MARKS && !executionArn && !(name == LOG_EVENTS && control);
                        if (list && value < to && b[value] == '[') {
                            return -value;
                        }
                        // Lambda's event from Kafka has one list for each partition.
                        if (list && name == 15 && value < to && b[value] == '{') {
                            note(name, scanner.skip());
                        } else {
                            scanner.skip();
                        }
                    }
                    case 21 -> detailType = textOf(scanner.skip());
                    case 22 -> {
                        String source = textOf(scanner.skip());
                        eventSource = eventSource == null ? source : eventSource;
                    }
                    case 25 -> control = scanner.skip() == JsonToken.STRING && "CONTROL_MESSAGE".equals(scanner.text());
                    case 37 -> {
                        scanner.skip();
                        history = true;
                    }
                    default -> note(name, scanner.skip());
                }
            }
            return scanner.end();
        } catch (JsonFault fault) {
            throw broken(fault, start, to);
        }
    }

    /** Notes what may wrap a record; of several the one that comes last in the list of names tells most. */
    private void note(int name, JsonToken kind) {
        if (name >= wrapper && kind != JsonToken.NULL) {
            wrapper = name;
            wrapperKind = kind;
            wrapperStart = scanner.start();
            wrapperEnd = scanner.end();
        }
    }

    private @Nullable String textOf(JsonToken kind) {
        return kind == JsonToken.STRING ? scanner.text() : null;
    }

    /** As the codec has it: a text or number that is not empty. */
    private boolean readable(JsonToken kind) {
        return kind.isScalar()
                && kind != JsonToken.NULL
                && (kind != JsonToken.STRING || scanner.end() - scanner.start() > 2);
    }

    /** The list at {@code bracket} in an object, and what follows it in that object. */
    private int container(byte[] b, int bracket, int to) {
        if (nesting == MAX_NESTING) {
            throw new Broken(Reason.TOO_DEEP, bracket, "lists within lists, more than " + MAX_NESTING);
        }
        nesting++;
        int p = elements(b, bracket + 1, to);
        nesting--;
        try {
            while (true) {
                p = space(b, p, to);
                if (p >= to) {
                    if (!cutOff) {
                        reject(Reason.MALFORMED, "the object is cut off after its list of records", b, to, to, to);
                    }
                    return to;
                }
                if (b[p] == '}') {
                    return p + 1;
                }
                if (b[p] != ',') {
                    throw new Broken(Reason.MALFORMED, p, "not JSON: " + show(b[p]) + ", expected: ',' or '}'");
                }
                p = member(b, space(b, p + 1, to), to);
            }
        } catch (JsonFault fault) {
            return rejectTail(b, p, to, broken(fault, p, to));
        } catch (Broken fault) {
            return rejectTail(b, p, to, fault);
        }
    }

    /** What follows a list of records is broken: that is lost, the records are not. */
    private int rejectTail(byte[] b, int p, int to, Broken fault) {
        int next = nextDocument(b, p, to);
        reject(fault.reason, fault.getMessage(), b, p, trimEnd(b, p, next), fault.position);
        return next;
    }

    /** One more member of a container; a list of records like the first, or anything else. */
    private int member(byte[] b, int p, int to) {
        scanner.reset(b, p, window(p, to));
        JsonToken name = scanner.next();
        if (name != JsonToken.STRING) {
            throw new Broken(Reason.MALFORMED, p, "not JSON: " + show(b[p]) + ", expected: a name");
        }
        String text = scanner.text();
        p = space(b, scanner.position(), to);
        if (p >= to || b[p] != ':') {
            throw new Broken(Reason.MALFORMED, p, "not JSON, expected: ':'");
        }
        p = space(b, p + 1, to);
        boolean list = text.equals("Records") || text.equals("Events") || text.equals("logEvents");
        if (list && p < to && b[p] == '[') {
            return elements(b, p + 1, to);
        }
        scanner.reset(b, p, window(p, to));
        scanner.next();
        scanner.skip();
        return scanner.position();
    }

    // ---- what an object is

    private void cloudTrail(byte[] b, int start, int end) {
        byte[] key = odd || !ascii(b, idStart, idEnd) || !ascii(b, accountStart, accountEnd)
                ? oddKey(b, start, end)
                : key(b, start, end);
        records++;
        sink.cloudTrail(key, b, start, end);
    }

    /** The key of {@link EventKeys} without making strings: id and account stand in the record as plain text. */
    private byte[] key(byte[] b, int start, int end) {
        int accountLength = accountStart == NONE ? 0 : accountEnd - accountStart - 2;
        if (idStart == NONE) {
            String account = accountStart == NONE
                    ? null
                    : new String(b, accountStart + 1, accountLength, StandardCharsets.UTF_8);
            return EventKeys.cloudTrail(EventKeys.idOf(b, start, end), account).getBytes(StandardCharsets.UTF_8);
        }
        int idLength = idEnd - idStart - 2;
        byte[] key = new byte[idLength + 1 + accountLength];
        System.arraycopy(b, idStart + 1, key, 0, idLength);
        key[idLength] = '|';
        if (accountLength > 0) {
            System.arraycopy(b, accountStart + 1, key, idLength + 1, accountLength);
        }
        return key;
    }

    private byte[] oddKey(byte[] b, int start, int end) {
        String id = idStart == NONE ? EventKeys.idOf(b, start, end) : scalar(b, idStart, idEnd);
        String account = accountStart == NONE ? null : scalar(b, accountStart, accountEnd);
        return EventKeys.cloudTrail(id, account).getBytes(StandardCharsets.UTF_8);
    }

    private String scalar(byte[] b, int from, int to) {
        scanner.reset(b, from, to);
        scanner.next();
        return scanner.text();
    }

    private void execution(byte[] b, int start, int end) {
        Decoded<ExecutionEvent> decoded = executions.decode(Arrays.copyOfRange(b, start, end), NOWHERE);
        if (decoded instanceof Decoded.Read<ExecutionEvent> read) {
            records++;
            sink.execution(EventKeys.of(read.value()).getBytes(StandardCharsets.UTF_8), b, start, end);
        } else if (decoded instanceof Decoded.Rejected<ExecutionEvent> rejected) {
            reject(rejected.deadLetter().reason(), rejected.deadLetter().message(), b, start, end, start);
        }
    }

    private void unwrap(byte[] b, int start, int end) {
        int name = wrapper;
        int from = wrapperStart;
        int to = wrapperEnd;
        boolean text = wrapperKind == JsonToken.STRING;
        boolean object = wrapperKind == JsonToken.OBJECT_START;
        switch (name) {
            case 15 -> partitions(b, from, to);
            case 20 -> {
                String type = detailType;
                String source = eventSource;
                if (object && isCloudTrail(b, from, to)) {
                    cloudTrail(b, from, to);
                } else {
                    String what = type == null ? "an envelope" : "an EventBridge event \"" + cut(type) + "\"";
                    String whose = source == null ? "" : " of \"" + cut(source) + "\"";
                    reject(
                            Reason.UNRECOGNISED,
                            what + whose + " (expected: one that CloudTrail delivers, with a record in detail)",
                            b,
                            start,
                            end,
                            start);
                }
            }
            case 23, 26, 27, 30, 31 -> {
                if (text) {
                    String inner = scalar(b, from, to);
                    if (name == 27 && inner.equals("CloudTrail validation message.")) {
                        sink.ignored("CloudTrail's test of a topic");
                    } else {
                        nested(inner.getBytes(StandardCharsets.UTF_8), NAMED[name - 20], b, start, end);
                    }
                } else if (object) {
                    inner(b, from, to, start, end);
                } else {
                    rejectUnknown(b, start, end);
                }
            }
            case 24, 28, 29 -> {
                String data = object ? memberText(b, from, to) : null;
                if (data == null) {
                    rejectUnknown(b, start, end);
                } else if (name == 28) {
                    nested(data.getBytes(StandardCharsets.UTF_8), NAMED[name - 20], b, start, end);
                } else {
                    nestedBase64(data, NAMED[name - 20], b, start, end);
                }
            }
            case 32, 33 -> {
                if (text) {
                    nestedBase64(scalar(b, from, to), NAMED[name - 20], b, start, end);
                } else {
                    rejectUnknown(b, start, end);
                }
            }
            case 34 ->
                reject(
                        Reason.UNRECOGNISED,
                        "a notification of S3: it only points to an object (expected: the object itself)",
                        b,
                        start,
                        end,
                        start);
            case 35 ->
                reject(
                        Reason.UNRECOGNISED,
                        "a notification of CloudTrail: it only points to objects (expected: the objects themselves)",
                        b,
                        start,
                        end,
                        start);
            case 36 -> sink.ignored("CloudTrail digest");
            default -> rejectUnknown(b, start, end);
        }
    }

    /** What the text or data inside these wrappers is called in messages, from number 20 on. */
    private static final String[] NAMED = {
        "detail",
        "detail-type",
        "source",
        "CloudTrailEvent",
        "awslogs.data",
        "messageType",
        "message",
        "Message",
        "Sns.Message",
        "kinesis.data",
        "body",
        "Body",
        "data",
        "value"
    };

    private boolean isCloudTrail(byte[] b, int from, int to) {
        look(b, from, to, false);
        return marks >= MARKS && !lambdaEvent;
    }

    /** An object that stands where a text with JSON is expected: exports of log events have it that way. */
    private void inner(byte[] b, int from, int to, int start, int end) {
        look(b, from, to, false);
        if (marks >= MARKS && !lambdaEvent) {
            cloudTrail(b, from, to);
        } else if (executionArn) {
            execution(b, from, to);
        } else {
            rejectUnknown(b, start, end);
        }
    }

    /** Lambda's event from Kafka: {@code {"topic-partition":[{"value":base64},..]}}. */
    private void partitions(byte[] b, int from, int to) {
        int p = from + 1;
        while (true) {
            p = space(b, p, to);
            if (p >= to || b[p] == '}') {
                return;
            }
            if (b[p] == ',') {
                p = space(b, p + 1, to);
            }
            scanner.reset(b, p, to);
            scanner.next();
            p = space(b, space(b, scanner.position(), to) + 1, to);
            if (b[p] == '[') {
                p = elements(b, p + 1, to);
            } else {
                scanner.reset(b, p, to);
                scanner.next();
                scanner.skip();
                p = scanner.position();
            }
        }
    }

    /** The text of member {@code data} or {@code Message}. */
    private @Nullable String memberText(byte[] b, int from, int to) {
        scanner.reset(b, from, to);
        scanner.next();
        String found = null;
        while (scanner.next() == JsonToken.NAME) {
            boolean wanted = DATA.numberOf(scanner) >= 0;
            JsonToken kind = scanner.skip();
            if (wanted && kind == JsonToken.STRING) {
                found = scanner.text();
            }
        }
        return found;
    }

    // ---- texts within texts

    private void nestedBase64(String data, String what, byte[] b, int start, int end) {
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(data.strip());
        } catch (IllegalArgumentException e) {
            reject(Reason.BAD_ENCODING, what + " is not base64: " + e.getMessage(), b, start, end, start);
            return;
        }
        nested(decoded, what, b, start, end);
    }

    /** Finds the records in a text that stands, encoded, between {@code start} and {@code end} of another. */
    private void nested(byte[] text, String what, byte[] b, int start, int end) {
        if (nesting == MAX_NESTING) {
            reject(Reason.TOO_DEEP, "wrappers within wrappers, more than " + MAX_NESTING, b, start, end, start);
            return;
        }
        byte[] inner = text;
        int length = text.length;
        ObjectContent.Break unpackedTo = null;
        if (Unpacker.isGzip(text, 0, length)) {
            try (Unpacker unpacker = new Unpacker(nestedLimits)) {
                ObjectContent content = unpacker.unpack(text, length);
                inner = content.bytes();
                length = content.length();
                unpackedTo = content.broken();
            }
        }
        if (startsLikeJson(inner, 0, length)) {
            boolean outer = nestedAt == NONE;
            if (outer) {
                nestedAt = start;
            }
            nesting++;
            sequence(inner, 0, length);
            nesting--;
            if (outer) {
                nestedAt = NONE;
            }
        } else if (unpackedTo == null) {
            String shown = excerpt(inner, 0, length);
            reject(
                    Reason.UNRECOGNISED,
                    what + ": \"" + shown + "\" (expected: an audit record as JSON)",
                    b,
                    start,
                    end,
                    start);
        }
        if (unpackedTo != null) {
            reject(unpackedTo.reason(), what + ": " + unpackedTo.message(), b, start, end, start);
        }
    }

    // ---- going on after a broken record

    /** Where to go on after a broken document: the next line if that starts one, else the next thing that is one. */
    private int nextDocument(byte[] b, int start, int to) {
        int lineEnd = indexOf(b, '\n', start, to);
        int next = lineEnd + 1;
        int sameLine = nextRecord(b, start + 1, lineEnd);
        if (sameLine < lineEnd) {
            return sameLine;
        }
        if (next < to && (b[next] == '{' || b[next] == '[' || b[next] == '\n' || startsWithTime(b, next, to))) {
            return next;
        }
        if (next == to) {
            return to;
        }
        int closed = closing(b, start, to);
        return closed > 0 ? closed : nextRecord(b, start + 1, to);
    }

    /** Where to go on after a broken element: behind its closing bracket, else at the next record. */
    private int nextElement(byte[] b, int start, int to) {
        int closed = closing(b, start, to);
        if (closed > 0) {
            int after = space(b, closed, to);
            if (after < to && (b[after] == ',' || b[after] == ']')) {
                return after;
            }
        }
        return nextRecord(b, start + 1, to);
    }

    /** The index after the bracket that closes the object or array at {@code start}; negative if there is none. */
    private int closing(byte[] b, int start, int to) {
        if (start >= to || b[start] != '{' && b[start] != '[') {
            return -1;
        }
        int limit = (int) Math.min(to, (long) start + MAX_BRACKETS);
        int open = 0;
        boolean string = false;
        for (int p = start; p < limit; p++) {
            int c = b[p];
            if (string) {
                if (c == '\\') {
                    p++;
                } else if (c == '"') {
                    string = false;
                }
            } else if (c == '"') {
                string = true;
            } else if (c == '{' || c == '[') {
                open++;
            } else if ((c == '}' || c == ']') && --open == 0) {
                searched += p - start;
                return p + 1;
            }
        }
        searched += limit - start;
        return -1;
    }

    /** The next place from {@code from} on where a readable record starts; {@code to} if there is none. */
    private int nextRecord(byte[] b, int from, int to) {
        int before = '\n';
        for (int p = from; p < to && searched < MAX_SEARCH; p++) {
            int c = b[p];
            if (c == '{' && (before == ',' || before == '\n' || before == '[' || before == '}')) {
                int name = space(b, p + 1, to);
                if (name < to && b[name] == '"' && startsRecord(b, p, to)) {
                    return p;
                }
            }
            if (c != ' ' && c != '\t' && c != '\r') {
                before = c;
            }
        }
        return to;
    }

    private boolean startsRecord(byte[] b, int p, int to) {
        int end;
        try {
            end = look(b, p, to, true);
        } catch (Broken broken) {
            searched += broken.position - p + 1L;
            return false;
        }
        if (end < 0) {
            return true;
        }
        searched += end - p;
        return marks >= MARKS || executionArn || wrapper == 20 || wrapper == 23 || wrapper == 24;
    }

    // ---- rejecting

    private void rejectUnknown(byte[] b, int start, int end) {
        String message;
        if (lambdaEvent) {
            message =
                    "an event of \"" + cut(eventSource == null ? "" : eventSource) + "\" without an audit record in it";
        } else if (history) {
            message = "an event of GetExecutionHistory, which does not name its execution (expected: a line of an "
                    + "execution log)";
        } else {
            message =
                    "JSON that is no audit record (expected: CloudTrail's eventVersion, eventTime, eventSource and so "
                            + "on, or an execution log's execution_arn)";
        }
        reject(Reason.UNRECOGNISED, message, b, start, end, start);
    }

    private void reject(Reason reason, String message, byte[] b, int from, int to, int position) {
        // What a reader stumbles over can lie behind the record that caused it.
        String place = place(b == outermost ? Math.min(position, Math.max(from, to)) : nestedAt);
        if (b == outermost) {
            broken++;
            brokenAt = position;
            brokenTo = to;
        }
        records++;
        sink.rejected(reason, message, place, b, from, to);
    }

    private String place(int position) {
        if (position < lineStart) {
            lineCountedTo = 0;
            line = 1;
            lineStart = 0;
        }
        for (; lineCountedTo < position; lineCountedTo++) {
            if (outermost[lineCountedTo] == '\n') {
                line++;
                lineStart = lineCountedTo + 1;
            }
        }
        return "record " + records + ", line " + line + ", column " + (position - lineStart + 1) + " (byte " + position
                + ")";
    }

    private Broken broken(JsonFault fault, int start, int to) {
        int window = window(start, to);
        if (fault.position() >= window && window < to) {
            return new Broken(
                    Reason.TOO_LARGE, start, "a record of more than " + limits.maxBytes() + " bytes (the limit)");
        }
        Reason reason =
                switch (fault.kind()) {
                    case MALFORMED -> Reason.MALFORMED;
                    case DUPLICATE_KEY -> Reason.DUPLICATE_KEY;
                    case TOO_DEEP -> Reason.TOO_DEEP;
                    case TOO_LARGE -> Reason.TOO_LARGE;
                };
        return new Broken(reason, fault.position(), fault.getMessage());
    }

    private int window(int start, int to) {
        return (int) Math.min(to, (long) start + limits.maxBytes());
    }

    // ---- bytes

    private static int space(byte[] b, int p, int to) {
        while (p < to && (b[p] == ' ' || b[p] == '\n' || b[p] == '\r' || b[p] == '\t')) {
            p++;
        }
        return p;
    }

    private static int trimEnd(byte[] b, int from, int to) {
        int p = to;
        while (p > from && (b[p - 1] == ' ' || b[p - 1] == '\n' || b[p - 1] == '\r' || b[p - 1] == '\t')) {
            p--;
        }
        return p;
    }

    private static int indexOf(byte[] b, char c, int from, int to) {
        int p = from;
        while (p < to && b[p] != c) {
            p++;
        }
        return p;
    }

    private static boolean ascii(byte[] b, int from, int to) {
        for (int p = Math.max(from, 0); from != NONE && p < to; p++) {
            if (b[p] < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWith(byte[] b, int from, String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            if (from + i >= b.length || b[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** {@code 2024-05-01T} or {@code 2024-05-01 }. */
    private static boolean startsWithTime(byte[] b, int p, int to) {
        if (to - p < 11 || b[p + 4] != '-' || b[p + 7] != '-' || b[p + 10] != 'T' && b[p + 10] != ' ') {
            return false;
        }
        for (int i : new int[] {0, 1, 2, 3, 5, 6, 8, 9}) {
            if (b[p + i] < '0' || b[p + i] > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean startsLikeJson(byte[] b) {
        return startsLikeJson(b, 0, b.length);
    }

    /** An object or a list, but no log line such as {@code [ERROR] text}. */
    private static boolean startsLikeJson(byte[] b, int from, int to) {
        int p = space(b, from, to);
        if (p < to && b[p] == '[') {
            p = space(b, p + 1, to);
            return p == to
                    || "{[]\"-0123456789".indexOf(b[p]) >= 0
                    || startsWith(b, p, "null")
                    || startsWith(b, p, "true")
                    || startsWith(b, p, "false");
        }
        return p < to && b[p] == '{';
    }

    private static boolean laterLineIsJson(byte[] b, int from, int to) {
        for (int p = from; p < to - 1; p++) {
            if (b[p] == '\n' && (b[p + 1] == '{' || startsWithTime(b, p + 1, to) && hasBrace(b, p + 1, to))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasBrace(byte[] b, int p, int to) {
        int end = indexOf(b, '\n', p, to);
        return indexOf(b, '{', p, end) < end;
    }

    private static byte @Nullable [] base64(byte[] b, int from, int to) {
        for (int p = from; p < to; p++) {
            int c = b[p];
            boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (!letter && c != '+' && c != '/' && c != '=' && c != '\n' && c != '\r') {
                return null;
            }
        }
        try {
            return Base64.getMimeDecoder().decode(Arrays.copyOfRange(b, from, to));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String excerpt(byte[] b, int from, int to) {
        String text = new String(b, from, Math.min(to - from, 200), StandardCharsets.UTF_8);
        return cut(CONTROLS.matcher(text).replaceAll(" "));
    }

    private static String cut(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    private static String show(byte c) {
        return c > ' ' && c < 0x7F ? "'" + (char) c + "'" : String.format(Locale.ROOT, "0x%02x", c & 0xFF);
    }

    /** Between two objects nobody listens. */
    private static final class Nothing implements RecordSink {
        @Override
        public void cloudTrail(byte[] key, byte[] bytes, int from, int to) {}

        @Override
        public void execution(byte[] key, byte[] bytes, int from, int to) {}

        @Override
        public void rejected(Reason reason, String message, String place, byte[] bytes, int from, int to) {}

        @Override
        public void ignored(String what) {}
    }
}
