package io.trailwarden.testing.generator;

import java.time.Instant;

/**
 * What to generate. Two equal scenarios give the same records, byte for byte.
 *
 * <p>The defaults follow measurements of real trails: 200 accounts, 20,000 principals of which three quarters are
 * roles, 50,000 addresses, delivery about 200 s late and at most 608 s. Only the share of records that AWS services
 * cause among themselves is lower than the 90 % of an ordinary account, because those records ask least of a detector.
 *
 * @param seed chooses the organization and everything in it
 * @param events how many distinct records, planted ones and execution-log lines included
 * @param planted how many findings to plant
 * @param duplicates share of CloudTrail records delivered a second time by another trail: 0.005 is AWS's own
 *     redelivery, 0.2 an account with two trails
 * @param accounts members of the organization
 * @param principals users and roles; which one acts follows Zipf's law
 * @param zipf exponent of that law; 0 lets every principal act in turn
 * @param addresses source addresses of people and programs
 * @param serviceShare share of CloudTrail records caused by AWS services
 * @param executionShare share of all records that are Step Functions execution-log lines
 * @param objectRecords how many records an S3 object holds on average; at most eight times as many
 * @param start event time of the first record; another start gives other records of the same organization
 */
public record Scenario(
        long seed,
        long events,
        int planted,
        double duplicates,
        int accounts,
        int principals,
        double zipf,
        int addresses,
        double serviceShare,
        double executionShare,
        int objectRecords,
        Instant start) {

    /** Refuses numbers that no organization can have. */
    public Scenario {
        require(events >= 1, "events", events, "at least 1");
        require(planted >= 0, "planted", planted, "0 or more");
        require(duplicates >= 0 && duplicates <= 1, "duplicates", duplicates, "0 to 1");
        require(accounts >= 1 && accounts <= 10_000, "accounts", accounts, "1 to 10000");
        require(principals >= 1, "principals", principals, "at least 1");
        require(zipf >= 0, "zipf", zipf, "0 or more");
        require(addresses >= 1 && addresses <= 131_072, "addresses", addresses, "1 to 131072");
        require(serviceShare >= 0 && serviceShare < 1, "serviceShare", serviceShare, "0 up to, not including, 1");
        require(
                executionShare >= 0 && executionShare < 1,
                "executionShare",
                executionShare,
                "0 up to, not including, 1");
        require(objectRecords >= 2 && objectRecords <= 5_000, "objectRecords", objectRecords, "2 to 5000");
    }

    /** The usual organization. */
    public static Scenario of(long seed, long events) {
        return new Scenario(
                seed, events, 0, 0.005, 200, 20_000, 1.1, 50_000, 0.5, 0.1, 25, Instant.parse("2026-03-02T06:00:00Z"));
    }

    /** The same with this many records. */
    public Scenario withEvents(long count) {
        return new Scenario(
                seed,
                count,
                planted,
                duplicates,
                accounts,
                principals,
                zipf,
                addresses,
                serviceShare,
                executionShare,
                objectRecords,
                start);
    }

    /** The same with this many planted findings. */
    public Scenario withPlanted(int count) {
        return new Scenario(
                seed,
                events,
                count,
                duplicates,
                accounts,
                principals,
                zipf,
                addresses,
                serviceShare,
                executionShare,
                objectRecords,
                start);
    }

    /** The same with this share of records delivered twice. */
    public Scenario withDuplicates(double share) {
        return new Scenario(
                seed,
                events,
                planted,
                share,
                accounts,
                principals,
                zipf,
                addresses,
                serviceShare,
                executionShare,
                objectRecords,
                start);
    }

    /** The same with this many principals acting by this law. */
    public Scenario withPrincipals(int count, double exponent) {
        return new Scenario(
                seed,
                events,
                planted,
                duplicates,
                accounts,
                count,
                exponent,
                addresses,
                serviceShare,
                executionShare,
                objectRecords,
                start);
    }

    /** The same with these shares of records by AWS services and of execution-log lines. */
    public Scenario withShares(double services, double executions) {
        return new Scenario(
                seed,
                events,
                planted,
                duplicates,
                accounts,
                principals,
                zipf,
                addresses,
                services,
                executions,
                objectRecords,
                start);
    }

    /** The same with objects of about this many records. */
    public Scenario withObjectRecords(int records) {
        return new Scenario(
                seed,
                events,
                planted,
                duplicates,
                accounts,
                principals,
                zipf,
                addresses,
                serviceShare,
                executionShare,
                records,
                start);
    }

    /** The same, beginning at another time. */
    public Scenario withStart(Instant time) {
        return new Scenario(
                seed,
                events,
                planted,
                duplicates,
                accounts,
                principals,
                zipf,
                addresses,
                serviceShare,
                executionShare,
                objectRecords,
                time);
    }

    private static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
