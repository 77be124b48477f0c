package io.trailwarden.sigma.rule;

import io.trailwarden.event.Severity;
import io.trailwarden.sigma.yaml.Position;
import io.trailwarden.sigma.yaml.YamlNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every kind of Sigma document says about itself.
 *
 * @param title at most 256 characters
 * @param id a UUID, in lower case
 * @param name unique handle that correlations and filters may use
 * @param level null when the rule names none
 * @param tags each {@code namespace.name}, for example {@code attack.t1078.004}
 * @param custom keys that the specification does not know, kept as they are
 * @param at where the document begins
 */
public record RuleHeader(
        String title,
        @Nullable String id,
        @Nullable String name,
        @Nullable Status status,
        @Nullable Severity level,
        @Nullable String description,
        @Nullable String author,
        @Nullable String license,
        @Nullable String date,
        @Nullable String modified,
        List<String> tags,
        List<String> references,
        List<String> falsePositives,
        List<String> fields,
        Map<String, YamlNode> custom,
        Position at) {

    /** How far a rule has matured, by the specification. */
    public enum Status {
        STABLE,
        TEST,
        EXPERIMENTAL,
        DEPRECATED,
        UNSUPPORTED
    }

    /** What identifies the rule in findings and results: its id, else its name, else its title. */
    public String key() {
        return id != null ? id : name != null ? name : title;
    }

    /** What people call the rule in lists and filters: its name, else its {@link #key()}. */
    public String handle() {
        return name != null ? name : key();
    }

    /** ATT&CK technique ids among the tags, for example {@code T1078.004}. */
    public List<String> techniques() {
        return tags.stream()
                .map(tag -> tag.toLowerCase(Locale.ROOT))
                .filter(tag -> tag.matches("attack\\.t[0-9]{4}(\\.[0-9]{3})?"))
                .map(tag -> tag.substring("attack.".length()).toUpperCase(Locale.ROOT))
                .toList();
    }
}
