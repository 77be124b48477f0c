package io.trailwarden.testing.generator;

import java.util.Arrays;

/** Ranks {@code 0..n-1} whose frequency falls with {@code 1 / (rank + 1) ^ exponent}. */
final class Zipf {

    private final double[] cumulative;

    Zipf(int n, double exponent) {
        cumulative = new double[n];
        double sum = 0;
        for (int rank = 0; rank < n; rank++) {
            sum += StrictMath.pow(rank + 1, -exponent);
            cumulative[rank] = sum;
        }
        for (int rank = 0; rank < n; rank++) {
            cumulative[rank] /= sum;
        }
    }

    int sample(Randomness random) {
        int found = Arrays.binarySearch(cumulative, random.nextDouble());
        return Math.min(found < 0 ? -found - 1 : found + 1, cumulative.length - 1);
    }
}
