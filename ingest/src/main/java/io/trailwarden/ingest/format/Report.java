package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.ingest.format.Recovery.Broken;

/**
 * Tells a sink what is found in one object, counts it, and knows the place of everything in the outermost text.
 *
 * <p>While something unknown is searched it is quiet: of what is refused then only what looks like a damaged record is
 * told, because the unknown as a whole is told if nothing is found in it.
 */
final class Report {

    private static final String[] TRACES = {
        "\"eventVersion", "\"eventSource", "\"userIdentity", "\"eventTime", "\"execution_arn"
    };

    /** How far into a text to look for the traces of a record. */
    private static final int MAX_TRACE = 64 << 10;

    private RecordSink sink = new NoSink();
    private long records;
    private long ignored;
    private int quiet;

    /** The outermost text, and where in it a nested one stands; negative while the outermost itself is read. */
    private byte[] outermost = new byte[0];

    private int nestedAt;
    private int lineCountedTo;
    private int line;
    private int lineStart;

    /** What was last rejected in the outermost text. */
    private long broken;

    private int brokenAt;
    private int brokenTo;

    void start(byte[] bytes, RecordSink sink) {
        this.sink = sink;
        outermost = bytes;
        records = 0;
        ignored = 0;
        quiet = 0;
        broken = 0;
        nestedAt = -1;
        lineCountedTo = 0;
        line = 1;
        lineStart = 0;
    }

    /** Between two objects nobody listens. */
    void end() {
        sink = new NoSink();
        outermost = new byte[0];
    }

    /** The same text goes on in another array. */
    void replaceOutermost(byte[] bytes) {
        outermost = bytes;
    }

    boolean isOutermost(byte[] b) {
        return b == outermost;
    }

    /** Records, rejected ones included. */
    long records() {
        return records;
    }

    /** Everything that was told. */
    long told() {
        return records + ignored;
    }

    /** How often something in the outermost text was rejected. */
    long broken() {
        return broken;
    }

    /** Whether what was last rejected lasts to {@code end} of the outermost text, which ends in no line break. */
    boolean isBrokenAt(int end, boolean lineEnds) {
        return brokenAt >= end || brokenTo >= end && !lineEnds;
    }

    void enterQuiet() {
        quiet++;
    }

    void leaveQuiet() {
        quiet--;
    }

    boolean isQuiet() {
        return quiet > 0;
    }

    /** @return whether the text is nested in the outermost one itself; give that to {@link #leaveNested} */
    boolean enterNested(int at) {
        boolean outer = nestedAt < 0;
        if (outer) {
            nestedAt = at;
        }
        return outer;
    }

    void leaveNested(boolean outer) {
        if (outer) {
            nestedAt = -1;
        }
    }

    void cloudTrail(byte[] key, byte[] b, int from, int to) {
        records++;
        sink.cloudTrail(key, b, from, to);
    }

    void execution(byte[] key, byte[] b, int from, int to) {
        records++;
        sink.execution(key, b, from, to);
    }

    void ignored(String what) {
        ignored++;
        sink.ignored(what);
    }

    /** Rejects what stands between {@code from} and {@code to}. */
    void reject(Broken fault, byte[] b, int from, int to) {
        if (quiet == 0 || fault.reason != Reason.UNRECOGNISED && hasTraceOfRecord(b, from, to)) {
            rejectAloud(fault, b, from, to);
        }
    }

    /** Rejects also while it is quiet. */
    void rejectAloud(Broken fault, byte[] b, int from, int to) {
        // What a reader stumbles over can lie behind the record that caused it.
        boolean outer = b == outermost;
        String place = place(outer ? Math.min(fault.position, Math.max(from, to)) : nestedAt);
        if (outer) {
            broken++;
            brokenAt = fault.position;
            brokenTo = to;
        }
        records++;
        sink.rejected(fault.reason, fault.why, place, b, from, to);
    }

    /** Whether this text, though it may be no JSON, has one of the names that mark records. */
    static boolean hasTraceOfRecord(byte[] b, int from, int to) {
        int end = Math.min(to, from + MAX_TRACE);
        for (String trace : TRACES) {
            if (Bytes.contains(b, from, end, trace)) {
                return true;
            }
        }
        return false;
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

    private static final class NoSink implements RecordSink {
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
