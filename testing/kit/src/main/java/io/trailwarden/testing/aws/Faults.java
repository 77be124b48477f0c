package io.trailwarden.testing.aws;

import java.time.Duration;

/**
 * What goes wrong, as shares of all requests.
 *
 * @param throttled refused as too many
 * @param failed answered with an error 500
 * @param dropped the connection is closed without an answer
 * @param pageTokensLost of requests with a page token: refused because the token is not valid any more
 * @param tokenUses after so many requests the token of an assumed role is refused as expired; 0: never
 * @param skew how far AWS's clock is ahead of this machine's
 */
public record Faults(
        double throttled, double failed, double dropped, double pageTokensLost, int tokenUses, Duration skew) {

    /** All is well. */
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0, Duration.ZERO);

    /** Half of all requests throttled, and everything else at once. */
    public static Faults all(Duration skew) {
        return new Faults(0.5, 0.05, 0.02, 0.02, 40, skew);
    }
}
