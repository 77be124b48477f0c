package io.trailwarden.workbench;

import io.trailwarden.detection.rules.RuleWords;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.correlation.Family;
import io.trailwarden.sigma.correlation.Firing;
import io.trailwarden.sigma.match.MalformedEventException;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Logsource;
import io.trailwarden.sigma.rule.RuleHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What rules would have found in stored records: the engine of the job, with the memory of correlations already filled
 * when the time asked for begins.
 *
 * <p>Records are wanted from {@link #from()} on, in any order, each once; findings count from the beginning asked for.
 */
public final class RuleBacktest {

    private final RuleSet rules;
    private final Map<String, RuleHeader> headers;
    private final RuleRun run;
    private final Instant since;
    private final Instant from;
    private final TreeSet<Hit> hits = new TreeSet<>();
    private long records;
    private long malformed;

    public RuleBacktest(RuleSet rules, Instant since) {
        this.rules = rules;
        this.headers = rules.headers();
        this.run = new RuleRun(rules);
        this.since = since;
        Duration memory = Correlations.of(rules).families().stream()
                .map(Family::horizon)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        this.from = since.minus(memory);
    }

    /**
     * One finding. Two versions of a rule find the same when subject and time are the same.
     *
     * @param time of the event; of a correlation, when it fired
     * @param subject the event's id; of a correlation, its group
     */
    public record Hit(Instant time, String subject, String rule, List<String> eventIds) implements Comparable<Hit> {

        private static final Comparator<Hit> ORDER =
                Comparator.comparing(Hit::time).thenComparing(Hit::subject).thenComparing(Hit::rule);

        @Override
        public int compareTo(Hit other) {
            return ORDER.compare(this, other);
        }
    }

    /** The time of the earliest record that matters. */
    public Instant from() {
        return from;
    }

    /**
     * Adds one record.
     *
     * @param kind the log it is from; only rules for it are tried
     */
    public void add(Logsource kind, Instant time, String eventId, byte[] json) {
        if (time.isBefore(from)) {
            return;
        }
        RuleRun.Match match;
        try {
            match = run.add(kind, time, eventId, json);
        } catch (MalformedEventException e) {
            malformed++;
            return;
        }
        if (time.isBefore(since)) {
            return;
        }
        records++;
        for (BoundRule rule : match.rules()) {
            hits.add(new Hit(time, eventId, rule.rule().header().handle(), List.of(eventId)));
        }
    }

    /** What was found, by time. */
    public List<Hit> hits() {
        TreeSet<Hit> all = new TreeSet<>(hits);
        for (Firing firing : run.firings()) {
            if (!firing.firstTime().isBefore(since)) {
                all.add(new Hit(
                        firing.firstTime(),
                        RuleWords.subject(firing.group()),
                        Objects.requireNonNull(headers.get(firing.correlation()), firing.correlation())
                                .handle(),
                        firing.evidence().stream().map(seen -> seen.eventId()).toList()));
            }
        }
        return new ArrayList<>(all);
    }

    /** How many records there were in the time asked for. */
    public long records() {
        return records;
    }

    /** Records that no rule can be tried on. */
    public long malformed() {
        return malformed;
    }

    /** The rules that run. */
    public RuleSet rules() {
        return rules;
    }
}
