package io.trailwarden.detection.reference;

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

    /** The parts of a finding that a suppression can name. */
    public record Aim(
            Instant firstTime,
            Instant lastTime,
            String detection,
            @Nullable String account,
            @Nullable String region,
            @Nullable String principal,
            String subject) {}

    private static final String EXPECTED =
            "an object with at least one of detections, accounts, regions, principals, subjects";

    /** Whether the finding is covered. A part that the finding does not have, does not match. */
    public boolean covers(Aim finding) {
        return (from == null || !finding.firstTime().isBefore(from))
                && finding.lastTime().isBefore(until)
                && any(detections, finding.detection())
                && any(accounts, finding.account())
                && any(regions, finding.region())
                && any(principals, finding.principal())
                && any(subjects, finding.subject());
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
