package io.trailwarden.sigma.parse;

import com.google.re2j.PatternSyntaxException;
import io.trailwarden.sigma.rule.CidrBlock;
import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.Modifier;
import io.trailwarden.sigma.rule.Search;
import io.trailwarden.sigma.rule.TextPattern;
import io.trailwarden.sigma.rule.ValueTest;
import io.trailwarden.sigma.yaml.RuleRefusedException;
import io.trailwarden.sigma.yaml.YamlNode;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Applies the modifiers of one item, from left to right, to each of its values. */
final class ItemBinder {

    private static final Pattern PLACEHOLDER = Pattern.compile("(?<!\\\\)%([^%\\s\\\\]+)%");
    private static final Set<Modifier> WHOLE_ITEM = Set.of(Modifier.ALL, Modifier.NEQ);
    private static final String DASHES = "-/\u2013\u2014\u2015";
    private static final int MAX_VARIANTS = 10_000;

    private final Map<String, List<String>> placeholders;

    ItemBinder(Map<String, List<String>> placeholders) {
        this.placeholders = Map.copyOf(placeholders);
    }

    Expression bind(Search.Item item) {
        boolean all = item.modifiers().contains(Modifier.ALL);
        List<Expression> tests = new ArrayList<>();
        for (YamlNode value : item.values()) {
            List<Expression> variants = new ArrayList<>();
            for (Value modified : modified(item, value)) {
                variants.add(modified.test(item, value));
            }
            tests.add(variants.size() == 1 ? variants.get(0) : new Expression.Any(variants));
        }
        if (item.values().isEmpty()) {
            tests.add(new NullValue().test(item, new YamlNode.Nothing(item.at())));
        }
        Expression body =
                tests.size() == 1 ? tests.get(0) : all ? new Expression.All(tests) : new Expression.Any(tests);
        if (item.modifiers().contains(Modifier.NEQ)) {
            body = new Expression.Not(body);
        }
        return new Expression.Labelled(item.written(), item.at(), body);
    }

    private List<Value> modified(Search.Item item, YamlNode node) {
        List<Value> values = List.of(value(item, node));
        for (int i = 0; i < item.modifiers().size(); i++) {
            Modifier modifier = item.modifiers().get(i);
            if (WHOLE_ITEM.contains(modifier)) {
                continue;
            }
            boolean first = i == 0;
            List<Value> next = new ArrayList<>();
            for (Value value : values) {
                next.addAll(apply(modifier, value, first, item, node));
            }
            values = next;
        }
        return values;
    }

    private static Value value(Search.Item item, YamlNode node) {
        return node.accept(new Values(item));
    }

    /** Values as they are written, before any modifier. */
    private record Values(Search.Item item) implements YamlNode.Visitor<Value> {

        @Override
        public Value text(YamlNode.Text text) {
            return new TextValue(TextPattern.parse(text.value()), text.value(), false, false, false);
        }

        @Override
        public Value numeric(YamlNode.Numeric number) {
            return new NumberValue(number);
        }

        @Override
        public Value truth(YamlNode.Truth truth) {
            return new TruthValue(truth.value());
        }

        @Override
        public Value nothing(YamlNode.Nothing nothing) {
            return new NullValue();
        }

        @Override
        public Value moment(YamlNode.Moment moment) {
            throw refused(item, moment, moment.written() + " is a YAML date (quote it to compare as text)");
        }

        @Override
        public Value sequence(YamlNode.Sequence sequence) {
            throw nested(sequence);
        }

        @Override
        public Value mapping(YamlNode.Mapping mapping) {
            throw nested(mapping);
        }

        private RuleRefusedException nested(YamlNode node) {
            return refused(
                    item,
                    node,
                    node.written()
                            + " as a value (expected: text, number, boolean or null; nested fields are written a.b.c)");
        }
    }

    private List<Value> apply(Modifier modifier, Value value, boolean first, Search.Item item, YamlNode node) {
        return switch (modifier) {
            case CONTAINS, STARTSWITH, ENDSWITH -> List.of(stretched(modifier, value, item, node));
            case CASED -> {
                if (value instanceof ReferenceValue reference) {
                    yield List.of(new ReferenceValue(reference.other, reference.reach, true));
                }
                TextValue text = text(modifier, value, item, node);
                yield List.of(new TextValue(text.pattern, text.written, true, text.encoded, text.mark));
            }
            case EXISTS -> {
                if (item.field() == null || !onlyWith(item, Modifier.EXISTS)) {
                    throw refused(item, node, "exists stands alone, after a field (expected: field|exists: true)");
                }
                if (!(value instanceof TruthValue truth)) {
                    throw refused(item, node, node.written() + " (expected: true or false, unquoted)");
                }
                yield List.of(new ExistsValue(truth.value));
            }
            case RE -> {
                if (!first || !(value instanceof TextValue text)) {
                    throw refused(item, node, "re comes first and takes text (expected: field|re: 'pattern')");
                }
                yield List.of(new RegexValue(text.written, 0));
            }
            case IGNORECASE -> List.of(flagged(com.google.re2j.Pattern.CASE_INSENSITIVE, modifier, value, item, node));
            case MULTILINE -> List.of(flagged(com.google.re2j.Pattern.MULTILINE, modifier, value, item, node));
            case DOTALL -> List.of(flagged(com.google.re2j.Pattern.DOTALL, modifier, value, item, node));
            case CIDR -> {
                CidrBlock block = first && value instanceof TextValue text ? CidrBlock.parse(text.written) : null;
                if (block == null) {
                    throw refused(
                            item,
                            node,
                            node.written() + " (expected: cidr first, and a network without host bits such as"
                                    + " 10.0.0.0/8 or 2001:db8::/32)");
                }
                yield List.of(new CidrValue(block));
            }
            case LT -> List.of(compared(ValueTest.Relation.LESS, value, item, node));
            case LTE -> List.of(compared(ValueTest.Relation.LESS_OR_EQUAL, value, item, node));
            case GT -> List.of(compared(ValueTest.Relation.GREATER, value, item, node));
            case GTE -> List.of(compared(ValueTest.Relation.GREATER_OR_EQUAL, value, item, node));
            case MINUTE, HOUR, DAY, WEEK, MONTH, YEAR -> {
                if (!(value instanceof NumberValue number) || !number.number.whole()) {
                    throw refused(item, node, node.written() + " (expected: a whole number, unquoted)");
                }
                yield List.of(new TimeValue(
                        ValueTest.Part.valueOf(modifier.name()), ValueTest.Relation.EQUAL, number.number.value()));
            }
            case FIELDREF -> {
                TextValue text = text(modifier, value, item, node);
                if (!first || item.field() == null || !text.pattern.isLiteral()) {
                    throw refused(item, node, "fieldref comes first and takes the name of a field, without wildcards");
                }
                yield List.of(
                        new ReferenceValue(text.pattern.literal().replace(" ", ""), ValueTest.Reach.WHOLE, text.cased));
            }
            case EXPAND -> expanded(value, item, node);
            case WIDE -> List.of(encoded(StandardCharsets.UTF_16LE, false, modifier, value, item, node));
            case UTF16BE -> List.of(encoded(StandardCharsets.UTF_16BE, false, modifier, value, item, node));
            case UTF16 -> List.of(encoded(StandardCharsets.UTF_16LE, true, modifier, value, item, node));
            case BASE64 -> {
                TextValue text = text(modifier, value, item, node);
                yield List.of(text.plain(Base64.getEncoder().encodeToString(bytes(modifier, text, item, node))));
            }
            case BASE64OFFSET -> {
                TextValue text = text(modifier, value, item, node);
                byte[] bytes = bytes(modifier, text, item, node);
                List<Value> shifted = new ArrayList<>();
                for (int offset = 0; offset < 3; offset++) {
                    shifted.add(text.plain(base64At(offset, bytes)));
                }
                yield shifted;
            }
            case WINDASH -> windash(text(modifier, value, item, node), item, node);
            case ALL, NEQ -> throw new IllegalStateException("not a modifier of values: " + modifier);
        };
    }

    private static boolean onlyWith(Search.Item item, Modifier only) {
        return item.modifiers().stream().allMatch(m -> m == only || m == Modifier.ALL || m == Modifier.NEQ);
    }

    private static Value stretched(Modifier modifier, Value value, Search.Item item, YamlNode node) {
        if (value instanceof RegexValue) {
            // A regular expression is searched anywhere already, so `.*` on either side changes nothing.
            return value;
        }
        if (value instanceof ReferenceValue reference) {
            ValueTest.Reach reach =
                    switch (modifier) {
                        case STARTSWITH -> ValueTest.Reach.START;
                        case ENDSWITH -> ValueTest.Reach.END;
                        default -> ValueTest.Reach.ANYWHERE;
                    };
            boolean both = reference.reach != ValueTest.Reach.WHOLE && reference.reach != reach;
            return new ReferenceValue(reference.other, both ? ValueTest.Reach.ANYWHERE : reach, reference.cased);
        }
        TextValue text = text(modifier, value, item, node);
        TextPattern pattern = text.pattern;
        if (modifier != Modifier.STARTSWITH) {
            pattern = pattern.anyBefore();
        }
        if (modifier != Modifier.ENDSWITH) {
            pattern = pattern.anyAfter();
        }
        return text.with(pattern);
    }

    private static TextValue text(Modifier modifier, Value value, Search.Item item, YamlNode node) {
        if (value instanceof TextValue text) {
            return text;
        }
        throw refused(
                item,
                node,
                node.written() + " under " + modifier + " (expected: text; quote it, and put " + modifier
                        + " before modifiers that are not about text)");
    }

    private static Value flagged(int flag, Modifier modifier, Value value, Search.Item item, YamlNode node) {
        if (value instanceof RegexValue regex) {
            return new RegexValue(regex.pattern, regex.flags | flag);
        }
        throw refused(item, node, modifier + " without re (expected: field|re|" + modifier + ")");
    }

    private static Value compared(ValueTest.Relation relation, Value value, Search.Item item, YamlNode node) {
        if (value instanceof NumberValue number && item.field() != null) {
            return new CompareValue(relation, number.number.value());
        }
        if (value instanceof TimeValue time && time.relation == ValueTest.Relation.EQUAL) {
            return new TimeValue(time.part, relation, time.bound);
        }
        throw refused(item, node, node.written() + " (expected: one comparison with a number, unquoted, of a field)");
    }

    private List<Value> expanded(Value value, Search.Item item, YamlNode node) {
        if (value instanceof RegexValue regex) {
            List<Value> out = new ArrayList<>();
            for (String pattern : replaced(regex.pattern, com.google.re2j.Pattern::quote, item, node)) {
                out.add(new RegexValue(pattern, regex.flags));
            }
            return out;
        }
        TextValue text = text(Modifier.EXPAND, value, item, node);
        List<Value> out = new ArrayList<>();
        for (String written : replaced(text.written, ItemBinder::escaped, item, node)) {
            String plain = written.replace("\\%", "%");
            TextPattern pattern = TextPattern.parse(plain);
            // `contains` and its like may have come before.
            if (startsAny(text.pattern) && !startsAny(TextPattern.parse(text.written))) {
                pattern = pattern.anyBefore();
            }
            if (endsAny(text.pattern) && !endsAny(TextPattern.parse(text.written))) {
                pattern = pattern.anyAfter();
            }
            out.add(new TextValue(pattern, plain, text.cased, text.encoded, text.mark));
        }
        return out;
    }

    private List<String> replaced(
            String written, java.util.function.UnaryOperator<String> quote, Search.Item item, YamlNode node) {
        Matcher matcher = PLACEHOLDER.matcher(written);
        if (!matcher.find()) {
            return List.of(written);
        }
        List<String> values = placeholders.get(matcher.group(1));
        if (values == null) {
            throw refused(
                    item,
                    node,
                    "placeholder %" + matcher.group(1) + "% has no value (give its values, or write them in place of"
                            + " it; without |expand it would be plain text)");
        }
        List<String> out = new ArrayList<>();
        String before = written.substring(0, matcher.start());
        for (String rest : replaced(written.substring(matcher.end()), quote, item, node)) {
            for (String value : values) {
                out.add(before + quote.apply(value) + rest);
            }
        }
        if (out.size() > MAX_VARIANTS) {
            throw refused(item, node, "more than " + MAX_VARIANTS + " values after expansion");
        }
        return out;
    }

    private static String escaped(String text) {
        return text.replaceAll("([*?\\\\])", "\\\\$1");
    }

    private static boolean startsAny(TextPattern pattern) {
        int[] symbols = pattern.symbols();
        return symbols.length > 0 && symbols[0] == TextPattern.ANY;
    }

    private static boolean endsAny(TextPattern pattern) {
        int[] symbols = pattern.symbols();
        return symbols.length > 0 && symbols[symbols.length - 1] == TextPattern.ANY;
    }

    /** Text becomes the bytes of its UTF-16 form, each byte carried as the character of the same number. */
    private static Value encoded(
            java.nio.charset.Charset charset,
            boolean mark,
            Modifier modifier,
            Value value,
            Search.Item item,
            YamlNode node) {
        TextValue text = text(modifier, value, item, node);
        if (text.encoded) {
            throw refused(item, node, "encoded twice (expected: one of wide, utf16le, utf16be, utf16)");
        }
        int[] symbols = text.pattern.symbols();
        int[] out = new int[symbols.length * 4];
        int n = 0;
        for (int symbol : symbols) {
            if (symbol < 0) {
                out[n++] = symbol;
            } else {
                for (byte b : Character.toString(symbol).getBytes(charset)) {
                    out[n++] = b & 0xFF;
                }
            }
        }
        return new TextValue(TextPattern.of(Arrays.copyOf(out, n)), text.written, text.cased, true, mark);
    }

    private static byte[] bytes(Modifier modifier, TextValue text, Search.Item item, YamlNode node) {
        if (!text.pattern.isLiteral()) {
            throw refused(item, node, modifier + " of a wildcard (escape it as \\* or \\?, or put contains behind)");
        }
        if (!text.encoded) {
            return text.pattern.literal().getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (text.mark) {
            out.write(0xFF);
            out.write(0xFE);
        }
        out.writeBytes(text.pattern.literal().getBytes(StandardCharsets.ISO_8859_1));
        return out.toByteArray();
    }

    /** The part of the base64 form that does not depend on what stands before or behind, {@code offset} bytes in. */
    private static String base64At(int offset, byte[] bytes) {
        byte[] shifted = new byte[offset + bytes.length];
        System.arraycopy(bytes, 0, shifted, offset, bytes.length);
        String encoded = Base64.getEncoder().encodeToString(shifted);
        int start = offset == 0 ? 0 : offset + 1;
        int cut = new int[] {0, 3, 2}[shifted.length % 3];
        return encoded.substring(Math.min(start, encoded.length() - cut), encoded.length() - cut);
    }

    private static List<Value> windash(TextValue text, Search.Item item, YamlNode node) {
        int[] symbols = text.pattern.symbols();
        List<int[]> variants = new ArrayList<>(List.of(symbols));
        for (int i = 0; i < symbols.length; i++) {
            boolean dash = symbols[i] == '-' || symbols[i] == '/';
            boolean startsWord = i + 1 < symbols.length && isWord(symbols[i + 1]);
            boolean insideWord = i > 0 && isWord(symbols[i - 1]);
            if (dash && startsWord && !insideWord) {
                List<int[]> more = new ArrayList<>();
                for (int[] variant : variants) {
                    for (int d = 0; d < DASHES.length(); d++) {
                        int[] copy = variant.clone();
                        copy[i] = DASHES.charAt(d);
                        more.add(copy);
                    }
                }
                variants = more;
                if (variants.size() > MAX_VARIANTS) {
                    throw refused(item, node, "more than " + MAX_VARIANTS + " values after windash");
                }
            }
        }
        return variants.stream().<Value>map(v -> text.with(TextPattern.of(v))).toList();
    }

    private static boolean isWord(int symbol) {
        return symbol >= 0 && (Character.isLetterOrDigit(symbol) || symbol == '_');
    }

    private static Expression text(@Nullable String field, String text) {
        return new Expression.Test(field, new ValueTest.Text(located(field, TextPattern.literal(text)), false));
    }

    /** Keywords are looked for anywhere in a value. */
    private static TextPattern located(@Nullable String field, TextPattern pattern) {
        return field == null ? pattern.anyBefore().anyAfter() : pattern;
    }

    private static TextPattern finished(TextValue text, Search.Item item, YamlNode node) {
        if (!text.encoded) {
            return text.pattern;
        }
        if (!text.pattern.isAscii()) {
            throw refused(
                    item, node, "UTF-16 of text beyond ASCII is not text any more (add base64 or base64offset behind)");
        }
        if (!text.mark) {
            return text.pattern;
        }
        int[] symbols = text.pattern.symbols();
        int at = symbols.length > 0 && symbols[0] == TextPattern.ANY ? 1 : 0;
        int[] marked = new int[symbols.length + 1];
        System.arraycopy(symbols, 0, marked, 0, at);
        marked[at] = '\uFEFF';
        System.arraycopy(symbols, at, marked, at + 1, symbols.length - at);
        return TextPattern.of(marked);
    }

    private static com.google.re2j.Pattern compiled(RegexValue regex, Search.Item item, YamlNode node) {
        try {
            return com.google.re2j.Pattern.compile(finalNewline(regex), regex.flags);
        } catch (PatternSyntaxException e) {
            throw refused(
                    item,
                    node,
                    "regular expression " + node.written() + ": " + e.getDescription()
                            + " (expected: RE2 syntax; look-around, backreferences and possessive quantifiers are not"
                            + " part of Sigma: use a second item with `not` instead)");
        }
    }

    /** {@code $} also matches before a final line end, as in PCRE, which Sigma refers to; in RE2 it does not. */
    private static String finalNewline(RegexValue regex) {
        boolean multiline = (regex.flags & com.google.re2j.Pattern.MULTILINE) != 0;
        if (multiline || regex.pattern.indexOf('$') < 0 || regex.pattern.matches("(?s).*\\(\\?[a-z]*m.*")) {
            return regex.pattern;
        }
        StringBuilder out = new StringBuilder();
        boolean inClass = false;
        for (int i = 0; i < regex.pattern.length(); i++) {
            char c = regex.pattern.charAt(i);
            if (c == '\\' && i + 1 < regex.pattern.length()) {
                out.append(c).append(regex.pattern.charAt(++i));
                continue;
            }
            if (c == '[' && !inClass) {
                inClass = true;
                if (regex.pattern.startsWith("^", i + 1)) {
                    out.append(c);
                    c = regex.pattern.charAt(++i);
                }
                if (regex.pattern.startsWith("]", i + 1)) {
                    out.append(c);
                    c = regex.pattern.charAt(++i);
                }
            } else if (c == ']') {
                inClass = false;
            }
            out.append(c == '$' && !inClass ? "(?:\\n?\\z)" : String.valueOf(c));
        }
        return out.toString();
    }

    private static RuleRefusedException refused(Search.Item item, YamlNode node, String what) {
        return new RuleRefusedException(node.at(), item.written() + ": " + what);
    }

    /** A value on its way through the modifiers. */
    private sealed interface Value {

        /** What is to be true of the item's field. */
        Expression test(Search.Item item, YamlNode node);
    }

    /**
     * @param written before modifiers, for regular expressions, networks and placeholders, which have other escapes
     * @param encoded whether each symbol stands for one byte of UTF-16
     * @param mark whether the bytes begin with a byte order mark
     */
    private record TextValue(TextPattern pattern, String written, boolean cased, boolean encoded, boolean mark)
            implements Value {
        @Override
        public Expression test(Search.Item item, YamlNode node) {
            return new Expression.Test(
                    item.field(), new ValueTest.Text(located(item.field(), finished(this, item, node)), cased));
        }

        TextValue with(TextPattern other) {
            return new TextValue(other, written, cased, encoded, mark);
        }

        TextValue plain(String text) {
            return new TextValue(TextPattern.literal(text), written, cased, false, false);
        }
    }

    private record NumberValue(YamlNode.Numeric number) implements Value {
        @Override
        public Expression test(Search.Item item, YamlNode node) {
            return text(item.field(), number.text());
        }
    }

    private record TruthValue(boolean value) implements Value {
        @Override
        public Expression test(Search.Item item, YamlNode node) {
            return text(item.field(), Boolean.toString(value));
        }
    }

    private record NullValue() implements Value {
        @Override
        public Expression test(Search.Item item, YamlNode node) {
            return item.field() == null
                    ? new Expression.Constant(false)
                    : new Expression.Test(item.field(), new ValueTest.IsNull());
        }
    }

    private record ExistsValue(boolean wanted) implements Value {
        @Override
        public Expression test(Search.Item item, YamlNode node) {
            Expression present = new Expression.Test(item.field(), new ValueTest.Exists());
            return wanted ? present : new Expression.Not(present);
        }
    }

    private record RegexValue(String pattern, int flags) implements Value {
        @Override
        public Expression test(Search.Item item, YamlNode node) {
            return new Expression.Test(item.field(), new ValueTest.Regex(compiled(this, item, node)));
        }
    }

    private record CidrValue(CidrBlock block) implements Value {
        @Override
        public Expression test(Search.Item item, YamlNode node) {
            return new Expression.Test(item.field(), new ValueTest.Cidr(block));
        }
    }

    private record CompareValue(ValueTest.Relation relation, BigDecimal bound) implements Value {
        @Override
        public Expression test(Search.Item item, YamlNode node) {
            return new Expression.Test(item.field(), new ValueTest.Compare(relation, bound));
        }
    }

    private record TimeValue(ValueTest.Part part, ValueTest.Relation relation, BigDecimal bound) implements Value {
        @Override
        public Expression test(Search.Item item, YamlNode node) {
            if (item.field() == null) {
                throw refused(item, node, "a part of a time without a field");
            }
            return new Expression.Test(item.field(), new ValueTest.TimePart(part, relation, bound));
        }
    }

    private record ReferenceValue(String other, ValueTest.Reach reach, boolean cased) implements Value {
        @Override
        public Expression test(Search.Item item, YamlNode node) {
            return new Expression.Test(item.field(), new ValueTest.FieldReference(other, reach, cased));
        }
    }
}
