package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.json.JsonFault;
import io.trailwarden.event.json.JsonScanner;
import io.trailwarden.event.json.JsonToken;
import io.trailwarden.ingest.format.Recovery.Broken;

/**
 * Searches an object of an unknown kind, some levels down, for records: objects or texts with the names that mark one.
 * Exports of search engines and log collectors are like that, each with names of its own.
 */
final class RecordSearch {

    private static final int MAX_LEVELS = 10;

    private final RecordFinder finder;
    private final Lists lists;
    private final JsonScanner scanner;
    private final Report report;
    private final Recovery recovery;
    private int level;

    /** Whether the last text broke off in something that was searched, which is then already said. */
    private boolean isRestLost;

    RecordSearch(RecordFinder finder, Lists lists, JsonScanner scanner, Report report, Recovery recovery) {
        this.finder = finder;
        this.lists = lists;
        this.scanner = scanner;
        this.report = report;
        this.recovery = recovery;
    }

    /**
     * Searches the members of the object at {@code start}; it may be longer than a record may be, and end before
     * {@code to}.
     *
     * @return the index after it; negative if nothing was found in it
     */
    int within(byte[] b, int start, int to) {
        if (level == MAX_LEVELS) {
            return -1;
        }
        long before = report.told();
        int p = start + 1;
        isRestLost = false;
        level++;
        report.enterQuiet();
        try {
            p = Bytes.space(b, p, to);
            while (p < to && b[p] != '}') {
                p = Bytes.space(b, value(b, lists.name(b, p, to), to), to);
                p = separator(b, p, to);
            }
            if (p >= to && !isRestLost) {
                throw new Broken(Reason.MALFORMED, p, "not JSON: the text ends in the middle");
            }
        } catch (JsonFault fault) {
            return afterFault(finder.broken(fault, p, to), before, b, p, to);
        } catch (Broken fault) {
            return afterFault(fault, before, b, p, to);
        } finally {
            report.leaveQuiet();
            level--;
        }
        return report.told() > before ? Math.min(p + 1, to) : -1;
    }

    private static int separator(byte[] b, int p, int to) {
        if (p < to && b[p] == ',') {
            int name = Bytes.space(b, p + 1, to);
            if (name < to && b[name] == '"') {
                return name;
            }
        } else if (p >= to || b[p] == '}') {
            return p;
        }
        throw new Broken(Reason.MALFORMED, p, "not JSON: " + Bytes.show(b[p]) + ", expected: ',' or '}'");
    }

    /** What was found stays; what is broken behind it is lost. */
    private int afterFault(Broken fault, long before, byte[] b, int p, int to) {
        if (report.told() == before) {
            return -1;
        }
        int next = recovery.nextDocument(b, p, to);
        isRestLost = next >= to;
        report.rejectAloud(fault, b, p, Bytes.trimEnd(b, p, next));
        return next;
    }

    /** @return the index after the value */
    private int value(byte[] b, int p, int to) {
        if (p < to && b[p] == '{') {
            int name = Bytes.space(b, p + 1, to);
            return name < to && b[name] == '}' ? name + 1 : finder.object(b, p, to);
        }
        if (p < to && b[p] == '[' && !finder.isDeepest()) {
            finder.deeper(p);
            int end = lists.elements(b, p + 1, to, Lists.Kind.RECORDS);
            finder.shallower();
            return end;
        }
        JsonToken token = finder.scan(b, p, to);
        scanner.skip();
        int end = scanner.end();
        byte[] text = token == JsonToken.STRING ? lists.jsonText(b, p) : null;
        if (text != null) {
            finder.nested(text, "text", b, p, end);
        }
        return end;
    }
}
