package io.trailwarden.console.findings;

import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Findings with only what a test is about. */
final class Findings {

    static final Instant TIME = Instant.parse("2026-03-02T09:00:00Z");

    private Findings() {}

    static Finding finding(String id, long revision) {
        return finding(id, revision, Finding.State.OPEN, Severity.MEDIUM, 1);
    }

    static Finding finding(String id, long revision, Finding.State state, Severity severity, long eventCount) {
        return finding(id, revision, state, severity, eventCount, "111122223333", TIME);
    }

    static Finding finding(
            String id,
            long revision,
            Finding.State state,
            Severity severity,
            long eventCount,
            String account,
            Instant time) {
        return new Finding(
                id,
                revision,
                state,
                "root-login",
                severity,
                "Root signed in " + id,
                "Why",
                "Trailwarden",
                "subject",
                account.isEmpty() ? null : account,
                "eu-central-1",
                null,
                time,
                time,
                time,
                List.of("event-" + id),
                eventCount,
                List.of("T1078"),
                Map.of("Seen address", "203.0.113.9"),
                List.of("Ask"),
                null);
    }

    /** The same finding, which reference data says nobody need look at. */
    static Finding suppressed(Finding f) {
        return new Finding(
                f.id(),
                f.revision(),
                f.state(),
                f.detection(),
                f.severity(),
                f.title(),
                f.description(),
                f.author(),
                f.subject(),
                f.account(),
                f.region(),
                f.principal(),
                f.firstTime(),
                f.lastTime(),
                f.detectedAt(),
                f.eventIds(),
                f.eventCount(),
                f.techniques(),
                f.facts(),
                f.nextSteps(),
                "scan: Known");
    }
}
