package io.trailwarden.workbench;

import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.correlation.Firing;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.RuleHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What rules find of what they should, and what they say about ordinary traffic: recorded attacks by technique, labelled
 * single cases, and records in which nothing is wrong.
 */
public final class RuleCoverage {

    private final RuleSet rules;
    private final Map<String, RuleHeader> headers;
    private final RuleRun cases;
    private final RuleRun ordinary;
    private final List<Technique> techniques = new ArrayList<>();
    private final Map<String, Claim> claims = new TreeMap<>();
    private final Map<String, Integer> noise = new TreeMap<>();
    private long ordinaryRecords;

    public RuleCoverage(RuleSet rules) {
        this.rules = rules;
        this.headers = rules.headers();
        this.cases = new RuleRun(rules);
        this.ordinary = new RuleRun(rules);
    }

    /**
     * A recorded attack.
     *
     * @param rules findings by name of the rule or correlation; empty when nothing found it
     */
    public record Technique(String name, int records, Map<String, Integer> rules) {}

    /**
     * Labelled cases of one subject.
     *
     * @param found positives that some rule matches
     * @param fired negatives that one of the rules that matched a positive matches too
     * @param firedByOthers further negatives that another rule matches, for reasons of its own
     */
    public record Claim(String subject, int positives, int found, int negatives, int fired, int firedByOthers) {}

    /**
     * What ordinary records gave.
     *
     * @param findings of rules and correlations, by name
     */
    public record Noise(long records, Map<String, Integer> findings) {

        /** Findings of all rules for each thousand records. */
        public double perThousand() {
            long all = findings.values().stream().mapToLong(Integer::intValue).sum();
            return records == 0 ? 0 : 1000.0 * all / records;
        }
    }

    /**
     * A labelled event.
     *
     * @param positive whether it should be found
     */
    public record LabelledCase(boolean positive, byte[] event) {}

    /** Adds the records of one attack technique. */
    public void technique(String name, List<byte[]> records) {
        Map<String, Integer> found = new TreeMap<>();
        RuleRun run = new RuleRun(rules);
        for (int i = 0; i < records.size(); i++) {
            count(run.add(name + "#" + i, records.get(i)), found);
        }
        count(run.firings(), found);
        techniques.add(new Technique(name, records.size(), found));
    }

    /** Adds the labelled cases of one subject. */
    public void labelled(String subject, List<LabelledCase> events) {
        Map<String, Integer> finders = new TreeMap<>();
        int positives = 0;
        int found = 0;
        for (LabelledCase labelled : events) {
            if (labelled.positive()) {
                RuleRun.Match match = cases.add(subject, labelled.event());
                count(match, finders);
                positives++;
                found += match.rules().isEmpty() ? 0 : 1;
            }
        }
        int fired = 0;
        int others = 0;
        for (LabelledCase labelled : events) {
            if (!labelled.positive()) {
                Map<String, Integer> wrong = new TreeMap<>();
                count(cases.add(subject, labelled.event()), wrong);
                boolean same = wrong.keySet().stream().anyMatch(finders::containsKey);
                fired += same ? 1 : 0;
                others += !same && !wrong.isEmpty() ? 1 : 0;
            }
        }
        claims.put(subject, new Claim(subject, positives, found, events.size() - positives, fired, others));
    }

    /**
     * Adds an ordinary record.
     *
     * @param id names it if it has no id of its own
     */
    public void ordinary(String id, byte[] record) {
        ordinaryRecords++;
        count(ordinary.add(id, record), noise);
    }

    private void count(RuleRun.Match match, Map<String, Integer> counts) {
        for (BoundRule rule : match.rules()) {
            counts.merge(rule.rule().header().handle(), 1, Integer::sum);
        }
    }

    private void count(List<Firing> firings, Map<String, Integer> counts) {
        for (Firing firing : firings) {
            counts.merge(
                    Objects.requireNonNull(headers.get(firing.correlation()), firing.correlation())
                            .handle(),
                    1,
                    Integer::sum);
        }
    }

    public List<Technique> techniques() {
        return List.copyOf(techniques);
    }

    /** By subject, sorted. */
    public List<Claim> claims() {
        return List.copyOf(claims.values());
    }

    /** How mature the rule of this name is; without a status it counts as stable. */
    public RuleHeader.Status maturity(String name) {
        for (RuleHeader header : headers.values()) {
            if (header.handle().equals(name) && header.status() != null) {
                return header.status();
            }
        }
        return RuleHeader.Status.STABLE;
    }

    /** What the ordinary records gave, correlations' findings among them. */
    public Noise noise() {
        Map<String, Integer> all = new TreeMap<>(noise);
        count(ordinary.firings(), all);
        return new Noise(ordinaryRecords, all);
    }
}
