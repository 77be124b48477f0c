package io.trailwarden.event.codec;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the layouts in which audit records write times: ISO 8601 with or without fraction and zone (none means UTC), a
 * space instead of {@code T}, the compact {@code 20131102T010628Z}, and counts since 1970 in seconds or milliseconds.
 */
final class EventTimes {

    /** Before it there was no AWS; later than the year 9999 no table can hold. */
    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /** Counts from here on are milliseconds: as seconds they would lie after the year 5138. */
    private static final long FIRST_MILLIS = 100_000_000_000L;

    private static final int[] DAYS = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    private static final DateTimeFormatter LENIENT = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendLiteral('T')
            .optionalEnd()
            .optionalStart()
            .appendLiteral(' ')
            .optionalEnd()
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendLiteral(' ')
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendLiteral("UTC")
            .optionalEnd()
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private static final DateTimeFormatter COMPACT = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4)
            .appendPattern("MMdd'T'HHmmss'Z'")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT)
            .withZone(ZoneOffset.UTC);

    private EventTimes() {}

    /** The time written in these bytes; null if they hold none, or one outside the years 1970 to 9999. */
    static @Nullable Instant parse(byte[] b, int from, int to) {
        if (to - from == 20 && b[to - 1] == 'Z' && b[from + 10] == 'T') {
            Instant fast = utcSeconds(b, from);
            if (fast != null) {
                return fast;
            }
        }
        return to - from > 64 ? null : parse(new String(b, from, to - from, StandardCharsets.UTF_8));
    }

    /** The time written in this text; null if it holds none, or one outside the years 1970 to 9999. */
    static @Nullable Instant parse(String text) {
        Instant time = anyLayout(text.strip());
        return time == null || time.isBefore(FIRST) || time.isAfter(LAST) ? null : time;
    }

    private static @Nullable Instant anyLayout(String text) {
        try {
            if (isNumber(text)) {
                int dot = text.indexOf('.');
                if (dot < 0) {
                    long count = Long.parseLong(text);
                    return count >= FIRST_MILLIS ? Instant.ofEpochMilli(count) : Instant.ofEpochSecond(count);
                }
                return Instant.ofEpochMilli(new BigDecimal(text)
                        .movePointRight(3)
                        .setScale(0, RoundingMode.DOWN)
                        .longValueExact());
            }
            if (text.length() == 16 && text.charAt(8) == 'T') {
                return COMPACT.parse(text, Instant::from);
            }
            TemporalAccessor time = LENIENT.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
            return time instanceof OffsetDateTime zoned
                    ? zoned.toInstant()
                    : ((LocalDateTime) time).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            return null;
        }
    }

    private static boolean isNumber(String text) {
        int dots = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                dots++;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        return !text.isEmpty() && dots <= 1 && text.length() <= 24;
    }

    /** {@code 2024-05-01T01:23:45Z} without making a string: nearly every record has this layout. */
    private static @Nullable Instant utcSeconds(byte[] b, int p) {
        if (b[p + 4] != '-' || b[p + 7] != '-' || b[p + 13] != ':' || b[p + 16] != ':') {
            return null;
        }
        int year = two(b, p) * 100 + two(b, p + 2);
        int month = two(b, p + 5);
        int day = two(b, p + 8);
        int hour = two(b, p + 11);
        int minute = two(b, p + 14);
        int second = two(b, p + 17);
        // The 29th of February and every oddity go the careful way.
        if (year < 1970 || month < 1 || month > 12 || day < 1 || day > DAYS[month] || hour < 0 || hour > 23) {
            return null;
        }
        if (minute < 0 || minute > 59 || second < 0 || second > 59) {
            return null;
        }
        // Days since 1970 in the proleptic Gregorian calendar, with years that begin in March.
        int y = month > 2 ? year : year - 1;
        int m = month > 2 ? month - 3 : month + 9;
        long days = 365L * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
        return Instant.ofEpochSecond(days * 86_400 + hour * 3_600L + minute * 60L + second);
    }

    private static int two(byte[] b, int p) {
        int tens = b[p] - '0';
        int ones = b[p + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1_000_000 : tens * 10 + ones;
    }
}
