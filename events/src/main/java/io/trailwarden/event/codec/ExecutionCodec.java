package io.trailwarden.event.codec;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.event.json.JsonFault;
import io.trailwarden.event.json.JsonNames;
import io.trailwarden.event.json.JsonScanner;
import io.trailwarden.event.json.JsonSpan;
import io.trailwarden.event.json.JsonToken;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines that Step Functions writes to CloudWatch Logs, with or without payloads, in one pass over their bytes.
 *
 * <p>Numbers may be written as text or as numbers; {@code redrive_count} is absent in logs from before November 2023.
 * The events of {@code GetExecutionHistory} look alike but name no execution; they are refused as unrecognised.
 *
 * <p>An instance is reused for many records and belongs to one thread.
 */
public final class ExecutionCodec {

    private static final JsonNames TOP = JsonNames.of(
            "id", // 0
            "type", // 1
            "details", // 2
            "previous_event_id", // 3
            "event_timestamp", // 4
            "execution_arn", // 5
            "redrive_count"); // 6

    private static final JsonNames DETAILS = JsonNames.of(
            "name", // 0
            "resourceType", // 1
            "resource", // 2
            "roleArn", // 3
            "taskCredentials", // 4
            "error", // 5
            "cause"); // 6

    private static final JsonNames CREDENTIALS = JsonNames.of("roleArn");

    private final JsonScanner scanner = new JsonScanner();
    private final SymbolTable symbols = new SymbolTable();

    private byte[] bytes = new byte[0];
    private @Nullable String id;
    private @Nullable String previousId;
    private @Nullable String redriveCount;
    private @Nullable String type;
    private @Nullable String executionArn;
    private @Nullable Instant eventTime;
    private @Nullable String eventTimeText;
    private @Nullable JsonSpan details;
    private @Nullable String name;
    private @Nullable String resourceType;
    private @Nullable String resource;
    private @Nullable String roleArn;
    private @Nullable String taskRoleArn;
    private @Nullable String error;
    private @Nullable String cause;

    private @Nullable String parsedFrom;
    private @Nullable ExecutionArn parsed;

    /**
     * Reads one line.
     *
     * @param raw its bytes in UTF-8, kept by the event and never changed; white space around it is allowed
     */
    public Decoded<ExecutionEvent> decode(byte[] raw, Origin origin) {
        clear();
        bytes = raw;
        try {
            scanner.reset(raw, 0, raw.length);
            if (scanner.next() == JsonToken.OBJECT_START) {
                readLine();
            } else {
                scanner.skip();
            }
            scanner.next();
        } catch (JsonFault fault) {
            return Rejection.of(fault, raw, origin);
        }
        if (executionArn == null) {
            String message = id != null && type != null
                    ? "an execution event without execution_arn, as GetExecutionHistory gives them (expected: a line of an "
                            + "execution log)"
                    : "not an execution event (expected: id, type, event_timestamp and execution_arn)";
            return Rejection.of(Reason.UNRECOGNISED, message, raw, origin);
        }
        ExecutionArn arn = parse(executionArn);
        if (arn == null) {
            return incomplete("execution_arn", executionArn, "the ARN of a Standard or Express execution", origin);
        }
        if (type == null || type.isEmpty()) {
            return incomplete("type", type, "a history event type such as TaskFailed", origin);
        }
        if (eventTime == null) {
            return incomplete("event_timestamp", eventTimeText, "milliseconds since 1970", origin);
        }
        Long number = number(id);
        if (number == null) {
            return incomplete("id", id, "a whole number", origin);
        }
        Long previous = previousId == null ? Long.valueOf(0) : number(previousId);
        if (previous == null) {
            return incomplete("previous_event_id", previousId, "a whole number", origin);
        }
        Long redrives = redriveCount == null ? Long.valueOf(0) : number(redriveCount);
        if (redrives == null || redrives > Integer.MAX_VALUE) {
            return incomplete("redrive_count", redriveCount, "a whole number", origin);
        }
        return new Decoded.Read<>(new ExecutionEvent(
                executionArn,
                arn.stateMachineArn(),
                arn.executionName(),
                arn.mapLabel(),
                arn.express(),
                arn.account(),
                arn.region(),
                number,
                previous,
                type,
                eventTime,
                redrives.intValue(),
                details,
                name,
                resourceType,
                resource,
                roleArn,
                taskRoleArn,
                error,
                cause,
                raw,
                origin));
    }

    private Decoded<ExecutionEvent> incomplete(String field, @Nullable String found, String expected, Origin origin) {
        String shown =
                found == null ? "none" : '"' + (found.length() <= 80 ? found : found.substring(0, 80) + "…") + '"';
        return Rejection.of(Reason.INCOMPLETE, field + ": " + shown + " (expected: " + expected + ")", bytes, origin);
    }

    /** The lines of one execution follow each other, so the last ARN is remembered. */
    private @Nullable ExecutionArn parse(String arn) {
        if (!arn.equals(parsedFrom)) {
            parsed = ExecutionArn.parse(arn);
            parsedFrom = arn;
        }
        return parsed;
    }

    private void readLine() {
        while (scanner.next() == JsonToken.NAME) {
            switch (TOP.numberOf(scanner)) {
                case 0 -> id = text();
                case 1 -> type = symbol();
                case 2 -> readDetails();
                case 3 -> previousId = text();
                case 4 -> readTime();
                case 5 -> executionArn = symbol();
                case 6 -> redriveCount = symbol();
                default -> scanner.skip();
            }
        }
    }

    private void readTime() {
        JsonToken kind = scanner.skip();
        if (kind == JsonToken.STRING || kind == JsonToken.NUMBER) {
            eventTimeText = scanner.text();
            eventTime = eventTimeText.length() > 64 ? null : EventTimes.parse(eventTimeText);
        }
    }

    private void readDetails() {
        JsonToken kind = scanner.next();
        int start = scanner.start();
        if (kind != JsonToken.OBJECT_START) {
            scanner.skip();
            details = kind == JsonToken.NULL ? null : new JsonSpan(scanner.start(), scanner.end());
            return;
        }
        while (scanner.next() == JsonToken.NAME) {
            switch (DETAILS.numberOf(scanner)) {
                case 0 -> name = symbol();
                case 1 -> resourceType = symbol();
                case 2 -> resource = symbol();
                case 3 -> roleArn = symbol();
                case 4 -> readCredentials();
                case 5 -> error = symbol();
                case 6 -> cause = text();
                default -> scanner.skip();
            }
        }
        details = new JsonSpan(start, scanner.end());
    }

    private void readCredentials() {
        if (scanner.next() != JsonToken.OBJECT_START) {
            scanner.skip();
            return;
        }
        while (scanner.next() == JsonToken.NAME) {
            if (CREDENTIALS.numberOf(scanner) == 0) {
                taskRoleArn = symbol();
            } else {
                scanner.skip();
            }
        }
    }

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

    /** A count of zero or more; null if it is written otherwise. */
    private static @Nullable Long number(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 18) {
            return null;
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }

    private void clear() {
        id = null;
        previousId = null;
        redriveCount = null;
        type = null;
        executionArn = null;
        eventTime = null;
        eventTimeText = null;
        details = null;
        name = null;
        resourceType = null;
        resource = null;
        roleArn = null;
        taskRoleArn = null;
        error = null;
        cause = null;
    }
}
