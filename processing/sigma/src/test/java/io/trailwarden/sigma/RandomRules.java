package io.trailwarden.sigma;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes rules and events that have a fair chance to match each other, with the oddities that rules must bear. */
final class RandomRules {

    private static final List<String> FIELDS = List.of(
            "a",
            "b",
            "a.b",
            "a.b.c",
            "a.b.c.d",
            "c",
            "c.d",
            "c.b.c",
            "x.y",
            "eventName",
            "userAgent",
            "Big Name",
            "a.0");
    private static final List<String> TEXTS = List.of(
            "foo",
            "Foo",
            "FOOBAR",
            "barfoo",
            "",
            "x",
            "a b",
            "C:\\Windows\\cmd.exe",
            "\u212aelvin",
            "stra\u00dfe",
            "GR\u00dcN",
            "\ud83d\ude00!",
            "5",
            "5.0",
            "1e3",
            "true",
            "null",
            "10.1.2.3",
            "::1",
            "2026-03-05T14:07:09Z",
            "a\"b\\c",
            "line\nbreak",
            "{\"b\":{\"c\":\"foo\"}}",
            "{\"b\": \"x\"",
            "[{\"b\":\"Foo\"},{\"b\":5}]",
            "i\u0307\u0130\u0131",
            "aaaaaaaaaaaaaaaaaaaafooaaaaaaaaaaaaaaaaaaaaaaaaa",
            "mimikatz.exe /x -y");
    private static final List<String> PIECES = List.of(
            "foo",
            "F",
            "*",
            "?",
            "oo*",
            "b?r",
            "a",
            "\\\\",
            "\\*",
            "stra\u00dfe",
            "gr\u00fcn",
            "kelvin",
            "\ud83d\ude00",
            "exe",
            " ",
            "-x",
            "{",
            "\"b\"",
            "5",
            "aaaaaaaa",
            "\u0131",
            "");
    private static final List<String> REGEXES = List.of(
            "fo+",
            "^foo$",
            "(?i)FOO",
            "o{2,}b",
            "a.b",
            "[0-9]+",
            "x|y",
            "\\\\Windows\\\\",
            "^$",
            "(foo|bar)baz?",
            "b\\b",
            "aaa.*foo");

    private final Random random;

    RandomRules(long seed) {
        this.random = new Random(seed);
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    String rule(int number) {
        StringBuilder yaml = new StringBuilder(
                "title: R" + number + "\nname: r" + number + "\nlogsource: {product: aws}\ndetection:\n");
        int searches = 1 + random.nextInt(3);
        for (int s = 0; s < searches; s++) {
            yaml.append("  s").append(s).append(":\n");
            int items = 1 + random.nextInt(3);
            String dash = random.nextInt(5) == 0 ? "  - " : "    ";
            List<String> used = new ArrayList<>();
            for (int i = 0; i < items; i++) {
                String item = item();
                String key = item.substring(0, item.indexOf("':"));
                if (!used.contains(key)) {
                    used.add(key);
                    yaml.append(dash).append(item);
                }
            }
        }
        yaml.append("  condition: ").append(condition(searches, 3)).append('\n');
        return yaml.toString();
    }

    private String item() {
        String field = random.nextInt(12) == 0 ? "" : one(FIELDS);
        return switch (random.nextInt(field.isEmpty() ? 7 : 14)) {
            case 0, 1 -> line(field, "", quoted(text()));
            case 2 -> line(field, "|contains", list(3));
            case 3 -> line(field, "|contains|all", list(2));
            case 4 -> line(field, "|startswith", list(2));
            case 5 -> line(field, "|endswith" + (random.nextBoolean() ? "|cased" : ""), list(2));
            case 6 -> line(field, "|re" + one(List.of("", "|i", "|s")), quoted(one(REGEXES)));
            case 7 -> line(field, "", list(4));
            case 8 ->
                line(field, one(List.of("|lt", "|lte", "|gt", "|gte")), one(List.of("5", "0", "-3", "1.5", "1000")));
            case 9 -> line(field, "", one(List.of("null", "true", "5", "1.0", "''")));
            case 10 -> line(field, "|exists", one(List.of("true", "false")));
            case 11 ->
                line(
                        field,
                        "|fieldref" + one(List.of("", "|contains", "|startswith", "|endswith")),
                        one(List.of("a", "b", "c.d")));
            case 12 ->
                line(
                        field,
                        one(List.of("|hour", "|day|gte", "|week", "|year|lt")),
                        one(List.of("5", "14", "10", "2026")));
            default ->
                line(
                        field,
                        one(List.of("|neq", "|windash|contains", "|base64offset|contains", "|cidr")),
                        "'10.0.0.0/8'");
        };
    }

    private static String line(String field, String modifiers, String value) {
        return "'" + field + modifiers + "': " + value + "\n";
    }

    private String list(int most) {
        StringBuilder list = new StringBuilder("[");
        for (int n = 1 + random.nextInt(most); n > 0; n--) {
            list.append(quoted(text())).append(n > 1 ? ", " : "");
        }
        return list.append(']').toString();
    }

    private String text() {
        if (random.nextInt(3) == 0) {
            return one(TEXTS).replace("\n", "*");
        }
        StringBuilder text = new StringBuilder();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            text.append(one(PIECES));
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private String condition(int searches, int depth) {
        if (depth == 0 || random.nextInt(3) == 0) {
            return random.nextInt(6) == 0
                    ? one(List.of("1 of them", "all of s*", "1 of s*"))
                    : "s" + random.nextInt(searches);
        }
        return switch (random.nextInt(3)) {
            case 0 -> "not (" + condition(searches, depth - 1) + ")";
            case 1 -> "(" + condition(searches, depth - 1) + " and " + condition(searches, depth - 1) + ")";
            default -> "(" + condition(searches, depth - 1) + " or " + condition(searches, depth - 1) + ")";
        };
    }

    ObjectNode event() {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        for (int n = random.nextInt(6); n >= 0; n--) {
            event.set(
                    one(List.of(
                            "a",
                            "b",
                            "c",
                            "x",
                            "eventName",
                            "userAgent",
                            "Big Name",
                            "BigName",
                            "a.b",
                            "a.b.c",
                            "c.d",
                            "other")),
                    value(3));
        }
        return event;
    }

    private JsonNode value(int depth) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        switch (random.nextInt(depth == 0 ? 6 : 9)) {
            case 0, 1, 2 -> {
                return json.textNode(random.nextInt(4) == 0 ? one(TEXTS) + one(TEXTS) : one(TEXTS));
            }
            case 3 -> {
                return json.numberNode(one(List.of(
                        new BigDecimal("5"),
                        new BigDecimal("5.0"),
                        new BigDecimal("-3"),
                        new BigDecimal("1.50"),
                        new BigDecimal("1E+3"),
                        new BigDecimal("0"),
                        new BigDecimal("12345678901234567890"))));
            }
            case 4 -> {
                return json.booleanNode(random.nextBoolean());
            }
            case 5 -> {
                return json.nullNode();
            }
            case 6 -> {
                ArrayNode array = json.arrayNode();
                for (int n = random.nextInt(4); n > 0; n--) {
                    array.add(value(depth - 1));
                }
                return array;
            }
            default -> {
                ObjectNode object = json.objectNode();
                for (int n = random.nextInt(4); n > 0; n--) {
                    object.set(one(List.of("b", "c", "d", "y", "0", "b c", "b.c", "c. d")), value(depth - 1));
                }
                return object;
            }
        }
    }

    /** Writes an event with blanks and escapes that mean nothing. */
    String written(JsonNode event) {
        String compact = event.toString();
        if (random.nextInt(3) > 0) {
            return compact;
        }
        StringBuilder out = new StringBuilder();
        boolean inString = false;
        for (int i = 0; i < compact.length(); i++) {
            char c = compact.charAt(i);
            if (c == '\\') {
                out.append(c).append(compact.charAt(++i));
                continue;
            }
            if (c == '"') {
                inString = !inString;
                out.append(c);
            } else if (inString) {
                out.append(
                        random.nextInt(8) == 0
                                ? String.format(java.util.Locale.ROOT, "\\u%04x", (int) c)
                                : String.valueOf(c));
            } else {
                out.append(c);
                if (",:{[".indexOf(c) >= 0 && random.nextInt(3) == 0) {
                    out.append(" \n");
                }
            }
        }
        return out.toString();
    }
}
