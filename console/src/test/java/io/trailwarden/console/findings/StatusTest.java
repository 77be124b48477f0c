package io.trailwarden.console.findings;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.console.findings.Decision.Verdict;
import io.trailwarden.event.Claim;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is open, of every state of a finding and every decision about it. */
class StatusTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // finding, suppressed by, decided, status
                "OPEN, -, -, OPEN",
                "OPEN, maintenance, -, SUPPRESSED",
                "OPEN, -, ACKNOWLEDGED, ACKNOWLEDGED",
                "OPEN, maintenance, ACKNOWLEDGED, ACKNOWLEDGED",
                "OPEN, -, CLOSED, CLOSED",
                "OPEN, maintenance, CLOSED, CLOSED",
                "OPEN, -, REOPENED, OPEN",
                "OPEN, maintenance, REOPENED, OPEN",
                "WITHDRAWN, -, -, WITHDRAWN",
                "WITHDRAWN, maintenance, -, WITHDRAWN",
                "WITHDRAWN, -, CLOSED, WITHDRAWN",
                "WITHDRAWN, -, REOPENED, WITHDRAWN",
            })
    void follows_from_the_latest_revision_and_the_latest_decision(
            Finding.State state, @Nullable String suppression, @Nullable Verdict verdict, Status status) {
        Decision decision = verdict == null ? null : decided(verdict, 3, Severity.MEDIUM);

        assertThat(Status.of(finding(state, suppression, 3, Severity.MEDIUM), decision))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"3, MEDIUM, CLOSED", "2, LOW, CLOSED", "4, MEDIUM, OPEN", "3, HIGH, OPEN", "1, CRITICAL, OPEN"})
    void a_closed_finding_opens_again_when_it_grows_or_gets_worse_and_not_by_a_replay(
            long events, Severity severity, Status status) {
        Decision closed = decided(Verdict.CLOSED, 3, Severity.MEDIUM);

        assertThat(Status.of(finding(Finding.State.OPEN, null, events, severity), closed))
                .isEqualTo(status);
    }

    @Test
    void a_closed_finding_that_grows_while_it_is_suppressed_stays_out_of_sight() {
        Decision closed = decided(Verdict.CLOSED, 3, Severity.MEDIUM);

        assertThat(Status.of(finding(Finding.State.OPEN, "maintenance", 4, Severity.MEDIUM), closed))
                .isEqualTo(Status.SUPPRESSED);
    }

    private static Decision decided(Verdict verdict, long events, Severity severity) {
        Decision.Reason reason = verdict == Verdict.CLOSED ? Decision.Reason.REMEDIATED : null;
        return new Decision(1, "f1", verdict, reason, "", "dana", NOON, 1, events, severity);
    }

    private static Finding finding(Finding.State state, @Nullable String suppression, long events, Severity severity) {
        return new Finding(
                new Claim(
                        "f1",
                        new Claim.Detection("sweep", severity, "Trailwarden", List.of()),
                        Claim.Subject.named("dana"),
                        new Claim.Evidence(NOON, NOON, List.of("e1"), events),
                        new Claim.Words("Dana sweeps", "because", Map.of(), List.of())),
                1,
                state,
                NOON,
                suppression);
    }
}
