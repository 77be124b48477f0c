package io.trailwarden.console.findings;

import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.testing.SampleFinding;
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
        return SampleFinding.of(id)
                .revision(revision)
                .state(state)
                .detection("root-login")
                .severity(severity)
                .title("Root signed in " + id)
                .description("Why")
                .subject("subject")
                .account(account.isEmpty() ? null : account)
                .region("eu-central-1")
                .at(time)
                .events(List.of("event-" + id))
                .eventCount(eventCount)
                .techniques(List.of("T1078"))
                .facts(Map.of("Seen address", "203.0.113.9"))
                .nextSteps(List.of("Ask"))
                .build();
    }

    /** The same finding, which reference data says nobody need look at. */
    static Finding suppressed(Finding f) {
        return SampleFinding.like(f).suppression("scan: Known").build();
    }
}
