package io.trailwarden.sinks.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.Claim;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NoticeTest {

    @Test
    void a_finding_is_recognised_by_its_id_and_its_withdrawal_is_another_message() {
        assertThat(new Notice.One(finding("f1", 1, Severity.LOW, Finding.State.OPEN)).id())
                .isEqualTo("f1");
        assertThat(new Notice.One(finding("f1", 2, Severity.LOW, Finding.State.OPEN)).id())
                .isEqualTo("f1");
        assertThat(new Notice.One(finding("f1", 3, Severity.LOW, Finding.State.WITHDRAWN)).id())
                .isEqualTo("f1-withdrawn");
    }

    @Test
    void a_digest_is_recognised_by_its_findings_and_their_revisions_in_their_order() {
        Finding one = finding("f1", 1, Severity.LOW, Finding.State.OPEN);
        Finding amended = finding("f1", 2, Severity.LOW, Finding.State.OPEN);
        Finding two = finding("f2", 1, Severity.HIGH, Finding.State.OPEN);
        String id = new Notice.Digest(List.of(one, two)).id();

        assertThat(id).matches("digest-[0-9a-f]{32}");
        assertThat(new Notice.Digest(List.of(one, two)).id()).isEqualTo(id);
        assertThat(new Notice.Digest(List.of(amended, two)).id()).isNotEqualTo(id);
        assertThat(new Notice.Digest(List.of(two, one)).id()).isNotEqualTo(id);
        assertThat(new Notice.Digest(List.of(one)).id()).isNotEqualTo(id);
    }

    @Test
    void a_notice_is_as_severe_as_the_worst_in_it() {
        Finding low = finding("f1", 1, Severity.LOW, Finding.State.OPEN);
        Finding high = finding("f2", 1, Severity.HIGH, Finding.State.OPEN);
        Finding medium = finding("f3", 1, Severity.MEDIUM, Finding.State.OPEN);

        assertThat(new Notice.One(low).severity()).isEqualTo(Severity.LOW);
        assertThat(new Notice.Digest(List.of(low, high, medium)).severity()).isEqualTo(Severity.HIGH);
    }

    @Test
    void a_digest_keeps_its_own_list() {
        List<Finding> findings = new ArrayList<>(List.of(finding("f1", 1, Severity.LOW, Finding.State.OPEN)));
        Notice.Digest digest = new Notice.Digest(findings);
        findings.clear();

        assertThat(digest.findings()).hasSize(1);
    }

    @Test
    void a_policy_that_makes_no_sense_is_refused_with_its_value() {
        Duration minute = Duration.ofMinutes(1);

        assertThat(new NoticePolicy(Severity.LOW, 0, Duration.ZERO).perMinute()).isZero();
        assertThatThrownBy(() -> new NoticePolicy(Severity.LOW, -1, minute))
                .hasMessage("perMinute: -1 (expected: 0 or more)");
        assertThatThrownBy(() -> new NoticePolicy(Severity.LOW, 1, minute.negated()))
                .hasMessage("digestEvery: PT-1M (expected: not negative)");
    }

    private static Finding finding(String id, long revision, Severity severity, Finding.State state) {
        Instant noon = Instant.parse("2026-03-02T12:00:00Z");
        return new Finding(
                new Claim(
                        id,
                        new Claim.Detection("sweep", severity, "Trailwarden", List.of()),
                        Claim.Subject.named("dana"),
                        Claim.Evidence.of(noon, noon, List.of("e1")),
                        new Claim.Words("Dana sweeps", "because", Map.of(), List.of())),
                revision,
                state,
                noon,
                null);
    }
}
