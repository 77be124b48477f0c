package io.trailwarden.detection.reference;

/**
 * Settings of the detection {@code throttling-spike}, as they hold in one account.
 *
 * @param floor throttled calls within five minutes below which nothing is a burst
 * @param factor how many times its own earlier rate a burst must reach
 */
public record ThrottlingSettings(int floor, int factor) {

    /** The defaults, see {@code docs/reference/detections.md}. */
    public static final ThrottlingSettings DEFAULT = new ThrottlingSettings(10, 3);

    static ThrottlingSettings read(Body body, ThrottlingSettings or) {
        Integer floor = body.positive("floor");
        Integer factor = body.positive("factor");
        return new ThrottlingSettings(floor == null ? or.floor : floor, factor == null ? or.factor : factor);
    }
}
