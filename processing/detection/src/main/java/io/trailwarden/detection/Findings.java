package io.trailwarden.detection;

import io.trailwarden.detection.reference.Suppression;
import io.trailwarden.event.Finding;
import io.trailwarden.event.FindingId;
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
 * The way out of a detector: turns conclusions into revisions of findings.
 *
 * <p>Revisions are milliseconds since 1970, made strictly ascending per key, so that the last word has the highest one
 * even when several fall into one millisecond or the clock is set back.
 *
 * <p>Suppressions are marked here, the same way for every detection: they hide nothing, and a conclusion that becomes
 * suppressed, or no longer is, is a revision.
 *
 * <p>A finding's facts are in the order to be read. Flink's map serialiser loses that order, so whoever publishes encodes
 * the finding in the operator that made it, or keeps it in the same chain.
 */
public final class Findings {

    /** The author of every detection that is not a rule of somebody else. */
    public static final String AUTHOR = "Trailwarden";

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
    public void publish(Conclusion conclusion) {
        Instant now = clock.instant();
        publish.accept(conclusion.revision(now.toEpochMilli(), now, suppression(conclusion)));
    }

    private @Nullable String suppression(Conclusion conclusion) {
        List<Suppression> all = suppressions.get();
        if (all.isEmpty()) {
            return null;
        }
        Suppression.Aim aim = new Suppression.Aim(
                conclusion.firstTime(),
                conclusion.lastTime(),
                conclusion.detection(),
                conclusion.account(),
                conclusion.region(),
                conclusion.principal(),
                conclusion.subject());
        for (Suppression one : all) {
            if (one.covers(aim)) {
                return one.describe();
            }
        }
        return null;
    }

    /**
     * Publishes the difference between what a key had published and what it concludes now.
     *
     * @param conclusions all findings that hold for this key now, each id once
     * @return what is published now, for the key's state; {@code before} itself when nothing changed
     */
    public Published settle(Published before, Collection<Conclusion> conclusions) {
        if (before.open().isEmpty() && conclusions.isEmpty()) {
            return before;
        }
        Map<String, Published.Mark> open = new LinkedHashMap<>();
        long highest = before.highest();
        Instant now = clock.instant();
        for (Conclusion conclusion : conclusions) {
            String suppression = suppression(conclusion);
            Published.Mark mark = mark(conclusion, suppression);
            if (open.put(conclusion.id(), mark) != null) {
                throw new IllegalStateException("one finding concluded twice: " + conclusion);
            }
            Published.Mark known = before.open().get(conclusion.id());
            if (known == null || !known.digest().equals(mark.digest())) {
                highest = Math.max(highest + 1, now.toEpochMilli());
                publish.accept(conclusion.revision(highest, now, suppression));
            }
        }
        for (Map.Entry<String, Published.Mark> known : before.open().entrySet()) {
            if (!open.containsKey(known.getKey())) {
                highest = Math.max(highest + 1, now.toEpochMilli());
                publish.accept(withdrawal(known.getKey(), known.getValue(), highest, now));
            }
        }
        return highest == before.highest() ? before : new Published(open, highest);
    }

    private static Published.Mark mark(Conclusion conclusion, @Nullable String suppression) {
        return new Published.Mark(
                suppression == null
                        ? FindingId.of("conclusion", conclusion.toString())
                        : FindingId.of("conclusion", conclusion.toString(), suppression),
                conclusion.detection(),
                conclusion.severity(),
                conclusion.title(),
                conclusion.author(),
                conclusion.subject(),
                conclusion.account(),
                conclusion.region(),
                conclusion.principal(),
                conclusion.firstTime(),
                conclusion.lastTime());
    }

    private static Finding withdrawal(String id, Published.Mark mark, long revision, Instant now) {
        return new Finding(
                id,
                revision,
                Finding.State.WITHDRAWN,
                mark.detection(),
                mark.severity(),
                mark.title(),
                "Withdrawn: records that arrived later, or changed reference data, explain what was seen.",
                mark.author(),
                mark.subject(),
                mark.account(),
                mark.region(),
                mark.principal(),
                mark.firstTime(),
                mark.lastTime(),
                now,
                List.of(),
                0,
                List.of(),
                Map.of(),
                List.of(),
                null);
    }
}
