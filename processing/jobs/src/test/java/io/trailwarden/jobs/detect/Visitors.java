package io.trailwarden.jobs.detect;

import io.trailwarden.detection.Entries;
import io.trailwarden.detection.EntryDetector;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.event.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A detector with entries for tests: every visitor of a house is found, with the house's owner in the title. A visitor
 * called {@code owner:NAME} makes NAME the owner, {@code poison} makes the merge throw after it wrote an entry.
 */
final class Visitors implements EntryDetector<Visitors.House, Visitors.Visitor, Visitors.Owner, Visitors.Visit> {

    private static final long serialVersionUID = 1L;
    static final String NAME = "visitors";
    static final Duration MEMORY = Duration.ofHours(1);

    /** What was judged, in this order; static because Flink copies detectors. */
    static final List<String> JUDGED = new ArrayList<>();

    /** Where. */
    public record House(String name) {}

    /** Who. */
    public record Visitor(String name) {}

    /** Whose; the head. */
    public record Owner(String name, Instant newest) {}

    /** One visitor; the entry. */
    public record Visit(Instant first, Published published) {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<House> keyType() {
        return House.class;
    }

    @Override
    public Class<Visitor> newsType() {
        return Visitor.class;
    }

    @Override
    public Class<Owner> stateType() {
        return Owner.class;
    }

    @Override
    public Class<Visit> entryType() {
        return Visit.class;
    }

    @Override
    public int stateVersion() {
        return 1;
    }

    @Override
    public SignalSource<House, Visitor> signals() {
        return new SignalSource<>() {};
    }

    @Override
    public Owner merge(@Nullable Owner head, Signal<House, Visitor> signal, Entries<Visit> entries) {
        String visitor = signal.news().name();
        Instant time = signal.event().time();
        Owner owner = head == null ? new Owner("nobody", time) : head;
        if (visitor.startsWith("owner:")) {
            return new Owner(visitor.substring("owner:".length()), owner.newest());
        }
        Visit known = entries.get(visitor);
        if (known == null || time.isBefore(known.first())) {
            entries.put(visitor, new Visit(time, known == null ? Published.NOTHING : known.published()));
        }
        if (visitor.equals("poison")) {
            throw new IllegalStateException("cannot digest " + signal.event().eventId());
        }
        return time.isAfter(owner.newest()) ? new Owner(owner.name(), time) : owner;
    }

    @Override
    public boolean bearsOnEntries(Owner before, Owner after) {
        return !before.name().equals(after.name());
    }

    @Override
    public Owner evaluate(Owner head, Round<House, Visitor> round) {
        return head;
    }

    @Override
    public Visit judge(String name, Visit entry, Owner head, Round<House, Visitor> round) {
        JUDGED.add(name);
        if (name.equals("unspeakable")) {
            throw new IllegalStateException("cannot judge " + name);
        }
        Map<String, String> facts = new TreeMap<>();
        facts.put(
                "accounts known", Integer.toString(round.reference().accounts().size()));
        Claim claim = new Claim(
                FindingId.of(NAME, round.key().name(), name),
                new Claim.Detection(NAME, Severity.LOW, "nobody", List.of()),
                new Claim.Subject(name, null, null, name),
                new Claim.Evidence(entry.first(), entry.first(), List.of("e"), 1),
                new Claim.Words(name + " at " + head.name() + "'s", "Test.", facts, List.of()));
        return new Visit(entry.first(), round.findings().settle(entry.published(), List.of(claim)));
    }

    @Override
    public Instant expiresAt(Owner head, Reference reference) {
        return head.newest().plus(MEMORY);
    }

    static Signal<House, Visitor> signal(String house, String visitor, Instant at) {
        return new Signal<>(NAME, new House(house), new Sighting(at, "e-" + visitor), new Visitor(visitor));
    }
}
