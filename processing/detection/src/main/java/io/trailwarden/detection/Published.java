package io.trailwarden.detection;

import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one key has published and still stands: enough to see that a claim is new or changed, and to withdraw it. Part of a
 * detector's state.
 *
 * @param open by finding id
 * @param highest the highest revision this key has given to any finding
 */
public record Published(Map<String, Mark> open, long highest) {

    /** Nothing published yet. */
    public static final Published NOTHING = new Published(Map.of(), 0);

    /** The same, and the next revision is higher than this one. */
    public Published above(long revision) {
        return revision <= highest ? this : new Published(open, revision);
    }

    /** With what another part of the state had published and cannot speak for any more. */
    public Published with(Published other) {
        Map<String, Mark> all = new LinkedHashMap<>(open);
        all.putAll(other.open);
        return new Published(all, Math.max(highest, other.highest));
    }

    /**
     * Forgets findings whose evidence begins before this time, because the evidence is no longer in the state: they
     * stand as they are and will not be withdrawn.
     */
    public Published keepFrom(Instant time) {
        Map<String, Mark> kept = new LinkedHashMap<>(open);
        kept.values().removeIf(mark -> mark.first().isBefore(time));
        return kept.size() == open.size() ? this : new Published(kept, highest);
    }

    /**
     * One open finding: what a withdrawal of it repeats.
     *
     * @param digest of the claim as it was published, and of what suppressed it
     * @param first event time of the earliest evidence
     * @param last event time of the latest evidence
     */
    public record Mark(
            String digest,
            Claim.Detection detection,
            String title,
            Claim.Subject subject,
            Instant first,
            Instant last) {

        /**
         * Of a claim just made, whose facts are still in the order of reading: a claim that has been through Flink's
         * serialisers may have lost it and would have another digest.
         */
        static Mark of(Claim claim, @Nullable String suppression) {
            return new Mark(
                    suppression == null
                            ? FindingId.of("claim", claim.toString())
                            : FindingId.of("claim", claim.toString(), suppression),
                    claim.detection(),
                    claim.words().title(),
                    claim.subject(),
                    claim.evidence().first(),
                    claim.evidence().last());
        }

        Claim withdrawn(String id, String why) {
            return new Claim(
                            id,
                            detection,
                            subject,
                            new Claim.Evidence(first, last, List.of(), 0),
                            new Claim.Words(title, "", Map.of(), List.of()))
                    .withdrawn(why);
        }
    }
}
