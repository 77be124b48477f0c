package io.trailwarden.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import io.trailwarden.event.Finding;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FindingsTest {

    private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");

    private final List<Finding> published = new ArrayList<>();
    private Instant now = NOW;
    private Reference reference = Reference.EMPTY;
    private final Findings findings = new Findings(() -> now, () -> reference.suppressions(), published::add);

    @Test
    void publishes_what_is_new_or_changed_and_withdraws_what_is_gone() {
        Published first = findings.settle(Published.NOTHING, List.of(claim("a", "x"), claim("b", "x")));
        assertThat(published).extracting(Finding::id).containsExactly("a", "b");
        assertThat(published.get(0).state()).isEqualTo(Finding.State.OPEN);
        assertThat(published.get(0).revision()).isEqualTo(NOW.toEpochMilli());
        assertThat(published.get(0).detectedAt()).isEqualTo(NOW);
        published.clear();

        Published second = findings.settle(first, List.of(claim("a", "x"), claim("b", "y")));
        assertThat(published).extracting(Finding::id).containsExactly("b");
        published.clear();

        Published third = findings.settle(second, List.of(claim("b", "y")));
        assertThat(published)
                .extracting(Finding::id, Finding::state)
                .containsExactly(tuple("a", Finding.State.WITHDRAWN));
        assertThat(third.open()).containsOnlyKeys("b");
    }

    @Test
    void hands_back_the_very_same_when_nothing_changed() {
        Published first = findings.settle(Published.NOTHING, List.of(claim("a", "x")));
        assertThat(findings.settle(first, List.of(claim("a", "x")))).isSameAs(first);
        assertThat(findings.settle(Published.NOTHING, List.of())).isSameAs(Published.NOTHING);
        assertThat(published).hasSize(1);
    }

    @Test
    void revisions_ascend_even_when_the_clock_stands_or_goes_back() {
        Published known = Published.NOTHING;
        for (int i = 0; i < 5; i++) {
            known = findings.settle(known, List.of(claim("a", "x" + i)));
            now = now.minusSeconds(60);
        }
        known = findings.settle(known, List.of());
        findings.settle(known, List.of(claim("a", "again")));
        assertThat(published)
                .extracting(Finding::revision)
                .containsExactlyElementsOf(IntStream.range(0, 7)
                        .mapToObj(i -> NOW.toEpochMilli() + i)
                        .toList());
    }

    @Test
    void what_is_no_longer_in_the_state_is_not_withdrawn() {
        Published known = findings.settle(Published.NOTHING, List.of(claim("a", "x")));
        published.clear();
        findings.settle(known.keepFrom(Instant.parse("2026-03-02T00:00:00Z")), List.of());
        assertThat(published).isEmpty();
        findings.settle(known.keepFrom(Instant.parse("2026-03-01T00:00:00Z")), List.of());
        assertThat(published).hasSize(1);
    }

    @Test
    void one_finding_cannot_be_concluded_twice() {
        assertThatThrownBy(() -> findings.settle(Published.NOTHING, List.of(claim("a", "x"), claim("a", "y"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("concluded twice");
    }

    @Test
    void what_is_suppressed_is_published_and_marked_and_looked_at_again_when_that_ends() {
        suppress("{'reason':'Known','until':'2026-04-01T00:00:00Z','when':{'detections':'detection'}}");
        Published first = findings.settle(Published.NOTHING, List.of(claim("a", "x")));
        findings.publish(claim("b", "x"));
        assertThat(published)
                .extracting(Finding::state, Finding::suppression)
                .containsOnly(tuple(Finding.State.OPEN, "scan: Known (until 2026-04-01T00:00:00Z)"));
        assertThat(findings.settle(first, List.of(claim("a", "x")))).isSameAs(first);
        published.clear();

        suppress(null);
        Published second = findings.settle(first, List.of(claim("a", "x")));
        assertThat(published).extracting(Finding::id, Finding::suppression).containsExactly(tuple("a", null));
        published.clear();

        suppress("{'reason':'Known','until':'2026-03-01T09:00:00Z','when':{'detections':'detection'}}");
        assertThat(findings.settle(second, List.of(claim("a", "x")))).isSameAs(second);
        assertThat(published).isEmpty();
    }

    private void suppress(@Nullable String body) {
        reference = reference.with(new ReferenceEntry(
                ReferenceEntry.Kind.SUPPRESSION, "scan", body == null ? null : body.replace('\'', '"'), NOW));
    }

    @Test
    void lists_a_hundred_events_and_counts_all() {
        List<String> ids = IntStream.range(0, 250).mapToObj(Integer::toString).toList();
        findings.publish(new Claim(
                "a",
                new Claim.Detection("d", Severity.LOW, "me", List.of()),
                Claim.Subject.named("s"),
                new Claim.Evidence(NOW, NOW, ids, 250),
                new Claim.Words("t", "d.", Map.of(), List.of())));
        assertThat(published.get(0).evidence().eventIds())
                .hasSize(Claim.Evidence.MAX_EVENT_IDS)
                .startsWith("0", "1");
        assertThat(published.get(0).evidence().count()).isEqualTo(250);
    }

    private static Claim claim(String id, String fact) {
        Instant seen = Instant.parse("2026-03-01T09:00:00Z");
        return new Claim(
                id,
                new Claim.Detection("detection", Severity.LOW, "me", List.of()),
                Claim.Subject.named("subject"),
                new Claim.Evidence(seen, seen, List.of("e1"), 1),
                new Claim.Words("title", "Description.", Map.of("Seen", fact), List.of("step")));
    }
}
