package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.ingest.format.Recovery.Broken;
import java.util.regex.Pattern;

/**
 * Reads lines that start like no JSON: with something before the record, as tools that show logs write them; base64;
 * tables; or foreign text.
 */
final class Lines {

    /** What people put beside data. Only a name: the text has to be without records, too. */
    private static final Pattern DOCUMENTATION = Pattern.compile(
            "(?:.*[-_.])?(?:README|LICEN[CS]E|NOTICE|COPYING|COPYRIGHT|CHANGELOG|CONTRIBUTING|AUTHORS)(?:[-_.].*)?",
            Pattern.CASE_INSENSITIVE);

    private final RecordFinder finder;
    private final Report report;
    private final Recovery recovery;
    private final CsvTable tables;
    private String name = "";

    Lines(RecordFinder finder, Report report, Recovery recovery) {
        this.finder = finder;
        this.report = report;
        this.recovery = recovery;
        tables = new CsvTable(finder, report, recovery);
    }

    /** @param name of the object to be read */
    void start(String name) {
        this.name = name;
    }

    /**
     * Reads at least one line.
     *
     * @param first whether the text starts with it
     * @return where to go on
     */
    int line(byte[] b, int p, int to, boolean first) {
        int end = Bytes.indexOf(b, '\n', p, to);
        boolean time = Bytes.startsWithTime(b, p, to);
        int brace = recovery.recordInLine(b, p, end, to);
        if (time && brace == end) {
            brace = Bytes.indexOf(b, '{', p, end);
        }
        if (brace < end) {
            return prefixed(b, p, brace, to, time);
        }
        if (Probes.isValidation(b, p, end)) {
            return validation(b, p, end, to);
        }
        if (time) {
            // aws logs tail --format json puts time and stream on a line of their own, then the record.
            int next = Bytes.space(b, end, to);
            if (next < to && b[next] == '{') {
                return next;
            }
        } else if (first && !finder.isNested()) {
            byte[] decoded = Bytes.base64(b, p, to);
            if (decoded != null && isContent(decoded)) {
                finder.nested(decoded, "base64 text", b, p, to);
                return to;
            }
            if (tables.isTable(b, p, to)) {
                tables.read(b, p, to);
                return to;
            }
        }
        if (!first || hasLaterRecord(b, end, to)) {
            return foreign(b, p, end);
        }
        if (!finder.isNested() && isDocumentation()) {
            report.ignored("README, LICENSE or the like");
            return to;
        }
        return foreign(b, p, to);
    }

    private boolean isDocumentation() {
        String file = name.substring(name.lastIndexOf('/') + 1);
        return file.length() < 256 && DOCUMENTATION.matcher(file).matches();
    }

    /** A record with something before it; all of the line is shown if it is broken. */
    private int prefixed(byte[] b, int p, int brace, int to, boolean time) {
        try {
            return finder.record(b, brace, to);
        } catch (Broken fault) {
            // Only after a time it is known how the next line starts.
            int next = time ? recovery.nextDocument(b, brace, to) : recovery.nextLine(b, brace, to);
            report.reject(fault, b, p, Bytes.trimEnd(b, p, next));
            return next;
        }
    }

    /** The probe of a log group; its text is on a line of its own where that of a record would be. */
    private int validation(byte[] b, int p, int end, int to) {
        report.ignored(Probes.VALIDATION);
        int next = Bytes.space(b, end, to);
        int nextEnd = Bytes.indexOf(b, '\n', next, to);
        boolean text = Bytes.contains(b, p, end, Probes.VALIDATION_STREAM)
                && !Bytes.startsWithTime(b, next, to)
                && Probes.isValidation(b, next, nextEnd)
                && !Bytes.contains(b, next, nextEnd, Probes.VALIDATION_STREAM);
        return text ? nextEnd : end;
    }

    private int foreign(byte[] b, int p, int end) {
        int shownTo = Bytes.trimEnd(b, p, end);
        String why = "text that is no JSON: \"" + Bytes.excerpt(b, p, shownTo) + "\"";
        report.reject(new Broken(Reason.UNRECOGNISED, p, why), b, p, shownTo);
        return end;
    }

    private static boolean isContent(byte[] decoded) {
        return Unpacker.isGzip(decoded, 0, decoded.length) || Bytes.startsLikeJson(decoded, 0, decoded.length);
    }

    /** Whether a later line is, or holds, a record; otherwise a text is foreign as a whole. */
    private static boolean hasLaterRecord(byte[] b, int from, int to) {
        for (int p = from; p < to; p = Bytes.indexOf(b, '\n', p, to)) {
            p = Bytes.gap(b, p, to);
            int end = Bytes.indexOf(b, '\n', p, to);
            int brace = Bytes.indexOf(b, '{', p, end);
            if (brace < end) {
                boolean start = brace == p && (p == 0 || b[p - 1] != ' ' && b[p - 1] != '\t');
                boolean behind = Bytes.startsObject(b, brace, end) && Report.hasTraceOfRecord(b, brace, end);
                if (start || behind || Bytes.startsWithTime(b, p, to)) {
                    return true;
                }
            }
        }
        return false;
    }
}
