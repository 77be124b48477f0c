package io.trailwarden.sigma.rule;

import com.google.re2j.Pattern;
import java.math.BigDecimal;

/** What one field's values are held against. A field with several values passes when one of them does. */
public sealed interface ValueTest {

    /** What somebody makes of each form. */
    interface Visitor<R> {

        R text(Text text);

        R regex(Regex regex);

        R cidr(Cidr cidr);

        R compare(Compare compare);

        R timePart(TimePart part);

        R fieldReference(FieldReference reference);

        R eventPattern(EventPattern pattern);

        R isNull(IsNull test);

        R exists(Exists test);
    }

    /** What the visitor makes of this form. */
    <R> R accept(Visitor<R> visitor);

    /**
     * The whole text of a value. Numbers and booleans are compared as text, objects as their compact JSON.
     *
     * @param cased whether letters must agree in case
     */
    record Text(TextPattern pattern, boolean cased) implements ValueTest {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.text(this);
        }
    }

    /** A regular expression found anywhere in the text of a value, in time linear in the text. */
    record Regex(Pattern pattern) implements ValueTest {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.regex(this);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Regex regex
                    && pattern.pattern().equals(regex.pattern.pattern())
                    && pattern.flags() == regex.pattern.flags();
        }

        @Override
        public int hashCode() {
            return pattern.pattern().hashCode() * 31 + pattern.flags();
        }
    }

    /** The text of a value is an address in the network. */
    record Cidr(CidrBlock block) implements ValueTest {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.cidr(this);
        }
    }

    /** The value is a number, or the text of one, in this relation to the bound. */
    record Compare(Relation relation, BigDecimal bound) implements ValueTest {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.compare(this);
        }
    }

    /** A part of a timestamp, as written (no zone is converted), in this relation to the bound. */
    record TimePart(Part part, Relation relation, BigDecimal bound) implements ValueTest {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.timePart(this);
        }
    }

    /** The text of a value equals, or contains, or begins or ends with, the text of a value of the other field. */
    record FieldReference(String other, Reach reach, boolean cased) implements ValueTest {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.fieldReference(this);
        }
    }

    /**
     * The record, as EventBridge hands it on, matches a pattern. It is no test of one field; the field it is given only
     * says what must be there.
     */
    record EventPattern(String json) implements ValueTest {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.eventPattern(this);
        }
    }

    /** The field is missing, or has no value other than null. */
    record IsNull() implements ValueTest {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.isNull(this);
        }
    }

    /** The field's key is there, whatever its value. */
    record Exists() implements ValueTest {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.exists(this);
        }
    }

    /** An ordering of numbers. */
    enum Relation {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL;

        /** Whether a comparison's sign (as of {@link Comparable#compareTo}) satisfies this. */
        public boolean holds(int sign) {
            return switch (this) {
                case EQUAL -> sign == 0;
                case NOT_EQUAL -> sign != 0;
                case LESS -> sign < 0;
                case LESS_OR_EQUAL -> sign <= 0;
                case GREATER -> sign > 0;
                case GREATER_OR_EQUAL -> sign >= 0;
            };
        }
    }

    /** A part of a timestamp; weeks are those of ISO 8601. */
    enum Part {
        MINUTE,
        HOUR,
        DAY,
        WEEK,
        MONTH,
        YEAR
    }

    /** Which stretch of the one text the other must be. */
    enum Reach {
        WHOLE,
        START,
        END,
        ANYWHERE
    }
}
