package io.trailwarden.detection.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.Events;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.Bounded;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Family;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CorrelationSignalsTest {

    private static final Reference LOGINS =
            Reference.EMPTY.with(LoadedRules.entry("logins.yml", CorrelationDetectorTest.YAML, true, Instant.EPOCH));

    /** The signal of an event for one partition, as the front end sends it. */
    static Signal<CorrelationKey, CorrelationNews> signal(
            Family family, List<String> partition, CorrelatedEvent event) {
        return new Signal<>(
                CorrelationDetector.NAME,
                new CorrelationKey(family.key(), partition),
                event.seen(),
                new CorrelationNews(
                        event.rules(),
                        event.fields(),
                        "111122223333",
                        "eu-north-1",
                        "arn:aws:iam::111122223333:user/dana"));
    }

    private static List<Signal<CorrelationKey, CorrelationNews>> read(Reference reference, AuditEvent event) {
        List<Signal<CorrelationKey, CorrelationNews>> said = new ArrayList<>();
        new CorrelationSignals().read(event, reference, said::add);
        return said;
    }

    private static AuditEvent login(String user) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'IAMUser','arn':'arn:aws:iam::111122223333:user/dana','accountId':'111122223333'},
                'eventTime':'2026-03-02T09:00:00Z','eventSource':'signin.amazonaws.com','eventName':'ConsoleLogin',
                'awsRegion':'eu-west-1','eventID':'e1','recipientAccountId':'111122223333','user':'%s',
                'errorMessage':'Failed authentication'}"""
                        .formatted(user));
    }

    @Test
    void says_which_rules_matched_and_what_correlations_look_at() {
        Signal<CorrelationKey, CorrelationNews> signal =
                read(LOGINS, login("dana")).get(0);
        assertThat(signal.key().partition()).containsExactly("dana");
        assertThat(signal.event().eventId()).isEqualTo("e1");
        assertThat(signal.news().rules()).containsExactly("failed");
        assertThat(signal.news().fields()).containsEntry("user", List.of("dana"));
        assertThat(signal.news().principal()).isEqualTo("arn:aws:iam::111122223333:user/dana");
    }

    @Test
    void a_text_of_any_length_is_bounded_in_key_and_fields_alike() {
        for (int length : new int[] {800, 1_024, 1_025, 100_000}) {
            String user = "u".repeat(length);
            Signal<CorrelationKey, CorrelationNews> signal =
                    read(LOGINS, login(user)).get(0);
            assertThat(signal.key().partition()).containsExactly(Bounded.text(user));
            assertThat(signal.news().fields()).containsEntry("user", List.of(Bounded.text(user)));
        }
    }

    @Test
    void any_number_of_rules_on_one_event_is_carried() {
        String rules = IntStream.range(0, 60)
                .mapToObj(i -> "title: Rule " + i + "\nname: a_rule_whose_name_is_not_short_at_all_" + i
                        + "\nlogsource: {product: aws, service: cloudtrail}\n"
                        + "detection: {s: {eventName: ConsoleLogin}, condition: s}\n---\n")
                .collect(Collectors.joining());
        String names = IntStream.range(0, 60)
                .mapToObj(i -> "a_rule_whose_name_is_not_short_at_all_" + i)
                .collect(Collectors.joining(", "));
        Reference reference = Reference.EMPTY.with(LoadedRules.entry(
                "many.yml",
                rules
                        + "title: Many\nname: many\nlevel: high\ncorrelation: {type: event_count, rules: ["
                        + names + "], group-by: [user], timespan: 5m, condition: {gte: 2}}\n",
                true,
                Instant.EPOCH));
        List<Signal<CorrelationKey, CorrelationNews>> said = read(reference, login("dana"));
        assertThat(said).isNotEmpty();
        assertThat(said.get(0).news().rules()).hasSize(60);
        CorrelationState state = new CorrelationDetector().merge(null, said.get(0));
        assertThat(state.events()).hasSize(1);
    }
}
