package io.trailwarden.event;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One revision of one finding.
 *
 * <p>{@code id} is a function of the detection, its subject and its event-time window or event id, and of nothing else:
 * the same records give the same ids in any order of arrival, any number of times. A later revision replaces an earlier
 * one; a finding that late data disproves gets a revision in state {@link State#WITHDRAWN}. Whoever stores findings
 * keeps the highest revision. What people decide about a finding is kept elsewhere.
 *
 * <p>Every text in it may hold words written by a stranger (a role session name, a user agent); who shows it must not
 * interpret it.
 *
 * @param id 32 lower-case hex digits, see {@link FindingId}
 * @param revision ascending per id, not necessarily by one; milliseconds since 1970 when the revision was made, made
 *     strictly ascending
 * @param detection the stable key of the detection, for example {@code unexpected-principal} or a rule's id
 * @param title one line for a list
 * @param description why it fired, in whole sentences
 * @param author who wrote the detection; rules under the Detection Rule License must name theirs
 * @param subject what the finding is about, as the detection identifies it
 * @param principal stable actor key, see {@link ActorKey}
 * @param firstTime event time of the earliest evidence
 * @param lastTime event time of the latest evidence
 * @param detectedAt processing time of this revision
 * @param eventIds the earliest evidence by event time, at most {@link #MAX_EVENT_IDS}
 * @param eventCount how many events are evidence, also those not listed
 * @param techniques MITRE ATT&CK technique ids
 * @param facts what was expected and what was seen, in the order to be read
 * @param nextSteps what to do now, one concrete step a line
 * @param suppression why nobody need look at it, in the words of reference data; null: somebody should. A suppressed
 *     finding is detected, stored and amended like any other
 */
public record Finding(
        String id,
        long revision,
        State state,
        String detection,
        Severity severity,
        String title,
        String description,
        String author,
        String subject,
        @Nullable String account,
        @Nullable String region,
        @Nullable String principal,
        Instant firstTime,
        Instant lastTime,
        Instant detectedAt,
        List<String> eventIds,
        long eventCount,
        List<String> techniques,
        Map<String, String> facts,
        List<String> nextSteps,
        @Nullable String suppression) {

    /** How many event ids a finding lists; the rest is counted and can be queried. */
    public static final int MAX_EVENT_IDS = 100;

    /** Whether a finding stands. */
    public enum State {
        OPEN,
        WITHDRAWN
    }
}
