package io.trailwarden.jobs.operator;

/**
 * So many lines a minute about single records: a file of nothing but unreadable ones must not fill the disk that the log
 * is on. Belongs to one thread.
 */
public final class LogBudget {

    private static final long MINUTE = 60_000;

    private final int lines;
    private long minute = Long.MIN_VALUE;
    private int written;
    private long leftOut;

    public LogBudget(int lines) {
        this.lines = lines;
    }

    /** Whether a line may be written at this time, in milliseconds. */
    public boolean allows(long now) {
        long current = Math.floorDiv(now, MINUTE);
        if (current != minute) {
            minute = current;
            written = 0;
        }
        if (written < lines) {
            written++;
            return true;
        }
        leftOut++;
        return false;
    }

    /** How many lines were not written since the last time this was asked. */
    public long takeLeftOut() {
        long taken = leftOut;
        leftOut = 0;
        return taken;
    }
}
