package io.trailwarden.detection.example;

import io.trailwarden.event.Bounded;

/** A call in a Region, and whether AWS refused it. */
public record RegionSweepNews(String region, boolean refused) {

    /** Bounds what is too long. */
    public RegionSweepNews {
        region = Bounded.text(region);
    }
}
