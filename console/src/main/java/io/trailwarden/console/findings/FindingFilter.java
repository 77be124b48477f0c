package io.trailwarden.console.findings;

import io.trailwarden.event.Severity;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which findings to show. A closed set of fields, values and words: nothing in it is a pattern or an expression.
 *
 * <p>Values of one field are alternatives; fields, exclusions, words and times must all hold. The store's SQL and
 * {@link #test} decide alike.
 *
 * @param include per field the values wanted; a field without an entry wants all
 * @param exclude per field the values not wanted
 * @param words each must occur in the finding's text, regardless of case
 * @param from only findings whose last evidence is not before; event time
 * @param to only findings whose last evidence is before; event time
 */
public record FindingFilter(
        Map<Field, Set<String>> include,
        Map<Field, Set<String>> exclude,
        List<String> words,
        @Nullable Instant from,
        @Nullable Instant to) {

    /** Lets everything through. */
    public static final FindingFilter ALL = new FindingFilter(Map.of(), Map.of(), List.of(), null, null);

    private static final int MAX_VALUES = 200;
    private static final int MAX_TEXT = 1_000;

    /** What can be filtered and counted by; parameters of the API have the same names in lower case. */
    public enum Field {
        SEVERITY,
        STATUS,
        DETECTION,
        ACCOUNT,
        REGION,
        PRINCIPAL;

        /** The parameter's name. */
        public String parameter() {
            return name().toLowerCase(Locale.ROOT);
        }

        String of(FindingRow row) {
            return switch (this) {
                case SEVERITY -> row.severity().name();
                case STATUS -> row.status().name();
                case DETECTION -> row.detection();
                case ACCOUNT -> row.about().account();
                case REGION -> row.about().region();
                case PRINCIPAL -> row.about().principal();
            };
        }

        private String checked(String value) {
            return switch (this) {
                case SEVERITY -> oneOf(value, Severity.values());
                case STATUS -> oneOf(value, Status.values());
                default -> value;
            };
        }

        private String oneOf(String value, Enum<?>[] known) {
            String name = value.toUpperCase(Locale.ROOT);
            for (Enum<?> candidate : known) {
                if (candidate.name().equals(name)) {
                    return name;
                }
            }
            throw new BadFilterException(parameter() + ": \"" + value + "\" (expected: one of "
                    + Arrays.stream(known)
                            .map(each -> each.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "))
                    + ")");
        }
    }

    /**
     * The filter that these parameters of a URL ask for: {@code severity=high&severity=critical}, {@code
     * not.account=111122223333}, {@code q=words}, {@code from=} and {@code to=} in ISO 8601. Others are ignored.
     *
     * @throws BadFilterException naming the value that is not understood
     */
    public static FindingFilter parse(Map<String, List<String>> parameters) {
        Map<Field, Set<String>> include = new EnumMap<>(Field.class);
        Map<Field, Set<String>> exclude = new EnumMap<>(Field.class);
        for (Field field : Field.values()) {
            read(field, field.parameter(), parameters, include);
            read(field, "not." + field.parameter(), parameters, exclude);
        }
        List<String> words = new ArrayList<>();
        for (String text : parameters.getOrDefault("q", List.of())) {
            if (text.length() > MAX_TEXT) {
                throw new BadFilterException(
                        "q: " + text.length() + " characters (expected: at most " + MAX_TEXT + ")");
            }
            for (String word : text.toLowerCase(Locale.ROOT).split("\\s+", -1)) {
                if (!word.isEmpty()) {
                    words.add(word);
                }
            }
        }
        return new FindingFilter(include, exclude, words, time("from", parameters), time("to", parameters));
    }

    private static void read(
            Field field, String name, Map<String, List<String>> parameters, Map<Field, Set<String>> into) {
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.size() > MAX_VALUES) {
            throw new BadFilterException(
                    name + ": " + values.size() + " values (expected: at most " + MAX_VALUES + ")");
        }
        if (!values.isEmpty()) {
            into.put(field, values.stream().map(field::checked).collect(Collectors.toCollection(LinkedHashSet::new)));
        }
    }

    private static @Nullable Instant time(String name, Map<String, List<String>> parameters) {
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.isEmpty() || values.get(0).isEmpty()) {
            return null;
        }
        try {
            return Instant.parse(values.get(0)).truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeException e) {
            throw new BadFilterException(
                    name + ": \"" + values.get(0) + "\" (expected: ISO 8601 in UTC, for example 2026-03-02T09:00:00Z)");
        }
    }

    /** The same filter without what it says of one field: what a facet counts, so that other values stay visible. */
    FindingFilter without(Field field) {
        return new FindingFilter(dropping(field, include), dropping(field, exclude), words, from, to);
    }

    private static Map<Field, Set<String>> dropping(Field field, Map<Field, Set<String>> values) {
        if (!values.containsKey(field)) {
            return values;
        }
        Map<Field, Set<String>> rest = new EnumMap<>(Field.class);
        rest.putAll(values);
        rest.remove(field);
        return rest;
    }

    /** Whether this filter lets the finding through. */
    public boolean test(Change change) {
        FindingRow row = change.row();
        for (Map.Entry<Field, Set<String>> entry : include.entrySet()) {
            if (!entry.getValue().contains(entry.getKey().of(row))) {
                return false;
            }
        }
        for (Map.Entry<Field, Set<String>> entry : exclude.entrySet()) {
            if (entry.getValue().contains(entry.getKey().of(row))) {
                return false;
            }
        }
        for (String word : words) {
            if (!change.text().contains(word)) {
                return false;
            }
        }
        return (from == null || !row.seen().lastTime().isBefore(from))
                && (to == null || row.seen().lastTime().isBefore(to));
    }

    /** The same as a condition on the table {@code finding}, every value bound. */
    Condition condition() {
        StringBuilder sql = new StringBuilder("1");
        List<Object> values = new ArrayList<>();
        include.forEach((field, wanted) -> in(field, " IN ", wanted, sql, values));
        exclude.forEach((field, unwanted) -> in(field, " NOT IN ", unwanted, sql, values));
        for (String word : words) {
            sql.append(" AND instr((SELECT t.search FROM finding_text t WHERE t.number = f.number), ?) > 0");
            values.add(word);
        }
        if (from != null) {
            sql.append(" AND f.last_time >= ?");
            values.add(from.toEpochMilli());
        }
        if (to != null) {
            sql.append(" AND f.last_time < ?");
            values.add(to.toEpochMilli());
        }
        return new Condition(sql.toString(), values);
    }

    private static void in(Field field, String operator, Set<String> wanted, StringBuilder sql, List<Object> values) {
        sql.append(" AND f.").append(field.parameter()).append(operator).append('(');
        String separator = "";
        for (String value : wanted) {
            sql.append(separator).append('?');
            separator = ",";
            values.add(
                    field == Field.SEVERITY ? (Object) Severity.valueOf(value).ordinal() : value);
        }
        sql.append(')');
    }

    /** A part of a WHERE clause and the values of its question marks. */
    record Condition(String sql, List<Object> values) {}
}
