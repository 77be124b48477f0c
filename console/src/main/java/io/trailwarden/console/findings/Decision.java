package io.trailwarden.console.findings;

import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody decided about one finding. Decisions are only ever added; the latest counts, the others are its
 * history. They are kept apart from findings, so that no replay overwrites them.
 *
 * @param number ascending over all decisions
 * @param reason why it was closed; null unless {@code verdict} is {@link Verdict#CLOSED}
 * @param note free text, possibly empty
 * @param by who decided
 * @param revision the finding's revision that was looked at
 * @param eventCount how many events the finding had then
 * @param severity how bad it was then
 */
public record Decision(
        long number,
        String findingId,
        Verdict verdict,
        @Nullable Reason reason,
        String note,
        String by,
        Instant at,
        long revision,
        long eventCount,
        Severity severity) {

    /** The longest note, in characters. */
    public static final int MAX_NOTE = 4_000;

    /** What was decided. */
    public enum Verdict {
        ACKNOWLEDGED,
        CLOSED,
        REOPENED
    }

    /** Why a finding was closed. */
    public enum Reason {
        FALSE_POSITIVE,
        TESTING_OR_MAINTENANCE,
        REMEDIATED,
        CASE_OPENED,
        TRUE_POSITIVE_BENIGN,
        TRUE_POSITIVE_MALICIOUS,
        OTHER
    }

    /** Whether the finding has more evidence, or is worse, than when this was decided. */
    boolean outgrownBy(Finding finding) {
        return finding.evidence().count() > eventCount
                || finding.detection().severity().compareTo(severity) > 0;
    }
}
