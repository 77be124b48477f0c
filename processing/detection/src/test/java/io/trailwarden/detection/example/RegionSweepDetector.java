package io.trailwarden.detection.example;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.example.RegionSweepState.Tried;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.event.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** <em>Region sweep</em>: somebody is refused in Region after Region on one day. */
public final class RegionSweepDetector implements KeyedDetector<RegionSweepKey, RegionSweepNews, RegionSweepState> {

    /** The detection's key. */
    public static final String NAME = "region-sweep";

    /** How many Regions are told apart. */
    public static final int MAX_REGIONS = 50;

    private static final int ENOUGH = 4;
    private static final Duration MEMORY = Duration.ofDays(2);
    private static final long serialVersionUID = 1;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<RegionSweepKey> keyType() {
        return RegionSweepKey.class;
    }

    @Override
    public Class<RegionSweepNews> newsType() {
        return RegionSweepNews.class;
    }

    @Override
    public Class<RegionSweepState> stateType() {
        return RegionSweepState.class;
    }

    @Override
    public int stateVersion() {
        return 1;
    }

    @Override
    public SignalSource<RegionSweepKey, RegionSweepNews> signals() {
        return new RegionSweepSignals();
    }

    @Override
    public RegionSweepState merge(@Nullable RegionSweepState before, Signal<RegionSweepKey, RegionSweepNews> signal) {
        RegionSweepState state = before == null ? new RegionSweepState(Map.of(), Published.NOTHING) : before;
        TreeMap<String, Tried> regions = new TreeMap<>(state.regions());
        Tried now = new Tried(signal.event(), !signal.news().refused());
        regions.merge(signal.news().region(), now, Tried::and);
        if (regions.size() > MAX_REGIONS) {
            regions.pollLastEntry();
        }
        return before != null && regions.equals(before.regions())
                ? before
                : new RegionSweepState(regions, state.published());
    }

    @Override
    public RegionSweepState evaluate(RegionSweepState state, Round<RegionSweepKey, RegionSweepNews> round) {
        Map<String, Sighting> refused = new TreeMap<>();
        state.regions().forEach((region, tried) -> {
            if (!tried.succeeded()) {
                refused.put(region, tried.first());
            }
        });
        List<Claim> claims = refused.size() < ENOUGH ? List.of() : List.of(claim(round.key(), refused));
        return new RegionSweepState(state.regions(), round.findings().settle(state.published(), claims));
    }

    private static Claim claim(RegionSweepKey key, Map<String, Sighting> refused) {
        List<Sighting> evidence = refused.values().stream().sorted().toList();
        return new Claim(
                FindingId.of(NAME, key.account(), key.principal(), Long.toString(key.day())),
                new Claim.Detection(NAME, Severity.MEDIUM, Findings.AUTHOR, List.of("T1580")),
                new Claim.Subject(key.principal(), key.account(), null, key.principal()),
                new Claim.Evidence(
                        evidence.get(0).time(),
                        evidence.get(evidence.size() - 1).time(),
                        evidence.stream().map(Sighting::eventId).toList(),
                        evidence.size()),
                RegionSweepWords.of(key, refused.keySet()));
    }

    @Override
    public Instant expiresAt(RegionSweepState state, Reference reference) {
        return state.regions().values().stream()
                .map(tried -> tried.first().time())
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH)
                .plus(MEMORY);
    }
}
