package io.trailwarden.sigma;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.TextPattern;
import io.trailwarden.sigma.rule.ValueTest;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule means, written down as plainly as possible: a tree walk over a parsed event, nothing shared with the
 * engine but the bound expression. The engine must agree with it.
 */
public final class ObviousEvaluator {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ObviousEvaluator() {}

    public static JsonNode parse(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static boolean matches(Expression expression, JsonNode event) {
        if (expression instanceof Expression.All all) {
            return all.parts().stream().allMatch(part -> matches(part, event));
        }
        if (expression instanceof Expression.Any any) {
            return any.parts().stream().anyMatch(part -> matches(part, event));
        }
        if (expression instanceof Expression.Not not) {
            return !matches(not.part(), event);
        }
        if (expression instanceof Expression.Constant constant) {
            return constant.value();
        }
        if (expression instanceof Expression.Labelled labelled) {
            return matches(labelled.part(), event);
        }
        Expression.Test test = (Expression.Test) expression;
        List<JsonNode> found = new ArrayList<>();
        boolean present = test.field() == null ? leaves(event, found) : field(test.field(), event, found);
        if (test.test() instanceof ValueTest.Exists) {
            return present;
        }
        List<JsonNode> values = found.stream().filter(v -> !v.isNull()).toList();
        if (test.test() instanceof ValueTest.IsNull) {
            return values.isEmpty();
        }
        return values.stream().anyMatch(value -> passes(value, test.test(), event));
    }

    /** Adds every scalar of the event. */
    private static boolean leaves(JsonNode node, List<JsonNode> out) {
        if (node.isContainerNode()) {
            node.forEach(child -> leaves(child, out));
        } else {
            out.add(node);
        }
        return true;
    }

    /** Adds the field's values and says whether its key is there. */
    private static boolean field(String name, JsonNode event, List<JsonNode> out) {
        boolean present = false;
        for (var entry : event.properties()) {
            if (entry.getKey().replace(" ", "").equals(name)) {
                flatten(entry.getValue(), out);
                present = true;
            }
        }
        return present || path(List.of(name.split("\\.", -1)), event, out);
    }

    private static boolean path(List<String> keys, JsonNode node, List<JsonNode> out) {
        if (keys.isEmpty()) {
            flatten(node, out);
            return true;
        }
        if (node.isArray()) {
            boolean present = false;
            for (JsonNode member : node) {
                present |= path(keys, member, out);
            }
            return present;
        }
        if (node.isTextual()) {
            JsonNode inside = embedded(node.textValue());
            return inside != null && path(keys, inside, out);
        }
        boolean present = false;
        for (var entry : node.properties()) {
            String key = entry.getKey().replace(" ", "");
            for (int n = 1; n <= keys.size(); n++) {
                if (key.equals(String.join(".", keys.subList(0, n)))) {
                    present |= path(keys.subList(n, keys.size()), entry.getValue(), out);
                }
            }
        }
        return present;
    }

    private static @Nullable JsonNode embedded(String text) {
        String trimmed = text.stripLeading();
        if (!trimmed.startsWith("{") && !trimmed.startsWith("[")) {
            return null;
        }
        try {
            STRICT.readTree(text);
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static void flatten(JsonNode node, List<JsonNode> out) {
        if (node.isArray()) {
            node.forEach(member -> flatten(member, out));
        } else {
            out.add(node);
        }
    }

    static String text(JsonNode value) {
        if (value.isNumber()) {
            BigDecimal number = value.decimalValue();
            return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
        }
        return value.isContainerNode() ? value.toString() : value.asText();
    }

    private static boolean passes(JsonNode value, ValueTest test, JsonNode event) {
        String text = text(value);
        if (test instanceof ValueTest.Text expected) {
            return like(symbols(text, expected.cased()), 0, symbols(expected), 0);
        }
        if (test instanceof ValueTest.Regex regex) {
            return regex.pattern().matcher(text).find();
        }
        if (test instanceof ValueTest.Cidr cidr) {
            return cidr.block().contains(text);
        }
        if (test instanceof ValueTest.Compare compare) {
            boolean numeric = value.isNumber()
                    || value.isTextual() && text.matches("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,4})?");
            return numeric && compare.relation().holds(new BigDecimal(text).compareTo(compare.bound()));
        }
        if (test instanceof ValueTest.TimePart part) {
            return time(text, part);
        }
        ValueTest.FieldReference reference = (ValueTest.FieldReference) test;
        List<JsonNode> others = new ArrayList<>();
        field(reference.other(), event, others);
        return others.stream()
                .filter(other -> !other.isNull())
                .anyMatch(other -> related(text, text(other), reference));
    }

    private static boolean related(String text, String other, ValueTest.FieldReference reference) {
        String a = folded(text, reference.cased());
        String b = folded(other, reference.cased());
        return switch (reference.reach()) {
            case WHOLE -> a.equals(b);
            case START -> a.startsWith(b);
            case END -> a.endsWith(b);
            case ANYWHERE -> a.contains(b);
        };
    }

    private static boolean time(String text, ValueTest.TimePart part) {
        String iso = text.replace(' ', 'T');
        LocalDate date;
        try {
            date = LocalDate.parse(iso.length() >= 10 ? iso.substring(0, 10) : iso);
        } catch (DateTimeParseException e) {
            return false;
        }
        if (!iso.matches("(?s).{10}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[-+][0-9]{2}:?[0-9]{2})?)?")) {
            return false;
        }
        int hour = iso.length() > 10 ? Integer.parseInt(iso.substring(11, 13)) : 0;
        int minute = iso.length() > 10 ? Integer.parseInt(iso.substring(14, 16)) : 0;
        int found =
                switch (part.part()) {
                    case MINUTE -> minute;
                    case HOUR -> hour;
                    case DAY -> date.getDayOfMonth();
                    case WEEK -> date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
                    case MONTH -> date.getMonthValue();
                    case YEAR -> date.getYear();
                };
        return hour < 24
                && minute < 60
                && part.relation().holds(BigDecimal.valueOf(found).compareTo(part.bound()));
    }

    private static String folded(String text, boolean cased) {
        int[] symbols = symbols(text, cased);
        return new String(symbols, 0, symbols.length);
    }

    private static int[] symbols(String text, boolean cased) {
        return text.codePoints().map(c -> cased ? c : fold(c)).toArray();
    }

    private static int[] symbols(ValueTest.Text expected) {
        int[] symbols = expected.pattern().symbols();
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = symbols[i] < 0 || expected.cased() ? symbols[i] : fold(symbols[i]);
        }
        return symbols;
    }

    private static int fold(int c) {
        return c == 'İ' || c == 'ı' ? c : Character.toLowerCase(Character.toUpperCase(c));
    }

    /** Whether the text from {@code t} is like the pattern from {@code p}, by dynamic programming from the end. */
    private static boolean like(int[] text, int t, int[] pattern, int p) {
        boolean[] after = new boolean[text.length + 1];
        after[text.length] = true;
        for (int j = pattern.length - 1; j >= p; j--) {
            boolean[] now = new boolean[text.length + 1];
            for (int i = text.length; i >= t; i--) {
                now[i] = switch (pattern[j]) {
                    case TextPattern.ANY -> after[i] || i < text.length && now[i + 1];
                    case TextPattern.ONE -> i < text.length && after[i + 1];
                    default -> i < text.length && text[i] == pattern[j] && after[i + 1];
                };
            }
            after = now;
        }
        return after[t];
    }
}
