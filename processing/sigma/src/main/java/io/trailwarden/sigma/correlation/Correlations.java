package io.trailwarden.sigma.correlation;

import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.RuleSet.BoundCorrelation;
import io.trailwarden.sigma.yaml.RuleProblem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The correlations of a rule set, compiled. Never changes; shared by threads.
 *
 * <pre>{@code
 * Correlations correlations = Correlations.of(ruleSet);
 * List<Firing> firings = correlations.firings(events);   // in any order
 * }</pre>
 */
public final class Correlations {

    private final List<Family> families;
    private final List<RuleProblem> refused;

    private Correlations(List<Family> families, List<RuleProblem> refused) {
        this.families = List.copyOf(families);
        this.refused = List.copyOf(refused);
    }

    /** Compiles the correlations of a set; those on which that fails are {@link #refused()} and stop no others. */
    public static Correlations of(RuleSet rules) {
        Map<String, List<BoundCorrelation>> byMember = new LinkedHashMap<>();
        for (BoundCorrelation correlation : rules.correlations()) {
            List<BoundCorrelation> family = new ArrayList<>(List.of(correlation));
            for (String reference : correlation.references()) {
                List<BoundCorrelation> other = byMember.get(reference);
                if (other != null && !other.contains(correlation)) {
                    other.addAll(family);
                    family.forEach(member -> byMember.put(member.key(), other));
                    family = other;
                }
            }
            byMember.put(correlation.key(), family);
        }
        Map<String, Family> families = new LinkedHashMap<>();
        List<RuleProblem> refused = new ArrayList<>();
        for (BoundCorrelation correlation : rules.correlations()) {
            try {
                Family family = new Family(
                        inOrder(rules, Objects.requireNonNull(byMember.get(correlation.key()), correlation.key())));
                families.putIfAbsent(family.key(), family);
            } catch (RuntimeException | StackOverflowError e) {
                refused.add(RuleProblem.unexpected(correlation.rule().header().at(), e));
            }
        }
        return new Correlations(List.copyOf(families.values()), refused);
    }

    /** Correlations that cannot run though they were read. */
    public List<RuleProblem> refused() {
        return refused;
    }

    private static List<BoundCorrelation> inOrder(RuleSet rules, List<BoundCorrelation> family) {
        return rules.correlations().stream().filter(family::contains).toList();
    }

    /** Groups of correlations that refer to each other. */
    public List<Family> families() {
        return families;
    }

    /** The family of this key, or null. */
    public @Nullable Family family(String key) {
        for (Family family : families) {
            if (family.key().equals(key)) {
                return family;
            }
        }
        return null;
    }

    /** Keys of the rules that correlations need matches of. */
    public Set<String> rules() {
        Set<String> rules = new TreeSet<>();
        families.forEach(family -> rules.addAll(family.rules()));
        return rules;
    }

    /** Fields that correlations need the values of, in a fixed order. */
    public List<String> fields() {
        Set<String> fields = new TreeSet<>();
        families.forEach(family -> fields.addAll(family.fields()));
        return List.copyOf(fields);
    }

    /** Every firing over these events, silent correlations' too, sorted by time, correlation and group. */
    public List<Firing> firings(Collection<CorrelatedEvent> events) {
        List<Firing> firings = new ArrayList<>();
        families.forEach(family -> firings.addAll(family.firings(events, null)));
        firings.sort(Evaluated.ORDER);
        return firings;
    }
}
