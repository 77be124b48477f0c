package io.trailwarden.detection;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** How findings speak: names as people say them, lists that end, SQL that holds nothing a stranger could use. */
public final class Phrases {

    private Phrases() {}

    /** {@code role deployer}, {@code user dana}, {@code root of 111122223333}; anything else as it is. */
    public static String principal(String actorKey) {
        int role = actorKey.indexOf(":role/");
        if (role > 0) {
            return "role " + afterLastSlash(actorKey);
        }
        if (actorKey.contains(":user/")) {
            return "user " + afterLastSlash(actorKey);
        }
        if (actorKey.startsWith("arn:") && actorKey.endsWith(":root")) {
            return "root of " + account(actorKey);
        }
        if (actorKey.contains(":assumed-role/")) {
            return "role " + actorKey.substring(actorKey.indexOf('/') + 1);
        }
        int machine = actorKey.indexOf(":stateMachine:");
        if (machine > 0) {
            return "state machine " + actorKey.substring(machine + ":stateMachine:".length());
        }
        return actorKey;
    }

    /** The account in an ARN; empty when there is none. */
    public static String account(@Nullable String arn) {
        if (arn == null || !arn.startsWith("arn:")) {
            return "";
        }
        int at = 3;
        for (int colons = 1; colons < 4; colons++) {
            at = arn.indexOf(':', at + 1);
            if (at < 0) {
                return "";
            }
        }
        int end = arn.indexOf(':', at + 1);
        return end < 0 ? "" : arn.substring(at + 1, end);
    }

    /** {@code 111122223333 (payments)}, or the account id alone. */
    public static String account(String id, @Nullable String name) {
        return name == null ? id : id + " (" + name + ')';
    }

    /** {@code states:StartExecution}: the first label of the event source and the event name. */
    public static String action(@Nullable String service, @Nullable String call) {
        return service(service) + ':' + (call == null ? "?" : call);
    }

    /** The service as IAM's actions name it for most services: {@code states} of {@code states.amazonaws.com}. */
    public static String service(@Nullable String eventSource) {
        if (eventSource == null || eventSource.isEmpty()) {
            return "?";
        }
        int dot = eventSource.indexOf('.');
        return dot < 0 ? eventSource : eventSource.substring(0, dot);
    }

    /** {@code a, b, c and 4 more}. */
    public static String list(Collection<String> items, int most) {
        StringBuilder text = new StringBuilder();
        int told = 0;
        for (Iterator<String> each = items.iterator(); each.hasNext() && told < most; told++) {
            text.append(told == 0 ? "" : ", ").append(each.next());
        }
        if (items.size() > told) {
            text.append(" and ").append(items.size() - told).append(" more");
        }
        return text.toString();
    }

    /** {@code 1 call}, {@code 3 calls}. */
    public static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /** {@code 7 days}, {@code 12 hours}, {@code 90 minutes}, or ISO 8601 for anything odder. */
    public static String duration(Duration duration) {
        if (!duration.isZero() && duration.toSeconds() % 86_400 == 0) {
            return count(duration.toDays(), "day");
        }
        if (!duration.isZero() && duration.toSeconds() % 3_600 == 0) {
            return count(duration.toHours(), "hour");
        }
        if (duration.toSeconds() % 60 == 0) {
            return count(duration.toMinutes(), "minute");
        }
        return duration.toString();
    }

    /**
     * A step that shows records: {@code SELECT columns FROM table WHERE …}, to be run by {@code trailwarden query} or
     * on the console's query page.
     *
     * @param equal pairs of column and value; a value that is not plainly a name, an ARN or an address is left out,
     *     because people paste such lines into a shell
     */
    public static String query(
            String intent, String columns, String table, Instant from, Instant to, @Nullable String... equal) {
        StringBuilder sql =
                new StringBuilder("SELECT ").append(columns).append(" FROM ").append(table);
        // A span wide enough for the clocks of two services.
        sql.append(" WHERE event_time BETWEEN TIMESTAMP '")
                .append(sqlTime(from.minus(15, ChronoUnit.MINUTES)))
                .append("' AND TIMESTAMP '")
                .append(sqlTime(to.plus(15, ChronoUnit.MINUTES)))
                .append('\'');
        for (int i = 0; i + 1 < equal.length; i += 2) {
            String value = equal[i + 1];
            if (isPlain(value)) {
                sql.append(" AND ")
                        .append(equal[i])
                        .append(" = '")
                        .append(value)
                        .append('\'');
            }
        }
        return intent + ": " + sql.append(" ORDER BY event_time");
    }

    /** The text as the beginning of a sentence. */
    public static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static boolean isPlain(@Nullable String value) {
        return value != null
                && !value.isEmpty()
                && value.chars()
                        .allMatch(c -> c >= 'a' && c <= 'z'
                                || c >= 'A' && c <= 'Z'
                                || c >= '0' && c <= '9'
                                || ":/_+=,.@-".indexOf(c) >= 0);
    }

    private static String sqlTime(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString().replace("T", " ").replace("Z", "");
    }

    private static String afterLastSlash(String text) {
        return text.substring(text.lastIndexOf('/') + 1);
    }
}
