package io.trailwarden.detection.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.correlation.Family;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CorrelationDetectorTest {

    static final String YAML =
            """
            title: Failed login
            name: failed
            logsource: {product: aws, service: cloudtrail}
            detection:
              selection: {eventName: ConsoleLogin, errorMessage: Failed authentication}
              condition: selection
            ---
            title: Many failed logins
            name: many
            author: Dana
            level: high
            tags: [attack.t1110]
            runbook: [Ask the user., Reset the password.]
            correlation:
              type: event_count
              rules: [failed]
              group-by: [user]
              timespan: 5m
              condition: {gte: 3}
            """;

    static final RuleSet FAILED_LOGINS = RuleSet.parse("logins.yml", YAML);

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final Reference reference =
            Reference.EMPTY.with(LoadedRules.entry("logins.yml", YAML, true, Instant.EPOCH));
    private final CorrelationDetector detector = new CorrelationDetector();
    private final Family family = Correlations.of(FAILED_LOGINS).families().get(0);
    private final CorrelationKey dana = new CorrelationKey(family.key(), List.of("dana"));
    private final Map<String, Finding> last = new LinkedHashMap<>();
    private final List<Finding> published = new ArrayList<>();
    private final Findings out = new Findings(InstantSource.fixed(NOON), List::of, finding -> {
        published.add(finding);
        last.put(finding.id(), finding);
    });
    private CorrelationState state;

    private void deliver(int second, String id) {
        deliver(second, id, reference);
    }

    private void deliver(int second, String id, Reference rules) {
        CorrelatedEvent event = new CorrelatedEvent(
                new Sighting(NOON.plusSeconds(second), id),
                List.of("failed"),
                Map.of("user", List.of("dana")),
                null,
                null,
                null);
        state = detector.merge(state, CorrelationSignalsTest.signal(family, List.of("dana"), event));
        state = detector.evaluate(state, new OnlyRound(dana, rules, out));
    }

    private List<Finding> open() {
        return last.values().stream()
                .filter(finding -> finding.state() == Finding.State.OPEN)
                .toList();
    }

    @Test
    void a_finding_appears_with_the_event_that_completes_it() {
        deliver(0, "e1");
        deliver(10, "e2");
        assertThat(published).isEmpty();
        deliver(20, "e3");
        assertThat(open()).singleElement().satisfies(finding -> {
            assertThat(finding.words().title()).isEqualTo("Many failed logins");
            assertThat(finding.detection().name()).isEqualTo("many");
            assertThat(finding.detection().author()).isEqualTo("Dana");
            assertThat(finding.detection().severity()).isEqualTo(Severity.HIGH);
            assertThat(finding.subject().name()).isEqualTo("user=dana");
            assertThat(finding.evidence().eventIds()).containsExactly("e1", "e2", "e3");
            assertThat(finding.detection().techniques()).containsExactly("T1110");
            assertThat(finding.words().nextSteps()).containsExactly("Ask the user.", "Reset the password.");
            assertThat(finding.subject().account()).isEqualTo("111122223333");
            assertThat(finding.words().facts())
                    .containsEntry("condition", "event_count greater or equal 3")
                    .containsEntry("within", "5 min")
                    .containsEntry("fired at", "2026-11-22T12:00:20Z");
        });
    }

    @Test
    void a_late_event_revises_the_finding_under_the_same_id() {
        deliver(10, "e2");
        deliver(20, "e3");
        deliver(30, "e4");
        deliver(5, "e1");
        assertThat(published).hasSize(2);
        assertThat(published.get(1).id()).isEqualTo(published.get(0).id());
        assertThat(published.get(1).revision()).isGreaterThan(published.get(0).revision());
        assertThat(published.get(1).evidence().eventIds()).containsExactly("e1", "e2", "e3");
    }

    @Test
    void a_staged_correlation_is_silent_and_counted_once_for_each_finding_it_would_have() {
        Reference staged = Reference.EMPTY.with(LoadedRules.entry(
                "logins.yml", YAML.replace("name: many", "name: many\nstaging: true"), true, Instant.EPOCH));
        for (int i = 0; i < 6; i++) {
            deliver(i, "e" + i, staged);
        }
        assertThat(published).isEmpty();
        assertThat(detector.numbers()).containsExactly(Map.entry("staged.many", 1L));

        deliver(7, "e7", reference);
        assertThat(open()).hasSize(1);
        assertThat(detector.numbers()).isEmpty();
    }

    @Test
    void the_same_event_again_changes_nothing() {
        deliver(0, "e1");
        deliver(10, "e2");
        deliver(10, "e2");
        assertThat(published).isEmpty();
        deliver(20, "e3");
        deliver(20, "e3");
        assertThat(published).hasSize(1);
    }

    @Test
    void a_rule_that_is_taken_away_leaves_its_findings() {
        deliver(0, "e1");
        deliver(1, "e2");
        deliver(2, "e3");
        state = detector.evaluate(state, new OnlyRound(dana, Reference.EMPTY, out));
        assertThat(open()).hasSize(1);
    }

    @Test
    void a_long_storm_is_one_finding_and_bounded_state() {
        int events = 15_000;
        for (int i = 0; i < events; i++) {
            CorrelatedEvent event = new CorrelatedEvent(
                    new Sighting(NOON.plusSeconds(i), "e" + i),
                    List.of("failed"),
                    Map.of("user", List.of("dana")),
                    null,
                    null,
                    null);
            state = detector.merge(state, CorrelationSignalsTest.signal(family, List.of("dana"), event));
            if (i % 500 == 499) {
                state = detector.evaluate(state, new OnlyRound(dana, reference, out));
            }
        }
        assertThat(open()).hasSize(1);
        assertThat(published).hasSize(1);
        assertThat(state.events().size()).isLessThan(7_000);
        deliver(events + 1_000, "later1");
        deliver(events + 1_001, "later2");
        assertThat(open()).hasSize(1);
        deliver(events + 1_002, "later3");
        assertThat(open()).hasSize(2);
    }

    @Test
    void sealing_changes_no_finding_when_events_come_within_the_lateness() {
        Random random = new Random(7);
        List<CorrelatedEvent> events = new ArrayList<>();
        for (int i = 0; i < 8_000; i++) {
            events.add(new CorrelatedEvent(
                    new Sighting(NOON.plusSeconds(i * 4L + random.nextInt(200) * 3L), "e" + i),
                    List.of("failed"),
                    Map.of("user", List.of("dana")),
                    null,
                    null,
                    null));
        }
        events.removeIf(event -> event.seen().time().getEpochSecond() / 900 % 2 == 0);
        for (int i = 0; i < events.size(); i++) {
            state = detector.merge(state, CorrelationSignalsTest.signal(family, List.of("dana"), events.get(i)));
            if (i % 197 == 0) {
                state = detector.evaluate(state, new OnlyRound(dana, reference, out));
            }
        }
        state = detector.evaluate(state, new OnlyRound(dana, reference, out));
        assertThat(state.sealed().at()).isAfter(NOON);
        assertThat(state.tooLate()).isZero();
        assertThat(open().stream()
                        .map(finding -> finding.words().facts().get("fired at"))
                        .sorted())
                .containsExactlyElementsOf(BruteForce.firings(FAILED_LOGINS, events).stream()
                        .map(firing -> firing.firstTime().toString())
                        .toList());
    }
}
