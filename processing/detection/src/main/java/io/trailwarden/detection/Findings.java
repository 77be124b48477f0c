package io.trailwarden.detection;

import io.trailwarden.detection.reference.Suppression;
import io.trailwarden.event.Claim;
import io.trailwarden.event.Finding;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a detector: turns claims into revisions of findings.
 *
 * <p>Revisions are milliseconds since 1970, made strictly ascending per key, so that the last word has the highest one
 * even when several fall into one millisecond or the clock is set back.
 *
 * <p>Suppressions are marked here, the same way for every detection: they hide nothing, and a claim that becomes
 * suppressed, or no longer is, is a revision.
 *
 * <p>A finding's facts are in the order to be read. Flink's map serialiser loses that order, so whoever publishes encodes
 * the finding in the operator that made it, or keeps it in the same chain.
 */
public final class Findings {

    /** The author of every detection that is not a rule of somebody else. */
    public static final String AUTHOR = "Trailwarden";

    private static final String WITHDRAWN =
            "Withdrawn: records that arrived later, or changed reference data, explain what was seen.";

    private final InstantSource clock;
    private final Consumer<Finding> publish;
    private final Supplier<List<Suppression>> suppressions;

    /**
     * A way out.
     *
     * @param suppressions those that hold now, the first that matches counts
     */
    public Findings(InstantSource clock, Supplier<List<Suppression>> suppressions, Consumer<Finding> publish) {
        this.clock = clock;
        this.suppressions = suppressions;
        this.publish = publish;
    }

    /** Publishes a finding about one event: the same event gives an equal finding, whenever it is looked at. */
    public void publish(Claim claim) {
        Instant now = clock.instant();
        publish.accept(new Finding(claim, now.toEpochMilli(), Finding.State.OPEN, now, suppression(claim)));
    }

    private @Nullable String suppression(Claim claim) {
        return Suppression.describe(suppressions.get(), claim);
    }

    /**
     * Publishes the difference between what a key had published and what it claims now.
     *
     * @param claims all that hold for this key now, each id once
     * @return what is published now, for the key's state; {@code before} itself when nothing changed
     */
    public Published settle(Published before, Collection<Claim> claims) {
        return settle(before, claims, WITHDRAWN);
    }

    /**
     * As {@link #settle(Published, Collection)}.
     *
     * @param withdrawn what a finding says when it does not hold any more, in a whole sentence
     */
    public Published settle(Published before, Collection<Claim> claims, String withdrawn) {
        if (before.open().isEmpty() && claims.isEmpty()) {
            return before;
        }
        Map<String, Published.Mark> open = new LinkedHashMap<>();
        long highest = before.highest();
        Instant now = clock.instant();
        for (Claim claim : claims) {
            String suppression = suppression(claim);
            Published.Mark mark = Published.Mark.of(claim, suppression);
            if (open.put(claim.id(), mark) != null) {
                throw new IllegalStateException("one finding concluded twice: " + claim);
            }
            Published.Mark known = before.open().get(claim.id());
            if (known == null || !known.digest().equals(mark.digest())) {
                highest = Math.max(highest + 1, now.toEpochMilli());
                publish.accept(new Finding(claim, highest, Finding.State.OPEN, now, suppression));
            }
        }
        for (Map.Entry<String, Published.Mark> known : before.open().entrySet()) {
            if (!open.containsKey(known.getKey())) {
                highest = Math.max(highest + 1, now.toEpochMilli());
                Claim gone = known.getValue().withdrawn(known.getKey(), withdrawn);
                publish.accept(new Finding(gone, highest, Finding.State.WITHDRAWN, now, null));
            }
        }
        return highest == before.highest() ? before : new Published(open, highest);
    }
}
