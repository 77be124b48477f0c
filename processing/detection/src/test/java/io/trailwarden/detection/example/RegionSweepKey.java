package io.trailwarden.detection.example;

import io.trailwarden.event.Bounded;

/** Who tried Regions, on one day: days since 1970. */
public record RegionSweepKey(String account, String principal, long day) {

    /** Bounds what is too long. */
    public RegionSweepKey {
        account = Bounded.text(account);
        principal = Bounded.text(principal);
    }
}
