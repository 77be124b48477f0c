package io.trailwarden.event;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One revision of one finding: a claim with its history.
 *
 * <p>A later revision replaces an earlier one of the same {@link #id()}; a finding that late data disproves gets a
 * revision in state {@link State#WITHDRAWN}. Whoever stores findings keeps the highest revision. What people decide about
 * a finding is kept elsewhere.
 *
 * <p>In JSON and in tables it is flat: one object, one row (see {@code FindingJson}).
 *
 * @param revision ascending per id, not necessarily by one; milliseconds since 1970 when the revision was made, made
 *     strictly ascending
 * @param detectedAt processing time of this revision
 * @param suppression why nobody need look at it, in the words of reference data; null: somebody should. A suppressed
 *     finding is detected, stored and amended like any other
 */
@JsonSerialize(using = FindingJson.Writer.class)
@JsonDeserialize(using = FindingJson.Reader.class)
public record Finding(Claim claim, long revision, State state, Instant detectedAt, @Nullable String suppression) {

    /** Whether a finding stands. */
    public enum State {
        OPEN,
        WITHDRAWN
    }

    /** The claim's id: what makes several revisions one finding. */
    public String id() {
        return claim.id();
    }

    /** Which detection made the claim, and how bad it is. */
    public Claim.Detection detection() {
        return claim.detection();
    }

    /** What the claim is about. */
    public Claim.Subject subject() {
        return claim.subject();
    }

    /** What the claim rests on. */
    public Claim.Evidence evidence() {
        return claim.evidence();
    }

    /** The claim for people. */
    public Claim.Words words() {
        return claim.words();
    }
}
