package io.trailwarden.jobs;

import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.event.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A detector for tests: an actor who calls {@code Ping} three times, in any order of arrival. Calls of {@code Poison}
 * make it throw. In a second round the account hears of the actor's first ping.
 */
public final class RepeatedCalls
        implements KeyedDetector<RepeatedCalls.Actor, RepeatedCalls.Heard, RepeatedCalls.Calls> {

    private static final long serialVersionUID = 1L;
    public static final String NAME = "repeated-calls";
    public static final Duration MEMORY = Duration.ofHours(1);

    private final int version;

    public RepeatedCalls() {
        this(1);
    }

    /** With another version of its state. */
    public RepeatedCalls(int version) {
        this.version = version;
    }

    /** Who calls; in the second round, of whom is told. */
    public record Actor(String name) {}

    /** The name of the call. */
    public record Heard(String call) {}

    /** Event times by event id. */
    public record Calls(String key, Map<String, Instant> events, Published published) {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<Actor> keyType() {
        return Actor.class;
    }

    @Override
    public Class<Heard> newsType() {
        return Heard.class;
    }

    @Override
    public Class<Calls> stateType() {
        return Calls.class;
    }

    @Override
    public int stateVersion() {
        return version;
    }

    @Override
    public int rounds() {
        return 2;
    }

    @Override
    public SignalSource<Actor, Heard> signals() {
        return new SignalSource<>() {
            @Override
            public void readCall(CloudTrailEvent event, Reference reference, Consumer<Signal<Actor, Heard>> out) {
                if ("Ping".equals(event.eventName()) || "Poison".equals(event.eventName())) {
                    out.accept(signal(event.actorKey(), String.valueOf(event.eventName()), event.sighting()));
                }
                if ("Broken".equals(event.eventName())) {
                    throw new IllegalStateException("cannot digest " + event.eventId());
                }
            }
        };
    }

    @Override
    public Calls merge(@Nullable Calls state, Signal<Actor, Heard> signal) {
        if (signal.news().call().equals("Poison")) {
            throw new IllegalStateException("cannot digest " + signal.event().eventId());
        }
        Map<String, Instant> events = state == null ? new TreeMap<>() : new TreeMap<>(state.events());
        events.put(signal.event().eventId(), signal.event().time());
        return new Calls(signal.key().name(), events, state == null ? Published.NOTHING : state.published());
    }

    @Override
    public Calls evaluate(Calls state, Round<Actor, Heard> round) {
        int enough = round.number() == 1 ? 3 : 1;
        List<Claim> claims =
                state.events().size() < enough ? List.of() : List.of(claim(state, round.number(), round.reference()));
        if (round.number() == 1) {
            String first = new TreeMap<>(state.events()).firstKey();
            round.tell(
                    new Actor("of " + round.key().name()),
                    new Sighting(state.events().get(first), first),
                    new Heard("Ping"));
        }
        return new Calls(state.key(), state.events(), round.findings().settle(state.published(), claims));
    }

    private static Claim claim(Calls state, int round, Reference reference) {
        Instant first = state.events().values().stream().min(Instant::compareTo).orElseThrow();
        Instant last = state.events().values().stream().max(Instant::compareTo).orElseThrow();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("zeta comes first", "as it was put");
        facts.put("accounts known", Integer.toString(reference.accounts().size()));
        facts.put("alpha comes last", "as it was put");
        return new Claim(
                FindingId.of(NAME, state.key(), Integer.toString(round)),
                new Claim.Detection(NAME, Severity.LOW, "nobody", List.of()),
                new Claim.Subject(state.key(), null, null, state.key()),
                new Claim.Evidence(
                        first,
                        last,
                        state.events().keySet().stream().sorted().collect(Collectors.toList()),
                        state.events().size()),
                new Claim.Words(state.key() + " in round " + round, "Test.", facts, List.of()));
    }

    /** Known once it was called as often as a finding needs. */
    @Override
    public Knowledge knowledge(Calls state, Reference reference) {
        return state.events().size() < 3 ? Knowledge.LEARNING : Knowledge.LEARNED;
    }

    @Override
    public Instant expiresAt(Calls state, Reference reference) {
        return state.events().values().stream()
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH)
                .plus(MEMORY);
    }

    public static Signal<Actor, Heard> signal(String key, String eventId, Instant at) {
        return signal(key, "Ping", new Sighting(at, eventId));
    }

    public static Signal<Actor, Heard> signal(String key, String call, Sighting event) {
        return new Signal<>(NAME, new Actor(key), event, new Heard(call));
    }
}
