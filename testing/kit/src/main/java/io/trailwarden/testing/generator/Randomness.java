package io.trailwarden.testing.generator;

/**
 * Random numbers that are the same on every JDK: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014), written out because the JDK leaves its own generators free to change.
 */
final class Randomness {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;
    private double spareGaussian = Double.NaN;

    Randomness(long seed) {
        this.state = seed;
    }

    /** A stream of its own for one purpose, so that a change in one part of a scenario leaves the others alone. */
    static Randomness of(long seed, String purpose) {
        return new Randomness(mix(seed ^ mix(purpose.hashCode())));
    }

    /** A well mixed function of its argument: attributes of the i-th principal need no table. */
    static long mix(long z) {
        long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }

    /** A number in {@code [0, bound)} that is a function of {@code hash}. */
    static int pick(long hash, int bound) {
        return (int) Math.floorMod(mix(hash + GOLDEN_GAMMA), (long) bound);
    }

    long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** In {@code [0, bound)}. */
    int nextInt(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** In {@code [0, 1)}, with 53 random bits. */
    double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    boolean chance(double probability) {
        return nextDouble() < probability;
    }

    /** Normally distributed with mean 0 and deviation 1 (Box and Muller); strict mathematics, so the same everywhere. */
    double nextGaussian() {
        if (!Double.isNaN(spareGaussian)) {
            double spare = spareGaussian;
            spareGaussian = Double.NaN;
            return spare;
        }
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        double angle = 2 * StrictMath.PI * nextDouble();
        spareGaussian = radius * StrictMath.sin(angle);
        return radius * StrictMath.cos(angle);
    }
}
