package io.trailwarden.detection.rules;

import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.RuleSet.BoundCorrelation;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Evaluated;
import io.trailwarden.sigma.correlation.Family;
import io.trailwarden.sigma.correlation.Firing;
import io.trailwarden.sigma.correlation.Sealed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs the correlations among the loaded rules. State is kept by partition (see {@link Family}), and every evaluation
 * looks at all of it, so that the findings are those of the set of events.
 *
 * <p>A finding's id is made of the correlation, the group, the hour (or the timespan, if longer) in which it fired, and
 * which firing of that group and hour it is: late events that move the beginning within the hour revise the finding
 * instead of making another.
 */
public final class CorrelationDetector implements KeyedDetector<CorrelationKey, CorrelationNews, CorrelationState> {

    /** The detector's name. */
    public static final String NAME = "sigma-correlation";

    /** More events than this in one partition, and what is older than {@link #LATENESS} is decided for good. */
    static final int SEAL_ABOVE = 2_000;

    /** However late events come, a partition never keeps more. */
    static final int MAX_EVENTS = 50_000;

    /** How late an event may come to a busy partition. CloudTrail delivers within minutes. */
    static final Duration LATENESS = Duration.ofHours(1);

    private static final String FIRED_AT = "fired at";
    private static final Duration SHORTEST_EPISODE = Duration.ofHours(1);
    private static final long serialVersionUID = 1;

    /** So many findings of a staged correlation are counted, no more. */
    private static final int MAX_COUNTED = 10_000;

    private transient @Nullable LoadedRules rules;

    /** By handle of a staged correlation: ids of the findings that it would have. */
    private transient @Nullable Map<String, Set<String>> stagedFindings;

    /** A detector; all of them are alike. */
    public CorrelationDetector() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<CorrelationKey> keyType() {
        return CorrelationKey.class;
    }

    @Override
    public Class<CorrelationNews> newsType() {
        return CorrelationNews.class;
    }

    @Override
    public Class<CorrelationState> stateType() {
        return CorrelationState.class;
    }

    @Override
    public int stateVersion() {
        return 2;
    }

    @Override
    public SignalSource<CorrelationKey, CorrelationNews> signals() {
        return new CorrelationSignals();
    }

    @Override
    public CorrelationState merge(@Nullable CorrelationState state, Signal<CorrelationKey, CorrelationNews> signal) {
        CorrelationState before = state == null
                ? CorrelationState.empty(signal.key().family(), signal.key().partition())
                : state;
        return before.with(signal.news().seen(signal.event()));
    }

    @Override
    public CorrelationState evaluate(CorrelationState state, Round<CorrelationKey, CorrelationNews> round) {
        Reference reference = round.reference();
        LoadedRules before = rules;
        rules = LoadedRules.of(reference, before);
        if (rules != before && stagedFindings != null) {
            stagedFindings.keySet().retainAll(rules.stagedHandles());
        }
        Family family = rules.correlations().family(state.family());
        if (family == null) {
            // The rule was taken away; what it found stands.
            return state;
        }
        Evaluated evaluated = family.evaluate(state.events(), state.partition(), state.sealed());
        List<Claim> claims = claims(family, evaluated.firings(), state.sealed().at(), state.events(), rules);
        Published published = round.findings().settle(state.published(), claims);
        return sealed(family, state, evaluated, published, claims);
    }

    @Override
    public Instant expiresAt(CorrelationState state, Reference reference) {
        rules = LoadedRules.of(reference, rules);
        Family family = rules.correlations().family(state.family());
        Instant newest = state.events().isEmpty()
                ? Instant.EPOCH
                : state.events().get(state.events().size() - 1).seen().time();
        return newest.plus(family == null ? Duration.ZERO : family.horizon()).plus(LATENESS);
    }

    private static CorrelationState sealed(
            Family family, CorrelationState state, Evaluated evaluated, Published published, List<Claim> claims) {
        List<CorrelatedEvent> events = state.events();
        CorrelationState settled = published == state.published()
                ? state
                : new CorrelationState(
                        state.family(), state.partition(), events, state.sealed(), state.tooLate(), published);
        if (events.size() <= SEAL_ABOVE) {
            return settled;
        }
        // Not the newest event: one record dated in the future must not seal the present.
        Instant recent = events.get(events.size() - SEAL_ABOVE / 10).seen().time();
        Instant until = recent.minus(LATENESS);
        if (events.size() > MAX_EVENTS) {
            Instant crowded = events.get(events.size() - MAX_EVENTS).seen().time();
            until = crowded.isAfter(until) ? crowded : until;
        }
        if (!until.isAfter(state.sealed().at())) {
            return settled;
        }
        Duration keep = max(family.horizon(), longestEpisode(family));
        Sealed sealed = state.sealed().advanced(until, evaluated, keep);
        Instant reach = until.minus(family.horizon());
        List<CorrelatedEvent> kept =
                events.stream().filter(e -> e.seen().time().isAfter(reach)).toList();
        return new CorrelationState(
                state.family(),
                state.partition(),
                new ArrayList<>(kept),
                sealed,
                state.tooLate(),
                unsealed(published, claims, until));
    }

    /** What is decided is not published again, nor withdrawn. */
    private static Published unsealed(Published published, List<Claim> claims, Instant until) {
        Map<String, Published.Mark> open = new LinkedHashMap<>(published.open());
        for (Claim claim : claims) {
            if (!Instant.parse(claim.words().facts().get(FIRED_AT)).isAfter(until)) {
                open.remove(claim.id());
            }
        }
        return new Published(open, published.highest());
    }

    private static Duration longestEpisode(Family family) {
        Duration longest = SHORTEST_EPISODE;
        for (BoundCorrelation correlation : family.correlations()) {
            longest = max(longest, correlation.rule().timespan());
        }
        return longest.plus(longest);
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    /**
     * {@code staged.} and the handle of each staged correlation: how many findings it would have had since this instance
     * began, withdrawn ones included.
     */
    @Override
    public Map<String, Long> numbers() {
        Map<String, Long> numbers = new TreeMap<>();
        if (stagedFindings != null) {
            stagedFindings.forEach((handle, ids) -> numbers.put("staged." + handle, (long) ids.size()));
        }
        return numbers;
    }

    private void count(Claim staged) {
        if (stagedFindings == null) {
            stagedFindings = new TreeMap<>();
        }
        Set<String> ids = stagedFindings.computeIfAbsent(staged.detection().name(), handle -> new HashSet<>());
        if (ids.size() < MAX_COUNTED) {
            ids.add(staged.id());
        }
    }

    /**
     * What the firings after {@code decided} conclude; those before it still count for the ordinals. What staged
     * correlations conclude is counted.
     */
    private List<Claim> claims(
            Family family, List<Firing> firings, Instant decided, List<CorrelatedEvent> events, LoadedRules rules) {
        Map<String, CorrelatedEvent> byId = new HashMap<>();
        if (!firings.isEmpty()) {
            events.forEach(event -> byId.put(event.seen().eventId(), event));
        }
        Map<List<Object>, Integer> ordinals = new HashMap<>();
        List<Claim> claims = new ArrayList<>();
        for (Firing firing : firings) {
            BoundCorrelation correlation = family.correlations().stream()
                    .filter(c -> c.key().equals(firing.correlation()))
                    .findFirst()
                    .orElseThrow();
            Duration episode = max(SHORTEST_EPISODE, correlation.rule().timespan());
            long hour = Math.floorDiv(firing.firstTime().getEpochSecond(), episode.toSeconds());
            int ordinal = ordinals.merge(List.of(firing.correlation(), firing.group(), hour), 1, Integer::sum);
            boolean open = firing.firstTime().isAfter(decided);
            if (open && !rules.ruleSet().silent().contains(firing.correlation())) {
                Claim claim = claim(correlation, firing, hour, ordinal, byId);
                if (rules.staged().contains(firing.correlation())) {
                    count(claim);
                } else {
                    claims.add(claim);
                }
            }
        }
        return claims;
    }

    private static Claim claim(
            BoundCorrelation correlation, Firing firing, long hour, int ordinal, Map<String, CorrelatedEvent> byId) {
        List<String> parts = new ArrayList<>(firing.group().values());
        parts.add(Long.toString(hour));
        parts.add(Integer.toString(ordinal));
        List<Sighting> evidence = firing.evidence();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("condition", RuleWords.condition(correlation.rule()));
        facts.put("within", RuleWords.timespan(correlation.rule().timespan()));
        facts.put(FIRED_AT, firing.firstTime().toString());
        facts.putAll(firing.group());
        return RuleFindings.claim(
                FindingId.of(firing.correlation(), parts.toArray(new String[0])),
                correlation.rule().header(),
                new Claim.Subject(
                        RuleWords.subject(firing.group()),
                        common(evidence, byId, CorrelatedEvent::account),
                        common(evidence, byId, CorrelatedEvent::region),
                        common(evidence, byId, CorrelatedEvent::principal)),
                evidence,
                facts);
    }

    /** What all of the evidence that is still known has in common, or null. */
    private static @Nullable String common(
            List<Sighting> evidence,
            Map<String, CorrelatedEvent> byId,
            Function<CorrelatedEvent, @Nullable String> component) {
        String common = null;
        for (Sighting sighting : evidence) {
            CorrelatedEvent event = byId.get(sighting.eventId());
            String value = event == null ? null : component.apply(event);
            if (value == null || common != null && !common.equals(value)) {
                return null;
            }
            common = value;
        }
        return common;
    }
}
