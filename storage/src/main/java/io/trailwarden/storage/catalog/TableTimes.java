package io.trailwarden.storage.catalog;

import java.time.Instant;

/** Instants as the tables hold them. */
public final class TableTimes {

    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private TableTimes() {}

    /** Microseconds since 1970; times outside the years 1 to 9999, which no engine reads, become the nearest that one does. */
    public static long micros(Instant time) {
        Instant bounded = time.isBefore(FIRST) ? FIRST : time.isAfter(LAST) ? LAST : time;
        return bounded.getEpochSecond() * 1_000_000 + bounded.getNano() / 1000;
    }

    /** The day that {@link #micros} falls in, in days since 1970: the partition. */
    public static int day(Instant time) {
        return (int) Math.floorDiv(micros(time), MICROS_PER_DAY);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
    }
}
