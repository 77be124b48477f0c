package io.trailwarden.storage.findings;

import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which findings are wanted; null asks for nothing in particular.
 *
 * @param since the latest evidence is not older than this
 * @param atLeast this severe or worse
 * @param about what it is about
 * @param all whether findings that were withdrawn or are suppressed are wanted too
 * @param limit at most so many, the latest; 0 means all
 */
public record FindingQuery(@Nullable Instant since, @Nullable Severity atLeast, About about, boolean all, int limit) {

    /**
     * What the findings are about.
     *
     * @param detection exactly this key
     * @param account exactly this account
     * @param principal exactly this actor key
     */
    public record About(@Nullable String detection, @Nullable String account, @Nullable String principal) {

        /** Anything. */
        public static final About ANYTHING = new About(null, null, null);

        boolean matches(Finding finding) {
            return (detection == null || detection.equals(finding.detection().name()))
                    && (account == null || account.equals(finding.subject().account()))
                    && (principal == null || principal.equals(finding.subject().principal()));
        }
    }

    /** Every finding that somebody should look at. */
    public static final FindingQuery OPEN = new FindingQuery(null, null, About.ANYTHING, false, 0);

    /** Every finding, withdrawn and suppressed ones too. */
    public static final FindingQuery ALL = new FindingQuery(null, null, About.ANYTHING, true, 0);

    /** Whether this finding is wanted, but for the limit. */
    public boolean matches(Finding finding) {
        return (all || finding.state() == Finding.State.OPEN && finding.suppression() == null)
                && (since == null || !finding.evidence().last().isBefore(since))
                && (atLeast == null || finding.detection().severity().compareTo(atLeast) >= 0)
                && about.matches(finding);
    }
}
