package io.trailwarden.detection.reference;

import io.trailwarden.event.Claim;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wrote down about findings that nobody need look at. It ends at some time and gives its reason; findings
 * that it covers are kept and marked, never lost.
 *
 * <p>It covers a finding all of whose evidence lies in its time; one that grows beyond is looked at again.
 *
 * @param name the entry's key
 * @param from event time from which it holds; null: always
 * @param until event time until which it holds, exclusive
 * @param detections keys of detections; like the others null where they do not matter
 * @param principals actor keys
 * @param subjects what findings are about
 */
public record Suppression(
        String name,
        String reason,
        @Nullable Instant from,
        Instant until,
        @Nullable List<Glob> detections,
        @Nullable List<Glob> accounts,
        @Nullable List<Glob> regions,
        @Nullable List<Glob> principals,
        @Nullable List<Glob> subjects) {

    private static final String EXPECTED =
            "an object with at least one of detections, accounts, regions, principals, subjects";

    /** Why nobody need look at this finding, in the words of the first of these that covers it; null: somebody should. */
    public static @Nullable String describe(List<Suppression> suppressions, Claim claim) {
        return suppressions.stream()
                .filter(suppression -> suppression.covers(claim))
                .findFirst()
                .map(Suppression::describe)
                .orElse(null);
    }

    /** Whether the finding is covered. A part that the finding does not have, does not match. */
    public boolean covers(Claim claim) {
        Claim.Subject subject = claim.subject();
        return (from == null || !claim.evidence().first().isBefore(from))
                && claim.evidence().last().isBefore(until)
                && any(detections, claim.detection().name())
                && any(accounts, subject.account())
                && any(regions, subject.region())
                && any(principals, subject.principal())
                && any(subjects, subject.name());
    }

    /** Which one, why and until when, for people. */
    public String describe() {
        return name + ": " + reason + " (until " + until + ")";
    }

    private static boolean any(@Nullable List<Glob> globs, @Nullable String value) {
        return globs == null || value != null && globs.stream().anyMatch(glob -> glob.matches(value));
    }

    static Suppression read(String name, Body body) {
        String reason = body.text("reason");
        Instant from = body.instant("from");
        Instant until = body.instant("until");
        Body when = body.object("when");
        body.close();
        if (reason == null) {
            throw body.refused("reason", null, "why nobody need look at these findings");
        }
        if (until == null) {
            throw body.refused("until", null, "the time at which it ends, for example 2026-12-31T00:00:00Z");
        }
        if (from != null && !from.isBefore(until)) {
            throw body.refused("until", until, "after from " + from);
        }
        if (when == null) {
            throw body.refused("when", null, EXPECTED);
        }
        Suppression suppression = new Suppression(
                name,
                reason,
                from,
                until,
                when.list("detections", Glob::of),
                when.list("accounts", Glob::of),
                when.list("regions", Glob::of),
                when.list("principals", Glob::of),
                when.list("subjects", Glob::of));
        when.close();
        if (Stream.of(
                        suppression.detections,
                        suppression.accounts,
                        suppression.regions,
                        suppression.principals,
                        suppression.subjects)
                .allMatch(Objects::isNull)) {
            throw body.refused("when", "{}", EXPECTED);
        }
        return suppression;
    }
}
