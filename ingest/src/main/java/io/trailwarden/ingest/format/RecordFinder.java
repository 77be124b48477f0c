package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.ExecutionCodec;
import io.trailwarden.event.json.JsonFault;
import io.trailwarden.event.json.JsonLimits;
import io.trailwarden.event.json.JsonScanner;
import io.trailwarden.event.json.JsonToken;
import io.trailwarden.ingest.format.Recovery.Broken;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records in an object's uncompressed bytes, whatever wraps them.
 *
 * <p>Known by content: bare CloudTrail records and execution-log lines; {@code {"Records":[..]}}; arrays; documents one
 * after another, one a line or pretty-printed; lines with something before the record, such as those of {@code aws logs
 * tail}; LookupEvents, FilterLogEvents, GetLogEvents and ReceiveMessage output; results of queries with the record in a
 * column, as JSON or CSV; EventBridge envelopes; CloudWatch Logs subscription payloads, plain or as base64 of gzip; the
 * envelopes that Lambda gets from Kinesis, Firehose, SNS, SQS and Kafka; and any of these inside another,
 * {@value #MAX_NESTING} deep. What is none of these is searched a few levels down.
 *
 * <p>One pass finds a record's end and its id; no tree is built. A record that cannot be read is rejected alone: the
 * finder looks for the place where the next one starts and goes on from there. What holds no record by nature is ignored
 * and named: CloudTrail digests, which are proofs about other objects, probes, and objects without records.
 *
 * <p>An instance is reused for many objects and belongs to one thread.
 */
public final class RecordFinder {

    static final int MAX_NESTING = 8;

    private static final Origin NOWHERE = new Origin("", "", 0, "", Instant.EPOCH);
    private static final ObjectLimits NESTED = new ObjectLimits(64 << 20, ObjectLimits.DEFAULT.maxRatio());

    private final JsonLimits limits = JsonLimits.RECORD;
    private final JsonScanner scanner = new JsonScanner(limits);
    private final ExecutionCodec executions = new ExecutionCodec();
    private final Shape shape = new Shape(scanner, limits);
    private final Report report = new Report();
    private final Recovery recovery = new Recovery(shape);
    private final Lines lines = new Lines(this, report, recovery);
    private final Lists lists = new Lists(this, scanner, report, recovery);
    private final RecordSearch search = new RecordSearch(this, lists, scanner, report, recovery);
    private final Wrappers wrappers = new Wrappers(this, lists, scanner, shape, report);

    private int nesting;
    private int openFrom;

    /**
     * Finds the records between 0 and {@code length}.
     *
     * @return how many there are, rejected ones included
     */
    public long find(byte[] bytes, int length, RecordSink sink) {
        return find(bytes, length, "", sink);
    }

    private long find(byte[] bytes, int length, String name, RecordSink sink) {
        report.start(bytes, sink);
        lines.start(name);
        recovery.start();
        nesting = 0;
        openFrom = length;
        sequence(bytes, 0, length);
        if (report.told() == 0) {
            report.ignored("object without records");
        }
        report.end();
        return report.records();
    }

    /**
     * Finds the records in the content of an object that is no archive. What ended the reading early counts as one.
     *
     * @param name of the object: a text without records that is named like a licence is ignored as one
     * @return how many there are, rejected ones included
     */
    public long find(ObjectContent content, String name, RecordSink sink) {
        long found = 0;
        Signature signature = content.signature();
        if (signature == null) {
            found = find(content.bytes(), content.length(), name, sink);
        } else {
            openFrom = content.length();
            if (signature.use == Signature.Use.IGNORED) {
                sink.ignored(signature.title);
            }
        }
        ObjectContent.Break broken = content.broken();
        if (broken != null) {
            sink.rejected(broken.reason(), broken.message(), broken.place(), content.bytes(), 0, 0);
            found++;
        }
        return found;
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
        int p = Bytes.gap(b, from, to);
        boolean first = true;
        while (p < to) {
            int start = p;
            long brokenBefore = report.broken();
            if (Bytes.startsLikeJson(b, p, to)) {
                p = document(b, p, to);
            } else if (report.isOutermost(b) && Bytes.isColoured(b, p, to)) {
                b = Bytes.withoutColour(b, p, to);
                report.replaceOutermost(b);
                p = Bytes.gap(b, p, to);
                continue;
            } else {
                int end = scalar(b, p, to);
                p = end > p ? end : lines.line(b, p, to, first);
            }
            p = Bytes.gap(b, p, to);
            first = false;
            if (report.isOutermost(b) && p >= to && report.broken() > brokenBefore) {
                int end = Bytes.trimEnd(b, start, to);
                if (report.isBrokenAt(end, b[to - 1] == '\n')) {
                    openFrom = start;
                }
            }
        }
    }

    /** An object or a list, and the index after it. */
    private int document(byte[] b, int p, int to) {
        try {
            return record(b, p, to);
        } catch (Broken fault) {
            int next = recovery.nextDocument(b, p, to);
            report.reject(fault, b, p, Bytes.trimEnd(b, p, next));
            return next;
        }
    }

    /**
     * An object or a list that is a document.
     *
     * @throws Broken if it cannot be read
     */
    int record(byte[] b, int p, int to) {
        if (b[p] == '[') {
            return lists.elements(b, p + 1, to, Lists.Kind.RECORDS);
        }
        int name = Bytes.space(b, p + 1, to);
        return name < to && b[name] == '}' ? name + 1 : object(b, p, to);
    }

    /** A document that is null, or a text with JSON in it; {@code p} if there is none such. */
    private int scalar(byte[] b, int p, int to) {
        if (b[p] != '"') {
            boolean isNull = Bytes.startsWith(b, p, to, "null");
            return isNull && Bytes.space(b, p + 4, to) > Math.min(p + 4, to - 1) ? p + 4 : p;
        }
        try {
            scanner.reset(b, p, shape.window(p, to));
            scanner.next();
        } catch (JsonFault fault) {
            return p;
        }
        int end = scanner.end();
        boolean alone = end == to || b[end] == '\n' || b[end] == '\r' || b[end] == ' ' || b[end] == '\t';
        byte[] inner = alone ? scanner.text().getBytes(StandardCharsets.UTF_8) : new byte[0];
        if (!Bytes.startsLikeJson(inner, 0, inner.length)) {
            return p;
        }
        nested(inner, "text", b, p, end);
        return end;
    }

    /** The object grew from something of which the beginning is needed to read what is added: {@code start}. */
    void reopen(int start) {
        openFrom = start;
    }

    // ---- objects

    /**
     * One object: a record, or what wraps records.
     *
     * @return the index after it
     * @throws Broken if it cannot be read
     */
    int object(byte[] b, int start, int to) {
        int end;
        try {
            end = shape.read(b, start, to, true);
        } catch (Broken fault) {
            // Too large for a record, or damaged in one place: perhaps not as what it is, or not everywhere.
            boolean searchable = shape.isUnmarked() && recovery.maySearch(fault, start);
            int after = searchable ? search.within(b, start, to) : -1;
            if (after < 0) {
                throw fault;
            }
            return after;
        }
        Member wrapper = shape.wrapper;
        if (shape.listAt >= 0) {
            boolean rows = wrapper != null && wrapper.holdsRows();
            return lists.container(b, shape.listAt, to, rows ? Lists.Kind.ROWS : Lists.Kind.RECORDS);
        }
        if (!isRecord(b, start, end)) {
            if (shape.isControl) {
                report.ignored("CloudWatch Logs control message");
            } else if (wrapper != null) {
                wrappers.unwrap(wrapper, b, start, end);
            } else if (!shape.hasEmptyList) {
                unknown(b, start, end, null);
            }
        }
        return end;
    }

    /** Whether the object whose shape was read is a record; if so, it is told. */
    boolean isRecord(byte[] b, int start, int end) {
        if (shape.isCloudTrail()) {
            report.cloudTrail(shape.key(b, start, end), b, start, end);
            return true;
        }
        if (shape.isExecution()) {
            execution(b, start, end);
            return true;
        }
        return false;
    }

    private void execution(byte[] b, int start, int end) {
        Decoded<ExecutionEvent> decoded = executions.decode(Arrays.copyOfRange(b, start, end), NOWHERE);
        if (decoded instanceof Decoded.Read<ExecutionEvent> read) {
            report.execution(EventKeys.of(read.value()).getBytes(StandardCharsets.UTF_8), b, start, end);
        } else if (decoded instanceof Decoded.Rejected<ExecutionEvent> no) {
            report.reject(
                    new Broken(no.deadLetter().reason(), start, no.deadLetter().message()), b, start, end);
        }
    }

    /**
     * Searches what is no known wrapper, or one without a record where it should be, and rejects it if it holds none.
     *
     * @param fault what is wrong with it; null if nothing is known about it
     */
    void unknown(byte[] b, int start, int end, @Nullable Broken fault) {
        Broken refusal = fault == null ? new Broken(Reason.UNRECOGNISED, start, describe()) : fault;
        if (start >= end || b[start] != '{' || search.within(b, start, end) < 0) {
            report.reject(refusal, b, start, end);
        }
    }

    private String describe() {
        if (shape.isLambdaEvent()) {
            String source = shape.eventSource;
            return "an event of \"" + Bytes.cut(source == null ? "" : source) + "\" without an audit record in it";
        }
        if (shape.isHistory) {
            return "an event of GetExecutionHistory, which does not name its execution (expected: a line of an "
                    + "execution log)";
        }
        return "JSON that is no audit record (expected: CloudTrail's eventVersion, eventTime, eventSource and so on, or "
                + "an execution log's execution_arn)";
    }

    // ---- texts within texts

    /** Finds the records in a text that stands, encoded, between {@code start} and {@code end} of another. */
    void nested(byte[] text, String what, byte[] b, int start, int end) {
        if (nesting == MAX_NESTING) {
            report.reject(
                    new Broken(Reason.TOO_DEEP, start, "wrappers within wrappers, more than " + MAX_NESTING),
                    b,
                    start,
                    end);
            return;
        }
        ObjectContent content = ObjectContent.plain(text, text.length);
        if (Unpacker.isGzip(text, 0, text.length)) {
            try (Unpacker unpacker = new Unpacker(NESTED)) {
                content = unpacker.unpack(text, text.length);
            }
        }
        ObjectContent.Break unpackedTo = content.broken();
        if (Bytes.startsLikeJson(content.bytes(), 0, content.length())) {
            boolean outer = report.enterNested(start);
            nesting++;
            sequence(content.bytes(), 0, content.length());
            nesting--;
            report.leaveNested(outer);
        } else if (unpackedTo == null) {
            String shown = Bytes.excerpt(content.bytes(), 0, content.length());
            String why = what + ": \"" + shown + "\" (expected: an audit record as JSON)";
            unknown(b, start, end, new Broken(Reason.UNRECOGNISED, start, why));
        }
        if (unpackedTo != null) {
            report.reject(new Broken(unpackedTo.reason(), start, what + ": " + unpackedTo.message()), b, start, end);
        }
    }

    boolean isNested() {
        return nesting > 0;
    }

    boolean isDeepest() {
        return nesting == MAX_NESTING;
    }

    /** @throws Broken if this is too deep; otherwise {@link #shallower} follows */
    void deeper(int position) {
        if (nesting == MAX_NESTING) {
            throw new Broken(Reason.TOO_DEEP, position, "lists within lists, more than " + MAX_NESTING);
        }
        nesting++;
    }

    void shallower() {
        nesting--;
    }

    /** What a scanner stumbled over in the record at {@code start}. */
    Broken broken(JsonFault fault, int start, int to) {
        return Broken.of(fault, start, shape.window(start, to), to, limits.maxBytes());
    }

    /** Puts the scanner on the value at {@code p}. */
    JsonToken scan(byte[] b, int p, int to) {
        scanner.reset(b, p, shape.window(p, to));
        return scanner.next();
    }
}
