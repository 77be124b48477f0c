package io.trailwarden.ingest.format;

import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.json.JsonFault;
import io.trailwarden.event.json.JsonLimits;
import io.trailwarden.event.json.JsonScanner;
import io.trailwarden.event.json.JsonToken;
import io.trailwarden.ingest.format.Recovery.Broken;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the names of one object tell about it: whether it is a record, with which id, or what wraps records. Read in one
 * pass over the object; the next {@link #read} forgets it.
 */
final class Shape {

    /** How many of the names that mark a CloudTrail record must be there; the codec wants as many. */
    private static final int MARKS = 3;

    private static final int NONE = -1;

    private final JsonScanner scanner;
    private final JsonLimits limits;

    /** Where the list of records starts, which is then all that was read; negative if there is none. */
    int listAt;

    /** Which list that is, or what wraps a record. */
    @Nullable
    Member wrapper;

    JsonToken wrapperKind = JsonToken.END;
    int wrapperStart;
    int wrapperEnd;

    /** Whether it is a control message of CloudWatch Logs. */
    boolean isControl;

    /** Whether it is an event of GetExecutionHistory. */
    boolean isHistory;

    /** Whether it has a list of records that is null or an empty object. */
    boolean hasEmptyList;

    @Nullable
    String detailType;

    @Nullable
    String eventSource;

    private int marks;
    private boolean isLambdaEvent;
    private boolean hasExecutionArn;
    private boolean hasType;
    private int idStart;
    private int idEnd;
    private boolean hasUpperId;
    private int accountStart;
    private int accountEnd;
    private boolean hasRecipient;

    /** Whether the bytes of id and account are not their text. */
    private boolean hasOddKey;

    Shape(JsonScanner scanner, JsonLimits limits) {
        this.scanner = scanner;
        this.limits = limits;
    }

    /** Whether it is a CloudTrail record, and not one of Lambda's events, which share many names. */
    boolean isCloudTrail() {
        return marks >= MARKS && !isLambdaEvent && wrapper != Member.RAW;
    }

    boolean isExecution() {
        return hasExecutionArn;
    }

    boolean isLambdaEvent() {
        return isLambdaEvent;
    }

    /** Whether nothing in it belongs to a record. */
    boolean isUnmarked() {
        return marks == 0 && !hasExecutionArn;
    }

    /** Whether it is worth going on here after something broken. */
    boolean leadsToRecord() {
        return listAt >= 0
                || marks >= MARKS
                || hasExecutionArn
                || wrapper == Member.DETAIL
                || wrapper == Member.CLOUD_TRAIL_EVENT
                || wrapper == Member.AWSLOGS;
    }

    /**
     * Reads the names of the object at {@code start}.
     *
     * @param lists whether lists in it are lists of records
     * @return the index after the object; if {@link #listAt} is set, that of the list
     */
    int read(byte[] b, int start, int to, boolean lists) {
        clear();
        int window = window(start, to);
        try {
            scanner.reset(b, start, window);
            scanner.next();
            while (scanner.next() == JsonToken.NAME) {
                Member member = Member.of(scanner);
                if (member == null) {
                    scanner.skip();
                } else if (member.role == Member.Role.MARK) {
                    scanner.skip();
                    marks++;
                } else if (member.role == Member.Role.LIST) {
                    if (isList(b, member, to, lists)) {
                        return listAt;
                    }
                } else {
                    note(b, member);
                }
            }
            return scanner.end();
        } catch (JsonFault fault) {
            throw Broken.of(fault, start, window, to, limits.maxBytes());
        }
    }

    private void note(byte[] b, Member member) {
        switch (member.role) {
            case EVENT_SOURCE -> {
                if (scanner.next() == JsonToken.STRING
                        && Bytes.startsWith(b, scanner.start() + 1, scanner.end(), "aws:")) {
                    isLambdaEvent = true;
                    eventSource = scanner.text();
                }
                scanner.skip();
                marks++;
            }
            case ID -> noteId(member);
            case ACCOUNT -> noteAccount(member);
            case EXECUTION -> hasExecutionArn = scanner.skip() == JsonToken.STRING;
            case DETAIL_TYPE -> detailType = textOf(scanner.skip());
            case SOURCE -> {
                String source = textOf(scanner.skip());
                eventSource = eventSource == null ? source : eventSource;
            }
            case MESSAGE_TYPE -> noteType();
            case HISTORY -> {
                scanner.skip();
                isHistory = true;
            }
            default -> noteWrapper(member, scanner.skip());
        }
    }

    private void noteId(Member member) {
        boolean usable = isReadable(scanner.skip());
        marks++;
        if (usable && !hasUpperId) {
            idStart = scanner.start();
            idEnd = scanner.end();
            hasOddKey |= scanner.hasEscapes() || scanner.token() != JsonToken.STRING;
        }
        hasUpperId |= usable && member == Member.EVENT_ID;
    }

    private void noteAccount(Member member) {
        boolean usable = isReadable(scanner.skip());
        boolean recipient = member == Member.RECIPIENT_ACCOUNT_ID;
        marks += recipient ? 1 : 0;
        if (usable && !hasRecipient) {
            accountStart = scanner.start();
            accountEnd = scanner.end();
            hasOddKey |= scanner.hasEscapes() || scanner.token() != JsonToken.STRING;
        }
        hasRecipient |= usable && recipient;
    }

    private void noteType() {
        hasType = true;
        isControl = scanner.skip() == JsonToken.STRING && "CONTROL_MESSAGE".equals(scanner.text());
    }

    private void noteWrapper(Member member, JsonToken kind) {
        boolean tells = wrapper == null || member.compareTo(wrapper) >= 0;
        // Without a record in it, it is a member like any other.
        boolean raw = member != Member.RAW
                || kind == JsonToken.STRING
                        && Bytes.startsLikeJson(scanner.bytes(), scanner.start() + 1, scanner.end());
        if (tells && raw && kind != JsonToken.NULL) {
            wrapper = member;
            wrapperKind = kind;
            wrapperStart = scanner.start();
            wrapperEnd = scanner.end();
        }
    }

    /** Whether the list that the scanner is at is one of records; otherwise it is passed over. */
    private boolean isList(byte[] b, Member member, int to, boolean lists) {
        int value = Bytes.space(b, scanner.position(), to);
        boolean wanted = lists && marks < MARKS && !hasExecutionArn && !(member == Member.LOG_EVENTS && isControl);
        boolean bracket = wanted && value < to && b[value] == '[';
        if (bracket && (member != Member.LOG_EVENTS || hasType || !isControlByLaterType())) {
            listAt = value;
            wrapper = member;
            return true;
        }
        if (bracket) {
            return false;
        }
        JsonToken kind = scanner.skip();
        boolean emptyObject = kind == JsonToken.OBJECT_START && Bytes.space(b, value + 1, to) == scanner.end() - 1;
        if (kind == JsonToken.NULL || emptyObject) {
            hasEmptyList = true;
        } else if (wanted && member == Member.LOWER_RECORDS && kind == JsonToken.OBJECT_START) {
            noteWrapper(member, kind);
        }
        return false;
    }

    /**
     * Whether the type that tells a control message from records stands behind the list. CloudWatch Logs writes it before;
     * who sorts members does not. Reads the object to its end.
     */
    private boolean isControlByLaterType() {
        try {
            scanner.skip();
            while (!isControl && scanner.next() == JsonToken.NAME) {
                if (Member.of(scanner) == Member.MESSAGE_TYPE) {
                    noteType();
                } else {
                    scanner.skip();
                }
            }
            return isControl;
        } catch (JsonFault fault) {
            // Longer than one record may be, or broken: the list tells.
            return false;
        }
    }

    private @Nullable String textOf(JsonToken kind) {
        return kind == JsonToken.STRING ? scanner.text() : null;
    }

    /** As the codec has it: a text or number that is not empty. */
    private boolean isReadable(JsonToken kind) {
        return kind.isScalar()
                && kind != JsonToken.NULL
                && (kind != JsonToken.STRING || scanner.end() - scanner.start() > 2);
    }

    /** The key of this CloudTrail record, as {@link EventKeys} has it, in UTF-8. */
    byte[] key(byte[] b, int start, int end) {
        boolean odd = hasOddKey
                || idStart != NONE && !Bytes.isAscii(b, idStart, idEnd)
                || accountStart != NONE && !Bytes.isAscii(b, accountStart, accountEnd);
        if (odd || idStart == NONE) {
            String id = idStart == NONE ? EventKeys.idOf(b, start, end) : scalar(b, idStart, idEnd);
            String account = accountStart == NONE ? null : scalar(b, accountStart, accountEnd);
            return EventKeys.cloudTrail(id, account).getBytes(StandardCharsets.UTF_8);
        }
        // Without making strings: id and account stand in the record as plain text.
        int idLength = idEnd - idStart - 2;
        int accountLength = accountStart == NONE ? 0 : accountEnd - accountStart - 2;
        byte[] key = new byte[idLength + 1 + accountLength];
        System.arraycopy(b, idStart + 1, key, 0, idLength);
        key[idLength] = '|';
        if (accountLength > 0) {
            System.arraycopy(b, accountStart + 1, key, idLength + 1, accountLength);
        }
        return key;
    }

    /** The text of the scalar that stands here. */
    String scalar(byte[] b, int from, int to) {
        scanner.reset(b, from, to);
        scanner.next();
        return scanner.text();
    }

    /** Where the longest allowed record that starts here would end. */
    int window(int start, int to) {
        return (int) Math.min(to, (long) start + limits.maxBytes());
    }

    private void clear() {
        listAt = NONE;
        wrapper = null;
        isControl = false;
        isHistory = false;
        hasEmptyList = false;
        detailType = null;
        eventSource = null;
        marks = 0;
        isLambdaEvent = false;
        hasExecutionArn = false;
        hasType = false;
        idStart = NONE;
        hasUpperId = false;
        accountStart = NONE;
        hasRecipient = false;
        hasOddKey = false;
    }
}
