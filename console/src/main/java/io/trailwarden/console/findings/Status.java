package io.trailwarden.console.findings;

import io.trailwarden.event.Finding;
import org.jspecify.annotations.Nullable;

/** Where a finding stands: a function of its latest revision and of the latest decision about it. */
public enum Status {
    /** Nobody has looked at it, or it grew after it had been closed. */
    OPEN,
    /** Somebody is on it. */
    ACKNOWLEDGED,
    /** Somebody closed it, and nothing new has been seen since. */
    CLOSED,
    /** Reference data says that nobody need look at it, and nobody has said otherwise. */
    SUPPRESSED,
    /** Later records disproved it. */
    WITHDRAWN;

    /**
     * The status. A closed finding opens again when it has more events or is worse than it was when it was closed; a
     * replay, which only repeats what was there, changes nothing.
     */
    static Status of(Finding finding, @Nullable Decision decision) {
        if (finding.state() == Finding.State.WITHDRAWN) {
            return WITHDRAWN;
        }
        Status undecided = finding.suppression() == null ? OPEN : SUPPRESSED;
        if (decision == null) {
            return undecided;
        }
        return switch (decision.verdict()) {
            case REOPENED -> OPEN;
            case ACKNOWLEDGED -> ACKNOWLEDGED;
            case CLOSED -> decision.outgrownBy(finding) ? undecided : CLOSED;
        };
    }
}
