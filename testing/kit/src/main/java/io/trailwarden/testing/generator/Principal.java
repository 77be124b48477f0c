package io.trailwarden.testing.generator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;

/**
 * Somebody who calls AWS: a function of the scenario's seed and the principal's rank, so that a million of them need no
 * table. Its habits (account, Region, calls, addresses, things it touches) never change.
 *
 * @param hash its source of fixed choices
 * @param role whether it is a role; else a user
 * @param account twelve digits
 * @param name of the role or user
 * @param uniqueId the {@code AROA...} or {@code AIDA...} id
 * @param belongings the few things it works with
 */
record Principal(
        long hash,
        CallCatalogue.Who who,
        boolean role,
        byte[] account,
        byte[] name,
        byte[] uniqueId,
        byte[] region,
        Belongings belongings) {

    private static final List<String> FIRST_NAMES =
            List.of("amara", "bela", "chen", "dina", "emre", "farah", "goran", "hana", "ivo", "jude", "kofi", "lena");

    private static final List<String> PROJECTS = List.of(
            "checkout",
            "catalogue",
            "ledger",
            "shipping",
            "pricing",
            "search",
            "identity",
            "billing",
            "invoices",
            "reports",
            "ingest",
            "features",
            "mailer",
            "stock",
            "returns",
            "fraud",
            "loyalty",
            "support",
            "partners",
            "media",
            "maps",
            "chat",
            "vouchers",
            "payroll");

    private static final byte[][] NOUNS = bytes(List.of("orders", "events", "items", "sessions", "archive", "retry"));

    private static final byte[][] REGIONS =
            bytes(List.of("us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "ap-southeast-2", "sa-east-1"));

    static final int REGION_COUNT = REGIONS.length;

    /** What a principal works with: the same project, a couple of nouns, a few numbered things. */
    record Belongings(byte[] project, long keyHash) {

        byte[] noun(Randomness random) {
            return NOUNS[(Randomness.pick(keyHash, NOUNS.length) + random.nextInt(2)) % NOUNS.length];
        }

        int suffix(Randomness random) {
            return Randomness.pick(keyHash + 7, 90) + random.nextInt(3);
        }
    }

    /** The principal of this rank. */
    static Principal of(Scenario scenario, int rank) {
        long hash = Randomness.mix(scenario.seed() * 31 + rank + 1);
        // Squared, so that some accounts are much busier than others.
        double spot = (Randomness.mix(hash + 1) >>> 11) * 0x1.0p-53;
        int account = (int) (spot * spot * scenario.accounts());
        boolean role = Randomness.pick(hash + 2, 4) != 0;
        CallCatalogue.Who who =
                role ? roleKind(Randomness.pick(hash + 3, 100)) : userKind(Randomness.pick(hash + 3, 10));
        String project = PROJECTS.get(Randomness.pick(hash + 4, PROJECTS.size()));
        String name = role
                ? project + '-' + who.roleSuffix() + '-' + rank
                : FIRST_NAMES.get(Randomness.pick(hash + 5, FIRST_NAMES.size())) + '.' + rank;
        JsonBytes id = new JsonBytes().add(role ? "AROA" : "AIDA").base32(new Randomness(hash), 17);
        // An account works in two Regions; the second is its neighbour's home.
        byte[] region =
                Randomness.pick(hash + 6, 10) == 0 ? homeRegion(scenario, account + 1) : homeRegion(scenario, account);
        return new Principal(
                hash,
                who,
                role,
                Organization.accountId(scenario.seed(), account).getBytes(US_ASCII),
                name.getBytes(US_ASCII),
                id.copy(),
                region,
                new Belongings(
                        project.getBytes(US_ASCII),
                        Randomness.mix(
                                scenario.seed() + account * 1_000L + Randomness.pick(hash + 4, PROJECTS.size()))));
    }

    /**
     * A role of this name in the account of this index: one that a finding is planted with.
     *
     * @param region how many Regions after the account's home
     */
    static Principal named(Scenario scenario, int account, int region, CallCatalogue.Who who, String name) {
        long hash = Randomness.mix(scenario.seed() * 37 + name.hashCode() * 65_599L + account);
        return new Principal(
                hash,
                who,
                true,
                Organization.accountId(scenario.seed(), account).getBytes(US_ASCII),
                name.getBytes(US_ASCII),
                new JsonBytes().add("AROA").base32(new Randomness(hash), 17).copy(),
                REGIONS[(Randomness.pick(scenario.seed() + account, REGIONS.length) + region) % REGIONS.length],
                new Belongings("payments".getBytes(US_ASCII), Randomness.mix(hash)));
    }

    private static byte[] homeRegion(Scenario scenario, int account) {
        return REGIONS[Randomness.pick(scenario.seed() + account, REGIONS.length)];
    }

    /** One of its home addresses, of which it has one to five. */
    int address(Scenario scenario, Randomness random) {
        int homes = 1 + Randomness.pick(hash + 8, 5);
        return Randomness.pick(hash + 100 + random.nextInt(homes), scenario.addresses());
    }

    /** The stable actor key: the role's or user's ARN. */
    String actorKey() {
        return "arn:aws:iam::" + ascii(account) + (role ? ":role/" : ":user/") + ascii(name);
    }

    private static CallCatalogue.Who roleKind(int percent) {
        if (percent < 45) {
            return CallCatalogue.Who.APP;
        }
        if (percent < 60) {
            return CallCatalogue.Who.DATA;
        }
        if (percent < 75) {
            return CallCatalogue.Who.PIPELINE;
        }
        if (percent < 85) {
            return CallCatalogue.Who.FLOW;
        }
        return percent < 92 ? CallCatalogue.Who.OPERATOR : CallCatalogue.Who.AUDITOR;
    }

    private static CallCatalogue.Who userKind(int tenth) {
        if (tenth < 6) {
            return CallCatalogue.Who.DEVELOPER;
        }
        return tenth < 8 ? CallCatalogue.Who.OPERATOR : CallCatalogue.Who.PIPELINE;
    }

    private static String ascii(byte[] bytes) {
        return new String(bytes, US_ASCII);
    }

    private static byte[][] bytes(List<String> texts) {
        return texts.stream().map(text -> text.getBytes(US_ASCII)).toArray(byte[][]::new);
    }
}
