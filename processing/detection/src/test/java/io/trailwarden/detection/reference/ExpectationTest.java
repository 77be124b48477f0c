package io.trailwarden.detection.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.detection.reference.Expectation.Use;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectationTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final String MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow";
    private static final Use START = use("states:StartExecution", "eu-west-1", MACHINE, List.of(MACHINE));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"accounts\": \"111122223333\"} | true",
                "{\"accounts\": \"444455556666\"} | false",
                "{\"principals\": [\"nobody\", \"*:role/ci\"]} | true",
                "{\"principals\": \"role/ci\"} | false",
                "{\"actions\": \"STATES:startexecution\"} | true",
                "{\"actions\": [\"s3:*\", \"states:Stop*\"]} | false",
                "{\"actions\": \"*\"} | true",
                "{\"regions\": \"eu-*\"} | true",
                "{\"regions\": \"us-*\"} | false",
                "{\"resources\": \"*:OrderFlow\"} | true",
                "{\"resources\": \"*:Other\"} | false",
                "{\"stateMachines\": \"*:OrderFlow\"} | true",
                "{\"stateMachines\": \"*:Other\"} | false",
                "{\"regions\": \"eu-*\", \"accounts\": \"444455556666\"} | false",
                // A call has no execution role, and what is not there does not match, not even a star.
                "{\"executionRoles\": \"*\"} | false",
            })
    void a_use_matches_when_every_part_does(String when, boolean matches) {
        Expectation expectation = read("{\"when\": " + when + ", \"forbid\": {\"accounts\": \"*\"}}");

        assertThat(expectation.when().matches(START)).isEqualTo(matches);
        assertThat(expectation.concerns(START, NOON)).isEqualTo(matches);
    }

    @Test
    void a_use_without_region_or_resource_matches_no_pattern_for_them() {
        Use bare = use("states:StartExecution", null, null, List.of());

        assertThat(read("{\"expect\": {\"regions\": \"*\"}}").meets(bare)).isFalse();
        assertThat(read("{\"expect\": {\"resources\": \"*\"}}").meets(bare)).isFalse();
        assertThat(read("{\"expect\": {\"stateMachines\": \"*\"}}").meets(bare)).isFalse();
        assertThat(read("{\"forbid\": {\"regions\": \"*\"}}").meets(bare)).isTrue();
    }

    @Test
    void it_holds_from_its_first_moment_until_before_its_last() {
        Expectation expectation = read(
                """
                {"expect": {"regions": "us-*"}, "effectiveFrom": "2026-03-02T12:00:00Z",
                 "effectiveTo": "2026-03-02T13:00:00Z"}""");

        assertThat(expectation.concerns(START, NOON.minusNanos(1))).isFalse();
        assertThat(expectation.concerns(START, NOON)).isTrue();
        assertThat(expectation.concerns(START, NOON.plusSeconds(3_600).minusNanos(1)))
                .isTrue();
        assertThat(expectation.concerns(START, NOON.plusSeconds(3_600))).isFalse();
    }

    @Test
    void resources_are_asked_for_only_where_somebody_looks_at_them() {
        Expectation looks = read("{\"when\": {\"regions\": \"eu-*\"}, \"expect\": {\"resources\": \"*:OrderFlow\"}}");
        assertThat(looks.readsResources()).isTrue();
        assertThat(looks.needsResourcesOf(START)).isTrue();
        assertThat(looks.needsResourcesOf(use("s3:GetObject", "us-east-1", null, List.of())))
                .isFalse();

        assertThat(read("{\"when\": {\"resources\": \"*\"}, \"forbid\": {\"accounts\": \"*\"}}")
                        .readsResources())
                .isTrue();
        assertThat(read("{\"forbid\": {\"resources\": \"*\"}}").readsResources())
                .isTrue();
        Expectation blind = read("{\"when\": {\"regions\": \"eu-*\"}, \"expect\": {\"accounts\": \"*\"}}");
        assertThat(blind.readsResources()).isFalse();
        assertThat(blind.needsResourcesOf(START)).isFalse();
    }

    @Test
    void it_is_shown_by_its_title_and_in_words() {
        Expectation titled = read(
                """
                {"title": "Only CI starts OrderFlow", "why": "separation of duties", "severity": "critical",
                 "when": {"actions": "states:StartExecution", "stateMachines": ["*:OrderFlow", "*:Refund"]},
                 "expect": {"principals": "*:role/ci", "regions": "eu-west-1"}}""");
        assertThat(titled.shownAs()).isEqualTo("Only CI starts OrderFlow");
        assertThat(titled.when().describe())
                .isEqualTo("action states:startexecution; state machine *:OrderFlow or *:Refund");
        assertThat(titled.expected()).isEqualTo("principal *:role/ci; Region eu-west-1");
        assertThat(titled.why()).isEqualTo("separation of duties");
        assertThat(titled.severity()).isEqualTo(Severity.CRITICAL);

        Expectation bare = read("{\"forbid\": {\"accounts\": \"1\", \"resources\": \"r\", \"executionRoles\": \"e\"}}");
        assertThat(bare.shownAs()).isEqualTo("stay-home");
        assertThat(bare.when().describe()).isEqualTo("anything");
        assertThat(bare.expected()).isEqualTo("none with account 1; resource r; execution role e");
        assertThat(bare.severity()).isEqualTo(Severity.HIGH);
    }

    @Test
    void a_span_that_never_begins_and_a_misspelt_member_are_refused() {
        assertThatThrownBy(
                        () -> read(
                                """
                        {"forbid": {"accounts": "1"}, "effectiveFrom": "2026-03-02T12:00:00Z",
                         "effectiveTo": "2026-03-02T12:00:00Z"}"""))
                .hasMessage("effectiveTo: 2026-03-02T12:00:00Z (expected: after effectiveFrom 2026-03-02T12:00:00Z)");
        assertThatThrownBy(() -> read("{\"forbid\": {\"accounts\": \"1\"}, \"sevrity\": \"low\"}"))
                .hasMessageStartingWith("unknown member sevrity (expected: one of ");
    }

    @Test
    void a_use_is_as_expected_when_it_matches_and_as_forbidden_when_it_does() {
        assertThat(read("{\"expect\": {\"regions\": \"eu-*\"}}").meets(START)).isTrue();
        assertThat(read("{\"expect\": {\"regions\": \"us-*\"}}").meets(START)).isFalse();
        assertThat(read("{\"forbid\": {\"regions\": \"eu-*\"}}").meets(START)).isFalse();
        assertThat(read("{\"forbid\": {\"regions\": \"us-*\"}}").meets(START)).isTrue();
    }

    private static Expectation read(String body) {
        return Expectation.read("stay-home", Body.parse(body));
    }

    private static Use use(
            String action, @Nullable String region, @Nullable String stateMachine, List<String> resources) {
        return new Use(
                "111122223333", "arn:aws:iam::111122223333:role/ci", action, region, resources, stateMachine, null);
    }
}
