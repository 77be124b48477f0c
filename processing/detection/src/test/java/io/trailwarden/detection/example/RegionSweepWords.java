package io.trailwarden.detection.example;

import io.trailwarden.detection.Phrases;
import io.trailwarden.event.Claim;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the detection speaks. It decides nothing. */
final class RegionSweepWords {

    private static final int MAX_LISTED = 10;

    private RegionSweepWords() {}

    static Claim.Words of(RegionSweepKey key, Collection<String> regions) {
        String who = Phrases.principal(key.principal());
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Expected", who + " works where it may");
        facts.put("Seen", "nothing but refusals in " + Phrases.list(regions, MAX_LISTED));
        facts.put("Account", key.account());
        return new Claim.Words(
                who + " was refused in " + Phrases.count(regions.size(), "Region"),
                "Every call that " + who
                        + " made in these Regions on this day was refused. Whoever holds new credentials"
                        + " tries where they work.",
                facts,
                List.of(
                        "Ask the owner of " + who + " what it looks for there.",
                        "If nobody knows it: end its sessions."));
    }
}
