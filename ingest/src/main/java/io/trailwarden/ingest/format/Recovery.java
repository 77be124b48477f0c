package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.json.JsonFault;

/** Finds where to go on after a broken record, within a limit on how much of one object may be read again for it. */
final class Recovery {

    /** How far to look for the end of a broken record by its brackets. */
    private static final int MAX_BRACKETS = 8 << 20;

    private static final long MAX_SEARCH = 512L << 20;

    /** The same for what is damaged and unknown, which is read again at every level. */
    private static final long MAX_DAMAGE = 32L << 20;

    /** What is wrong with a record, and where. Cheap to throw: what is wrong is found again by its place. */
    static final class Broken extends RuntimeException {

        private static final long serialVersionUID = 1L;

        final Reason reason;
        final int position;
        final String why;

        Broken(Reason reason, int position, String why) {
            super(why, null, false, false);
            this.reason = reason;
            this.position = position;
            this.why = why;
        }

        /**
         * What a scanner stumbled over.
         *
         * @param start where the record starts
         * @param window where the longest allowed record would end
         */
        static Broken of(JsonFault fault, int start, int window, int to, int maxBytes) {
            if (fault.position() >= window && window < to) {
                return new Broken(Reason.TOO_LARGE, start, "a record of more than " + maxBytes + " bytes (the limit)");
            }
            Reason reason =
                    switch (fault.kind()) {
                        case MALFORMED -> Reason.MALFORMED;
                        case DUPLICATE_KEY -> Reason.DUPLICATE_KEY;
                        case TOO_DEEP -> Reason.TOO_DEEP;
                        case TOO_LARGE -> Reason.TOO_LARGE;
                    };
            return new Broken(reason, fault.position(), String.valueOf(fault.getMessage()));
        }
    }

    private final Shape shape;
    private long searched;

    Recovery(Shape shape) {
        this.shape = shape;
    }

    void start() {
        searched = 0;
    }

    /** Whether something unknown that is damaged may be searched for what is whole in it. */
    boolean maySearch(Broken fault, int start) {
        searched += Math.max(0, fault.position - start);
        return searched < MAX_DAMAGE;
    }

    /** Where to go on after a broken document: the next line if that starts one, else the next thing that is one. */
    int nextDocument(byte[] b, int start, int to) {
        int lineEnd = Bytes.indexOf(b, '\n', start, to);
        int next = lineEnd + 1;
        int sameLine = nextRecord(b, start + 1, lineEnd);
        if (sameLine < lineEnd) {
            return sameLine;
        }
        if (next < to) {
            int first = Bytes.gap(b, next, to);
            boolean document = first < to && (b[first] == '{' || b[first] == '[') && b[next] != ' ' && b[next] != '\t';
            if (document || b[next] == '\n' || Bytes.startsWithTime(b, next, to)) {
                return next;
            }
        }
        if (next == to) {
            return to;
        }
        int closed = closing(b, start, to);
        return closed > 0 ? closed : nextRecord(b, start + 1, to);
    }

    /** Where to go on after a broken line with something before its record: the next line. */
    int nextLine(byte[] b, int start, int to) {
        int lineEnd = Bytes.indexOf(b, '\n', start, to);
        int sameLine = nextRecord(b, start + 1, lineEnd);
        return sameLine < lineEnd ? sameLine : Math.min(to, lineEnd + 1);
    }

    /** Where to go on after a broken element: behind its closing bracket, else at the next record. */
    int nextElement(byte[] b, int start, int to) {
        int closed = closing(b, start, to);
        if (closed > 0) {
            int after = Bytes.space(b, closed, to);
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
            boolean candidate = c == '{' && (before == ',' || before == '\n' || before == '[' || before == '}');
            if (candidate && startsRecord(b, p, to)) {
                searched += p - from;
                return p;
            }
            if (c != ' ' && c != '\t' && c != '\r') {
                before = c;
            }
        }
        searched += to - from;
        return to;
    }

    /**
     * Where, behind something else, a record starts in a line: a readable one, else what has a record's names.
     *
     * @return {@code end} if there is none
     */
    int recordInLine(byte[] b, int from, int end, int to) {
        for (int p = Bytes.indexOf(b, '{', from, end);
                p < end && searched < MAX_SEARCH;
                p = Bytes.indexOf(b, '{', p + 1, end)) {
            if (startsRecord(b, p, to)) {
                return p;
            }
        }
        int brace = Bytes.indexOf(b, '{', from, end);
        boolean damaged = Bytes.startsObject(b, brace, end) && Report.hasTraceOfRecord(b, brace, end);
        return damaged ? brace : end;
    }

    /** Whether a readable record, or what holds some, starts here. */
    boolean startsRecord(byte[] b, int p, int to) {
        if (!Bytes.startsObject(b, p, to)) {
            return false;
        }
        try {
            int end = shape.read(b, p, to, true);
            searched += end - p;
        } catch (Broken broken) {
            searched += broken.position - p + 1L;
            return false;
        }
        return shape.leadsToRecord();
    }
}
