package io.trailwarden.ingest.format;

/**
 * What is refused of one object, so that a small file cannot fill memory.
 *
 * @param maxBytes most uncompressed bytes; what comes after is not read
 * @param maxRatio most uncompressed bytes for one compressed byte, once past {@link #RATIO_GRACE}
 */
public record ObjectLimits(int maxBytes, int maxRatio) {

    /** Uncompressed bytes that are always allowed: a few records of one kind compress better than any ratio. */
    public static final int RATIO_GRACE = 1 << 20;

    /** 256 MiB and a ratio of 200; real CloudTrail objects compress 2.5 to 30 times. */
    public static final ObjectLimits DEFAULT = new ObjectLimits(256 << 20, 200);

    public ObjectLimits {
        if (maxBytes < 1 || maxRatio < 1) {
            throw new IllegalArgumentException("limits must be positive: " + maxBytes + " bytes, ratio " + maxRatio);
        }
    }
}
