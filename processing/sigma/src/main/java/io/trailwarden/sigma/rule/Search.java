package io.trailwarden.sigma.rule;

import io.trailwarden.sigma.yaml.Position;
import io.trailwarden.sigma.yaml.YamlNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What stands under one identifier of a detection. */
public sealed interface Search {

    /** What somebody makes of each form. */
    interface Visitor<R> {

        R allOf(AllOf all);

        R anyOf(AnyOf any);

        R item(Item item);

        R pattern(Pattern pattern);
    }

    /** What the visitor makes of this form. */
    <R> R accept(Visitor<R> visitor);

    /** A map: every part must match. */
    record AllOf(List<Search> parts) implements Search {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.allOf(this);
        }
    }

    /** A list: one part must match. */
    record AnyOf(List<Search> parts) implements Search {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.anyOf(this);
        }
    }

    /**
     * {@code field|modifier|modifier: values}.
     *
     * @param field null for keywords, which are searched in every value of the event
     * @param values scalars only
     * @param written the item as a person would name it, for explanations
     */
    record Item(@Nullable String field, List<Modifier> modifiers, List<YamlNode> values, Position at, String written)
            implements Search {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.item(this);
        }
    }

    /**
     * An EventBridge pattern.
     *
     * @param names of calls, one of which an event must have; empty when it does not say
     */
    record Pattern(String json, List<String> names, Position at) implements Search {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.pattern(this);
        }
    }
}
