package io.trailwarden.sigma.yaml;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A YAML value that remembers where it stood.
 *
 * <p>Plain scalars are read as YAML 1.1 reads them ({@code yes} is true, {@code 010} is 8), because that is how the
 * published rules are written and read; quoted ones are always text.
 */
public sealed interface YamlNode {

    /** What somebody makes of each form. */
    interface Visitor<R> {

        R text(Text text);

        R numeric(Numeric number);

        R truth(Truth truth);

        R nothing(Nothing nothing);

        R moment(Moment moment);

        R sequence(Sequence sequence);

        R mapping(Mapping mapping);
    }

    /** What the visitor makes of this form. */
    <R> R accept(Visitor<R> visitor);

    /** Where the value begins. */
    Position at();

    /** The value as a person wrote it, shortened, for messages. */
    String written();

    /** Text, quoted or plain. */
    record Text(String value, Position at) implements YamlNode {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.text(this);
        }

        @Override
        public String written() {
            return '"' + (value.length() > 60 ? value.substring(0, 57) + "..." : value) + '"';
        }
    }

    /** An integer or a decimal, exactly as written. */
    record Numeric(BigDecimal value, Position at) implements YamlNode {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.numeric(this);
        }

        @Override
        public String written() {
            return text();
        }

        /** The one text that equal numbers share: no exponent, no trailing zeros. */
        public String text() {
            return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
        }

        /** Whether it has no fraction. */
        public boolean whole() {
            return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
        }
    }

    /** True or false. */
    record Truth(boolean value, Position at) implements YamlNode {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.truth(this);
        }

        @Override
        public String written() {
            return Boolean.toString(value);
        }
    }

    /** {@code null}, {@code ~}, or nothing at all. */
    record Nothing(Position at) implements YamlNode {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.nothing(this);
        }

        @Override
        public String written() {
            return "null";
        }
    }

    /** An unquoted date or timestamp. */
    record Moment(String value, Position at) implements YamlNode {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.moment(this);
        }

        @Override
        public String written() {
            return value;
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, Position at) implements YamlNode {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.sequence(this);
        }

        @Override
        public String written() {
            return "a list";
        }
    }

    /** A map, in the order written; no key occurs twice. */
    record Mapping(List<Entry> entries, Position at) implements YamlNode {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.mapping(this);
        }

        @Override
        public String written() {
            return "a map";
        }

        /** The value under a key, or null when the key is absent. */
        public @Nullable YamlNode get(String key) {
            for (Entry entry : entries) {
                if (entry.key().equals(key)) {
                    return entry.value();
                }
            }
            return null;
        }
    }

    /**
     * One entry of a map.
     *
     * @param key as text, whatever its type was
     * @param keyAt where the key begins
     */
    record Entry(String key, Position keyAt, YamlNode value) {}
}
