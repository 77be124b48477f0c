package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.json.JsonFault;
import io.trailwarden.event.json.JsonScanner;
import io.trailwarden.event.json.JsonToken;
import io.trailwarden.ingest.format.Recovery.Broken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads lists of records element by element: a broken one is rejected alone. */
final class Lists {

    /** What the elements of a list are. */
    enum Kind {
        RECORDS,
        /** Lists of columns. */
        ROWS,
        /** The columns of a row, of which one may hold a record. */
        COLUMNS
    }

    private record Span(int from, int to) {}

    private final RecordFinder finder;
    private final JsonScanner scanner;
    private final Report report;
    private final Recovery recovery;

    /** Whether the last list had no closing bracket, which is then already said. */
    private boolean cutOff;

    Lists(RecordFinder finder, JsonScanner scanner, Report report, Recovery recovery) {
        this.finder = finder;
        this.scanner = scanner;
        this.report = report;
        this.recovery = recovery;
    }

    /**
     * The elements of an array and its closing bracket.
     *
     * @param p after the opening bracket
     * @return the index after the closing bracket, or {@code to}
     */
    int elements(byte[] b, int p, int to, Kind kind) {
        long before = report.told();
        List<Span> missed = new ArrayList<>(0);
        p = Bytes.space(b, p, to);
        boolean broken = false;
        while (p < to) {
            if (b[p] == ']') {
                cutOff = false;
                tellMissed(b, missed, before, kind);
                return p + 1;
            }
            int start = p;
            long told = report.told();
            try {
                p = element(b, p, to, kind);
            } catch (Broken fault) {
                p = recovery.nextElement(b, start, to);
                report.reject(fault, b, start, Bytes.trimEnd(b, start, p));
                broken = true;
            }
            if (report.isQuiet() && report.told() == told && (b[start] == '{' || b[start] == '[')) {
                missed.add(new Span(start, p));
            }
            p = Bytes.space(b, p, to);
            if (p < to && b[p] == ',') {
                p = Bytes.space(b, p + 1, to);
            } else if (p < to && b[p] != ']' && !(broken && b[p] == '{')) {
                p = rejectBetween(b, p, to);
                broken = true;
            }
        }
        if (!broken) {
            report.reject(
                    new Broken(Reason.MALFORMED, to, "the list of records is cut off after the last one"), b, to, to);
        }
        tellMissed(b, missed, before, kind);
        cutOff = true;
        return to;
    }

    /** Something between two elements that is no comma. */
    private int rejectBetween(byte[] b, int p, int to) {
        int next = recovery.startsRecord(b, p, to) ? p : recovery.nextElement(b, p, to);
        String why = "not JSON: " + Bytes.show(b[p]) + ", expected: ',' or ']'";
        report.reject(new Broken(Reason.MALFORMED, p, why), b, p, Bytes.trimEnd(b, p, next));
        int after = Bytes.space(b, next, to);
        return after < to && b[after] == ',' ? Bytes.space(b, after + 1, to) : after;
    }

    /** In a list that was only searched, elements without a record are lost ones if others hold some. */
    private void tellMissed(byte[] b, List<Span> missed, long before, Kind kind) {
        if (kind == Kind.COLUMNS || report.told() == before) {
            return;
        }
        for (Span span : missed) {
            String why = "JSON without an audit record in it (expected: one, as in other elements of its list)";
            report.rejectAloud(new Broken(Reason.UNRECOGNISED, span.from(), why), b, span.from(), span.to());
        }
    }

    private int element(byte[] b, int p, int to, Kind kind) {
        if (b[p] == '{') {
            return finder.object(b, p, to);
        }
        if (b[p] == '[') {
            finder.deeper(p);
            int end = kind == Kind.ROWS ? row(b, p, to) : elements(b, p + 1, to, within(kind));
            finder.shallower();
            return end;
        }
        JsonToken token;
        try {
            token = finder.scan(b, p, to);
        } catch (JsonFault fault) {
            throw finder.broken(fault, p, to);
        }
        int end = scanner.end();
        byte[] text = token == JsonToken.STRING ? jsonText(b, p) : null;
        if (text != null) {
            finder.nested(text, "text", b, p, end);
        } else {
            String found = token.name().toLowerCase(Locale.ROOT);
            report.reject(new Broken(Reason.UNRECOGNISED, p, "a " + found + " (expected: an audit record)"), b, p, end);
        }
        return end;
    }

    /** A list in a list: more records, or the columns of something unknown. */
    private Kind within(Kind kind) {
        return report.isQuiet() ? Kind.COLUMNS : kind;
    }

    private int row(byte[] b, int p, int to) {
        long before = report.told();
        report.enterQuiet();
        int end;
        try {
            end = elements(b, p + 1, to, Kind.COLUMNS);
        } finally {
            report.leaveQuiet();
        }
        if (report.told() == before) {
            String why =
                    "a row of a query's result that holds no whole record (expected: a column @message or eventJson)";
            report.reject(new Broken(Reason.UNRECOGNISED, p, why), b, p, end);
        }
        return end;
    }

    /** The string that the scanner stands on if it is JSON, or base64 of gzip. */
    byte @org.jspecify.annotations.Nullable [] jsonText(byte[] b, int p) {
        if (scanner.end() - p < 4 || b[p + 1] != '\\' && !Bytes.startsLikeJson(b, p + 1, scanner.end())) {
            return null;
        }
        byte[] text = scanner.text().getBytes(StandardCharsets.UTF_8);
        return Bytes.startsLikeJson(text, 0, text.length) ? text : null;
    }

    /** The list at {@code bracket} in an object, and what follows it in that object. */
    int container(byte[] b, int bracket, int to, Kind kind) {
        finder.deeper(bracket);
        int p = elements(b, bracket + 1, to, kind);
        finder.shallower();
        int start = p;
        try {
            while (true) {
                p = Bytes.space(b, p, to);
                if (p >= to) {
                    if (!cutOff) {
                        String why = "the object is cut off after its list of records";
                        report.reject(new Broken(Reason.MALFORMED, to, why), b, to, to);
                    }
                    return to;
                }
                if (b[p] == '}') {
                    return p + 1;
                }
                if (b[p] != ',') {
                    throw new Broken(Reason.MALFORMED, p, "not JSON: " + Bytes.show(b[p]) + ", expected: ',' or '}'");
                }
                start = Bytes.space(b, p + 1, to);
                p = member(b, start, to);
            }
        } catch (JsonFault fault) {
            return rejectTail(b, start, to, finder.broken(fault, start, to));
        } catch (Broken fault) {
            return rejectTail(b, start, to, fault);
        }
    }

    /** What follows a list of records is broken: that is lost, the records are not. */
    private int rejectTail(byte[] b, int p, int to, Broken fault) {
        int next = recovery.nextDocument(b, p, to);
        report.reject(fault, b, p, Bytes.trimEnd(b, p, next));
        return next;
    }

    /** One more member of a container; a list of records like the first, or anything else. */
    private int member(byte[] b, int p, int to) {
        int value = name(b, p, to);
        String name = scanner.text();
        boolean list = name.equals("Records") || name.equals("Events") || name.equals("logEvents");
        if (list && value < to && b[value] == '[') {
            return elements(b, value + 1, to, Kind.RECORDS);
        }
        finder.scan(b, value, to);
        scanner.skip();
        return scanner.position();
    }

    /**
     * The name at {@code p}, on which the scanner stands afterwards.
     *
     * @return where its value starts
     */
    int name(byte[] b, int p, int to) {
        if (p >= to || finder.scan(b, p, to) != JsonToken.STRING) {
            String found = p >= to ? "the text ends in the middle" : Bytes.show(b[p]) + ", expected: a name";
            throw new Broken(Reason.MALFORMED, p, "not JSON: " + found);
        }
        int colon = Bytes.space(b, scanner.position(), to);
        if (colon >= to || b[colon] != ':') {
            throw new Broken(Reason.MALFORMED, colon, "not JSON, expected: ':'");
        }
        return Bytes.space(b, colon + 1, to);
    }
}
