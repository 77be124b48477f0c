package io.trailwarden.testing.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The organization of a scenario: its accounts, and its principals by rank. */
final class Organization {

    /** Ranks up to here are kept; by Zipf's law they do nearly all of the calling. */
    private static final int KEPT = 1 << 15;

    private final Scenario scenario;
    private final Principal[] kept;
    private final Zipf ranks;
    private int turn;

    Organization(Scenario scenario) {
        this.scenario = scenario;
        this.kept = new Principal[Math.min(KEPT, scenario.principals())];
        this.ranks = new Zipf(scenario.principals(), scenario.zipf());
    }

    /** Who acts next: by Zipf's law, or everybody in turn. */
    Principal someone(Randomness random) {
        if (scenario.zipf() == 0) {
            turn = turn == scenario.principals() ? 1 : turn + 1;
            return principal(turn - 1);
        }
        return principal(ranks.sample(random));
    }

    Principal principal(int rank) {
        if (rank >= kept.length) {
            return Principal.of(scenario, rank);
        }
        Principal known = kept[rank];
        if (known == null) {
            known = Principal.of(scenario, rank);
            kept[rank] = known;
        }
        return known;
    }

    List<String> accounts() {
        List<String> ids = new ArrayList<>(scenario.accounts());
        for (int i = 0; i < scenario.accounts(); i++) {
            ids.add(accountId(scenario.seed(), i));
        }
        return ids;
    }

    /** Twelve digits that begin with 1 to 6; accounts of strangers begin with 9. */
    static String accountId(long seed, int index) {
        // The index stands in it, so that no two accounts are the same.
        long random = Randomness.pick(seed * 7919 + index, 10_000_000);
        return String.format(Locale.ROOT, "%d%07d%04d", 1 + Randomness.pick(seed + index, 6), random, index);
    }

    /** An account outside of the organization. */
    static String strangerId(long seed, int index) {
        return String.format(
                Locale.ROOT, "9%07d%04d", Randomness.pick(seed * 104_729 + index, 10_000_000), index % 10_000);
    }
}
