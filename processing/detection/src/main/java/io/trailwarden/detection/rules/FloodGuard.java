package io.trailwarden.detection.rules;

import io.trailwarden.detection.Findings;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.sigma.rule.RuleHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps one bad rule from burying everything else: after {@link #LIMIT} findings of a rule in one hour of event time it
 * is mute for the rest of that hour, and one finding says so.
 *
 * <p>Counted per subtask and forgotten at a restart, so which findings of a flood stand depends on the order of arrival;
 * that there was a flood, and its finding's id, does not.
 */
final class FloodGuard {

    /** The detection of the finding that says so. */
    static final String FLOOD = "rule-flood";

    /** Findings of one rule in one hour of event time, in one subtask. */
    static final int LIMIT = 1_000;

    private static final int HOURS = 48;

    private final Map<String, Map<Long, Integer>> counts = new HashMap<>();
    private final Map<String, Long> heldBack = new TreeMap<>();

    /** Whether a finding of this rule may go out; says it once when the limit is reached. */
    boolean admits(RuleHeader header, Instant eventTime, Findings out) {
        long hour =
                Math.floorDiv(eventTime.getEpochSecond(), Duration.ofHours(1).toSeconds());
        int count = counts.computeIfAbsent(header.key(), key -> new Recent()).merge(hour, 1, Integer::sum);
        if (count == LIMIT + 1) {
            out.publish(muted(header, Instant.ofEpochSecond(hour * 3_600)));
        }
        if (count > LIMIT) {
            heldBack.merge(header.handle(), 1L, Long::sum);
        }
        return count <= LIMIT;
    }

    /** By the handle of each rule that was mute in some hour: how many of its findings did not go out. */
    Map<String, Long> heldBack() {
        return heldBack;
    }

    private static Claim muted(RuleHeader header, Instant hour) {
        return new Claim(
                FindingId.of(FLOOD, header.key(), hour.toString()),
                new Claim.Detection(FLOOD, Severity.MEDIUM, Findings.AUTHOR, List.of()),
                Claim.Subject.named(header.handle()),
                new Claim.Evidence(hour, hour, List.of(), 0),
                FloodWords.muted(header));
    }

    /** The last hours that were counted. */
    private static final class Recent extends LinkedHashMap<Long, Integer> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Integer> eldest) {
            return size() > HOURS;
        }
    }
}
