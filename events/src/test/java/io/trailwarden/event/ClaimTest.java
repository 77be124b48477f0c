package io.trailwarden.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Claim.Detection;
import io.trailwarden.event.Claim.Evidence;
import io.trailwarden.event.Claim.Subject;
import io.trailwarden.event.Claim.Words;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClaimTest {

    private static final Instant FIRST = Instant.parse("2026-03-02T12:00:00Z");
    private static final Instant LAST = Instant.parse("2026-03-02T13:00:00Z");

    @Test
    void a_withdrawn_claim_keeps_what_it_was_about_and_when_and_loses_its_evidence() {
        Claim claim = new Claim(
                "0123",
                new Detection("sweep", Severity.HIGH, "Trailwarden", List.of("T1580")),
                new Subject("dana", "111122223333", "eu-west-1", "arn:aws:iam::111122223333:user/dana"),
                Evidence.of(FIRST, LAST, List.of("e1", "e2")),
                new Words("Dana sweeps", "because", Map.of("calls", "2"), List.of("Look.")));

        assertThat(claim.withdrawn("late data"))
                .isEqualTo(new Claim(
                        "0123",
                        new Detection("sweep", Severity.HIGH, "Trailwarden", List.of()),
                        new Subject("dana", "111122223333", "eu-west-1", "arn:aws:iam::111122223333:user/dana"),
                        new Evidence(FIRST, LAST, List.of(), 0),
                        new Words("Dana sweeps", "late data", Map.of(), List.of())));
        assertThat(claim.withdrawn("late data").withdrawn("late data")).isEqualTo(claim.withdrawn("late data"));
    }

    @Test
    void evidence_lists_the_first_hundred_events_and_counts_all() {
        List<String> ids = IntStream.range(0, 101).mapToObj(i -> "e" + i).toList();

        assertThat(Evidence.of(FIRST, LAST, ids).eventIds()).isEqualTo(ids.subList(0, 100));
        assertThat(Evidence.of(FIRST, LAST, ids).count()).isEqualTo(101);
        assertThat(Evidence.of(FIRST, LAST, ids.subList(0, 100)).eventIds()).hasSize(100);
    }

    @Test
    void a_subject_that_is_in_no_account_is_only_named() {
        assertThat(Subject.named("rule")).isEqualTo(new Subject("rule", null, null, null));
    }
}
