package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.json.JsonNames;
import io.trailwarden.event.json.JsonScanner;
import io.trailwarden.event.json.JsonToken;
import io.trailwarden.ingest.format.Recovery.Broken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Takes records out of what is known to wrap one, or says why there is none. */
final class Wrappers {

    private static final JsonNames CONTENT = JsonNames.of("data", "Message");

    private final RecordFinder finder;
    private final Lists lists;
    private final JsonScanner scanner;
    private final Shape shape;
    private final Report report;

    Wrappers(RecordFinder finder, Lists lists, JsonScanner scanner, Shape shape, Report report) {
        this.finder = finder;
        this.lists = lists;
        this.scanner = scanner;
        this.shape = shape;
        this.report = report;
    }

    /** The object between {@code start} and {@code end}, whose shape was just read and has this wrapper. */
    void unwrap(Member wrapper, byte[] b, int start, int end) {
        int from = shape.wrapperStart;
        int to = shape.wrapperEnd;
        switch (wrapper) {
            case LOWER_RECORDS -> partitions(b, from, to);
            case DETAIL -> detail(b, start, end);
            case CLOUD_TRAIL_EVENT, MESSAGE, UPPER_MESSAGE, BODY, UPPER_BODY, RAW -> {
                if (shape.wrapperKind == JsonToken.STRING) {
                    text(wrapper, shape.scalar(b, from, to), b, start, end);
                } else {
                    object(b, start, end);
                }
            }
            case SNS -> {
                String message = member(b);
                if (message == null) {
                    finder.unknown(b, start, end, null);
                } else {
                    text(wrapper, message, b, start, end);
                }
            }
            case AWSLOGS, KINESIS -> base64(wrapper, member(b), b, start, end);
            case DATA, VALUE -> {
                boolean text = shape.wrapperKind == JsonToken.STRING;
                base64(wrapper, text ? shape.scalar(b, from, to) : null, b, start, end);
            }
            case S3 ->
                refuse(
                        "a notification of S3: it only points to an object (expected: the object itself)",
                        b,
                        start,
                        end);
            case S3_OBJECT_KEY ->
                refuse(
                        "a notification of CloudTrail: it only points to objects (expected: the objects themselves)",
                        b,
                        start,
                        end);
            case DIGEST_S3_OBJECT -> report.ignored("CloudTrail digest");
            default -> finder.unknown(b, start, end, null);
        }
    }

    private void refuse(String why, byte[] b, int start, int end) {
        finder.unknown(b, start, end, new Broken(Reason.UNRECOGNISED, start, why));
    }

    /** An EventBridge event. */
    private void detail(byte[] b, int start, int end) {
        String type = shape.detailType;
        String source = shape.eventSource;
        if (shape.wrapperKind == JsonToken.OBJECT_START) {
            int from = shape.wrapperStart;
            int to = shape.wrapperEnd;
            shape.read(b, from, to, false);
            if (shape.isCloudTrail() && finder.isRecord(b, from, to)) {
                return;
            }
        }
        String what = type == null ? "an envelope" : "an EventBridge event \"" + Bytes.cut(type) + "\"";
        String whose = source == null ? "" : " of \"" + Bytes.cut(source) + "\"";
        refuse(what + whose + " (expected: one that CloudTrail delivers, with a record in detail)", b, start, end);
    }

    /** A text that should be a record. */
    private void text(Member wrapper, String text, byte[] b, int start, int end) {
        String probe = Probes.nameOf(text);
        if (probe == null) {
            finder.nested(text.getBytes(StandardCharsets.UTF_8), wrapper.place, b, start, end);
        } else {
            report.ignored(probe);
        }
    }

    /** An object that stands where a text with JSON is expected: exports of log events have it that way. */
    private void object(byte[] b, int start, int end) {
        if (shape.wrapperKind == JsonToken.OBJECT_START) {
            int from = shape.wrapperStart;
            int to = shape.wrapperEnd;
            shape.read(b, from, to, false);
            if (finder.isRecord(b, from, to)) {
                return;
            }
        }
        finder.unknown(b, start, end, null);
    }

    private void base64(Member wrapper, @Nullable String data, byte[] b, int start, int end) {
        if (data == null) {
            finder.unknown(b, start, end, null);
            return;
        }
        byte[] plain = data.getBytes(StandardCharsets.UTF_8);
        if (Bytes.startsLikeJson(plain, 0, plain.length)) {
            finder.nested(plain, wrapper.place, b, start, end);
            return;
        }
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(data.strip());
        } catch (IllegalArgumentException e) {
            String why = wrapper.place + " is not base64: " + e.getMessage();
            finder.unknown(b, start, end, new Broken(Reason.BAD_ENCODING, start, why));
            return;
        }
        finder.nested(decoded, wrapper.place, b, start, end);
    }

    /** Lambda's event from Kafka: {@code {"topic-partition":[{"value":base64},..]}}. */
    private void partitions(byte[] b, int from, int to) {
        int p = Bytes.space(b, from + 1, to);
        while (p < to && b[p] != '}') {
            p = lists.name(b, b[p] == ',' ? Bytes.space(b, p + 1, to) : p, to);
            if (b[p] == '[') {
                p = lists.elements(b, p + 1, to, Lists.Kind.RECORDS);
            } else {
                finder.scan(b, p, to);
                scanner.skip();
                p = scanner.position();
            }
            p = Bytes.space(b, p, to);
        }
    }

    /** The text of member {@code data} or {@code Message} of the wrapper. */
    private @Nullable String member(byte[] b) {
        if (shape.wrapperKind != JsonToken.OBJECT_START) {
            return null;
        }
        scanner.reset(b, shape.wrapperStart, shape.wrapperEnd);
        scanner.next();
        String found = null;
        while (scanner.next() == JsonToken.NAME) {
            boolean wanted = CONTENT.numberOf(scanner) >= 0;
            JsonToken kind = scanner.skip();
            if (wanted && kind == JsonToken.STRING) {
                found = scanner.text();
            }
        }
        return found;
    }
}
