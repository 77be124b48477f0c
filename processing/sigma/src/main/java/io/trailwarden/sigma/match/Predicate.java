package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.CidrBlock;
import io.trailwarden.sigma.rule.ValueTest;
import java.math.BigDecimal;
import java.util.regex.Matcher;

/** One test of one field, shared by all rules that make it. */
abstract class Predicate {

    final FieldSlots.Field field;

    Predicate(FieldSlots.Field field) {
        this.field = field;
    }

    /** How dear the test is, to run cheap ones first. */
    abstract int cost();

    /** Folded bytes that a value which passes must hold, at a place that is not known; empty when there are none. */
    byte[] required() {
        return new byte[0];
    }

    /** Whether holding {@link #required} is enough. */
    boolean requiredSuffices() {
        return false;
    }

    /** Whether the field passes in this event. */
    boolean test(EventValues values) {
        for (int v = field.first(values); v >= 0; v = field.next(values, v)) {
            if (values.hasText(v) && accepts(values, v)) {
                return true;
            }
        }
        return false;
    }

    abstract boolean accepts(EventValues values, int value);

    static Predicate of(FieldSlots slots, FieldSlots.Field field, ValueTest test, PatternMachine patterns) {
        return test.accept(new Maker(slots, field, patterns));
    }

    private record Maker(FieldSlots slots, FieldSlots.Field field, PatternMachine patterns)
            implements ValueTest.Visitor<Predicate> {

        @Override
        public Predicate text(ValueTest.Text text) {
            return new Text(field, text);
        }

        @Override
        public Predicate regex(ValueTest.Regex regex) {
            return new Regex(field, regex.pattern());
        }

        @Override
        public Predicate cidr(ValueTest.Cidr cidr) {
            return new Cidr(field, cidr.block());
        }

        @Override
        public Predicate compare(ValueTest.Compare compare) {
            return new Compare(field, compare.relation(), compare.bound());
        }

        @Override
        public Predicate timePart(ValueTest.TimePart part) {
            return new Time(field, part);
        }

        @Override
        public Predicate fieldReference(ValueTest.FieldReference reference) {
            return new Reference(field, slots.field(reference.other()), reference.reach(), reference.cased());
        }

        @Override
        public Predicate eventPattern(ValueTest.EventPattern pattern) {
            return new Pattern(field, pattern.json(), patterns);
        }

        @Override
        public Predicate isNull(ValueTest.IsNull test) {
            return new Missing(field);
        }

        @Override
        public Predicate exists(ValueTest.Exists test) {
            return new Present(field);
        }
    }

    static final class Text extends Predicate {
        final BytePattern pattern;
        final boolean cased;
        private final byte[] folded;

        Text(FieldSlots.Field field, ValueTest.Text test) {
            super(field);
            this.pattern = new BytePattern(test.pattern(), test.cased());
            this.cased = test.cased();
            this.folded = new BytePattern(test.pattern(), false).literal;
        }

        @Override
        byte[] required() {
            boolean somewhere = pattern.form == BytePattern.Form.CONTAINS || pattern.form == BytePattern.Form.GLOB;
            return somewhere ? folded : new byte[0];
        }

        @Override
        boolean requiredSuffices() {
            return pattern.form == BytePattern.Form.CONTAINS && !cased;
        }

        @Override
        int cost() {
            return pattern.form == BytePattern.Form.EXACT ? 1 : pattern.form == BytePattern.Form.GLOB ? 6 : 4;
        }

        @Override
        boolean accepts(EventValues values, int value) {
            if (cased) {
                values.text(value);
                return pattern.matches(values.textIn, values.textFrom, values.textTo, CaseFolding.AS_IT_IS);
            }
            values.almostFoldedText(value);
            return pattern.matches(values.textIn, values.textFrom, values.textTo, CaseFolding.ASCII_FOLDED);
        }
    }

    private static final class Regex extends Predicate {
        private final com.google.re2j.Pattern pattern;
        private final RequiredText required;

        Regex(FieldSlots.Field field, com.google.re2j.Pattern pattern) {
            super(field);
            this.pattern = pattern;
            this.required = RequiredText.of(pattern);
        }

        @Override
        byte[] required() {
            return required.literal().length > 2 ? required.literal() : new byte[0];
        }

        @Override
        int cost() {
            return 100;
        }

        @Override
        boolean accepts(EventValues values, int value) {
            values.almostFoldedText(value);
            // A character takes at least one byte, so too few bytes are too few characters.
            boolean possible = values.textTo - values.textFrom >= required.length()
                    && (required.literal().length == 0
                            || BytePattern.contains(
                                    values.textIn,
                                    values.textFrom,
                                    values.textTo,
                                    required.literal(),
                                    CaseFolding.ASCII_FOLDED));
            return possible && pattern.matcher(values.string(value)).find();
        }
    }

    private static final class Cidr extends Predicate {
        private final CidrBlock block;

        Cidr(FieldSlots.Field field, CidrBlock block) {
            super(field);
            this.block = block;
        }

        @Override
        int cost() {
            return 20;
        }

        @Override
        boolean accepts(EventValues values, int value) {
            return block.contains(values.string(value));
        }
    }

    private static final class Compare extends Predicate {
        private static final java.util.regex.Pattern NUMBER =
                java.util.regex.Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,4})?");
        private final ValueTest.Relation relation;
        private final BigDecimal bound;

        Compare(FieldSlots.Field field, ValueTest.Relation relation, BigDecimal bound) {
            super(field);
            this.relation = relation;
            this.bound = bound;
        }

        @Override
        int cost() {
            return 20;
        }

        @Override
        boolean accepts(EventValues values, int value) {
            byte kind = values.kind(value);
            if (kind != EventValues.NUMBER && kind != EventValues.STRING) {
                return false;
            }
            String text = values.string(value);
            return text.length() <= 400
                    && NUMBER.matcher(text).matches()
                    && relation.holds(new BigDecimal(text).compareTo(bound));
        }
    }

    private static final class Time extends Predicate {
        private final ValueTest.TimePart part;

        Time(FieldSlots.Field field, ValueTest.TimePart part) {
            super(field);
            this.part = part;
        }

        @Override
        int cost() {
            return 30;
        }

        @Override
        boolean accepts(EventValues values, int value) {
            int found = Timestamp.part(values.string(value), part.part());
            return found >= 0 && part.relation().holds(BigDecimal.valueOf(found).compareTo(part.bound()));
        }
    }

    private static final class Reference extends Predicate {
        private final FieldSlots.Field other;
        private final ValueTest.Reach reach;
        private final boolean cased;

        Reference(FieldSlots.Field field, FieldSlots.Field other, ValueTest.Reach reach, boolean cased) {
            super(field);
            this.other = other;
            this.reach = reach;
            this.cased = cased;
        }

        @Override
        int cost() {
            return 10;
        }

        @Override
        boolean accepts(EventValues values, int value) {
            for (int w = other.first(values); w >= 0; w = other.next(values, w)) {
                if (values.hasText(w) && related(values, value, w)) {
                    return true;
                }
            }
            return false;
        }

        private boolean related(EventValues values, int value, int otherValue) {
            text(values, value);
            text(values, otherValue);
            byte[] needle = java.util.Arrays.copyOfRange(values.textIn, values.textFrom, values.textTo);
            text(values, value);
            int length = values.textTo - values.textFrom;
            if (length < needle.length || reach == ValueTest.Reach.WHOLE && length != needle.length) {
                return false;
            }
            return needle.length == 0
                    || switch (reach) {
                        case WHOLE, START ->
                            BytePattern.equal(values.textIn, values.textFrom, needle, CaseFolding.AS_IT_IS);
                        case END ->
                            BytePattern.equal(
                                    values.textIn, values.textTo - needle.length, needle, CaseFolding.AS_IT_IS);
                        case ANYWHERE ->
                            BytePattern.contains(
                                    values.textIn, values.textFrom, values.textTo, needle, CaseFolding.AS_IT_IS);
                    };
        }

        private void text(EventValues values, int value) {
            if (cased) {
                values.text(value);
            } else {
                values.foldedText(value);
            }
        }
    }

    private static final class Missing extends Predicate {
        Missing(FieldSlots.Field field) {
            super(field);
        }

        @Override
        int cost() {
            return 1;
        }

        @Override
        boolean test(EventValues values) {
            for (int v = field.first(values); v >= 0; v = field.next(values, v)) {
                if (values.hasText(v)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        boolean accepts(EventValues values, int value) {
            return false;
        }
    }

    private static final class Pattern extends Predicate {
        private final String json;
        private final PatternMachine machine;

        Pattern(FieldSlots.Field field, String json, PatternMachine machine) {
            super(field);
            this.json = json;
            this.machine = machine;
        }

        @Override
        int cost() {
            return 200;
        }

        @Override
        boolean test(EventValues values) {
            return values.patterns(machine).contains(json);
        }

        @Override
        boolean accepts(EventValues values, int value) {
            return false;
        }
    }

    private static final class Present extends Predicate {
        Present(FieldSlots.Field field) {
            super(field);
        }

        @Override
        int cost() {
            return 1;
        }

        @Override
        boolean test(EventValues values) {
            return field.first(values) >= 0;
        }

        @Override
        boolean accepts(EventValues values, int value) {
            return true;
        }
    }

    /** Reads ISO 8601 timestamps as far as rules look at them. */
    private static final class Timestamp {
        private static final java.util.regex.Pattern ISO = java.util.regex.Pattern.compile(
                "([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt ]([0-9]{2}):([0-9]{2})(?::[0-9]{2}(?:[.,][0-9]+)?)?"
                        + "(?:Z|z|[-+][0-9]{2}:?[0-9]{2})?)?");

        /** The part as written, or -1 where the text is no timestamp. */
        static int part(String text, ValueTest.Part part) {
            Matcher matcher = text.length() > 40 ? null : ISO.matcher(text);
            if (matcher == null || !matcher.matches()) {
                return -1;
            }
            java.time.LocalDate date;
            try {
                date = java.time.LocalDate.of(
                        Integer.parseInt(matcher.group(1)),
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)));
            } catch (java.time.DateTimeException e) {
                return -1;
            }
            int hour = matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4));
            int minute = matcher.group(5) == null ? 0 : Integer.parseInt(matcher.group(5));
            if (hour > 23 || minute > 59) {
                return -1;
            }
            return switch (part) {
                case MINUTE -> minute;
                case HOUR -> hour;
                case DAY -> date.getDayOfMonth();
                case WEEK -> date.get(java.time.temporal.IsoFields.WEEK_OF_WEEK_BASED_YEAR);
                case MONTH -> date.getMonthValue();
                case YEAR -> date.getYear();
            };
        }
    }
}
