package io.trailwarden.detection.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.reference.AccountDirectory.Standing;
import io.trailwarden.detection.reference.Reference.Failure;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.ReferenceEntry.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    @Test
    void knows_whose_an_account_is_at_a_moment() {
        Reference reference = Reference.EMPTY
                .with(entry(Kind.ACCOUNT, "111122223333", "{'name':'payments','status':'ACTIVE','unit':'ou-1'}"))
                .with(entry(
                        Kind.ACCOUNT,
                        "222233334444",
                        "{'joined':'2026-03-02T12:00:00Z','left':'2026-03-02T13:00:00Z'}"))
                .with(entry(Kind.ACCOUNT, "333344445555", "{'relation':'partner','left':'2026-03-02T12:00:00Z'}"))
                .with(entry(Kind.ACCOUNT, "444455556666", "{'relation':'aws'}"));
        AccountDirectory accounts = reference.accounts();
        assertThat(accounts.known()).isTrue();
        assertThat(accounts.standing("111122223333", Instant.EPOCH)).isEqualTo(Standing.MEMBER);
        assertThat(accounts.standing("222233334444", NOON.minusMillis(1))).isEqualTo(Standing.OUTSIDE);
        assertThat(accounts.standing("222233334444", NOON)).isEqualTo(Standing.MEMBER);
        assertThat(accounts.standing("222233334444", NOON.plusSeconds(3_600))).isEqualTo(Standing.OUTSIDE);
        assertThat(accounts.standing("333344445555", NOON.minusMillis(1))).isEqualTo(Standing.PARTNER);
        assertThat(accounts.standing("333344445555", NOON)).isEqualTo(Standing.OUTSIDE);
        assertThat(accounts.standing("444455556666", NOON)).isEqualTo(Standing.AWS);
        assertThat(accounts.standing("999988887777", NOON)).isEqualTo(Standing.OUTSIDE);
        assertThat(accounts.describe("222233334444"))
                .isEqualTo("member from 2026-03-02T12:00:00Z until 2026-03-02T13:00:00Z");
        assertThat(reference.failures()).isEmpty();
    }

    @Test
    void an_account_may_leave_and_come_back() {
        Reference reference = Reference.EMPTY.with(
                entry(
                        Kind.ACCOUNT,
                        "111122223333",
                        """
                {'spans':[{'to':'2026-01-01T00:00:00Z'},{'relation':'partner','from':'2026-02-01T00:00:00Z',
                'to':'2026-03-01T00:00:00Z'},{'from':'2026-03-01T00:00:00Z'}]}"""));
        assertThat(standing(reference, "2025-12-31T00:00:00Z")).isEqualTo(Standing.MEMBER);
        assertThat(standing(reference, "2026-01-15T00:00:00Z")).isEqualTo(Standing.OUTSIDE);
        assertThat(standing(reference, "2026-02-15T00:00:00Z")).isEqualTo(Standing.PARTNER);
        assertThat(standing(reference, "2026-03-01T00:00:00Z")).isEqualTo(Standing.MEMBER);
    }

    private static Standing standing(Reference reference, String at) {
        return reference.accounts().standing("111122223333", Instant.parse(at));
    }

    @Test
    void without_a_member_nobody_can_be_called_a_stranger() {
        assertThat(Reference.EMPTY.accounts().standing("999988887777", NOON)).isEqualTo(Standing.UNKNOWN);
        Reference partnersOnly = Reference.EMPTY.with(entry(Kind.ACCOUNT, "333344445555", "{'relation':'partner'}"));
        assertThat(partnersOnly.accounts().known()).isFalse();
        assertThat(partnersOnly.accounts().standing("333344445555", NOON)).isEqualTo(Standing.PARTNER);
    }

    @Test
    void the_last_entry_of_a_key_counts_and_a_null_body_removes() {
        Reference one = Reference.EMPTY.with(entry(Kind.ACCOUNT, "111122223333", "{'name':'a'}"));
        Reference two = one.with(entry(Kind.ACCOUNT, "111122223333", "{'name':'b'}"));
        Reference none = two.with(new ReferenceEntry(Kind.ACCOUNT, "111122223333", null, NOON));
        assertThat(one.accounts().name("111122223333")).isEqualTo("a");
        assertThat(two.accounts().name("111122223333")).isEqualTo("b");
        assertThat(none.accounts().name("111122223333")).isNull();
        assertThat(none.accounts().known()).isFalse();
    }

    @Test
    void what_cannot_be_understood_is_refused_with_its_place_and_the_rest_is_kept() {
        Reference reference = Reference.EMPTY.withAll(List.of(
                entry(Kind.ACCOUNT, "111122223333", "{'name':'payments'}"),
                entry(Kind.ACCOUNT, "11112222", "{}"),
                entry(Kind.ACCOUNT, "222233334444", "{'relation':'freind'}"),
                entry(Kind.EXPECTATION, "typo", "{'when':{'principal':['x']},'expect':{'regions':['eu-*']}}"),
                entry(Kind.EXPECTATION, "both", "{'expect':{'regions':['a']},'forbid':{'regions':['b']}}"),
                entry(Kind.EXPECTATION, "good", "{'expect':{'regions':['eu-*']}}"),
                entry(Kind.SETTING, "throttling-spike", "{'floor':0}"),
                entry(Kind.SETTING, "trottling-spike", "{}")));
        assertThat(reference.accounts().known()).isTrue();
        assertThat(reference.expectations()).extracting(Expectation::name).containsExactly("good");
        assertThat(reference.throttling("111122223333")).isEqualTo(ThrottlingSettings.DEFAULT);
        assertThat(reference.failures())
                .containsExactlyInAnyOrder(
                        new Failure(
                                Kind.ACCOUNT, "11112222", "key \"11112222\" (expected: an account id of 12 digits)"),
                        new Failure(
                                Kind.ACCOUNT,
                                "222233334444",
                                "relation: \"freind\" (expected: one of member, partner, aws)"),
                        new Failure(
                                Kind.EXPECTATION,
                                "typo",
                                "unknown member when.principal (expected: one of accounts, actions, executionRoles, principals,"
                                        + " regions, resources, stateMachines)"),
                        new Failure(
                                Kind.EXPECTATION,
                                "both",
                                "expect and forbid: both present (expected: exactly one of them)"),
                        new Failure(Kind.SETTING, "throttling-spike", "floor: 0 (expected: a whole number from 1)"),
                        new Failure(
                                Kind.SETTING,
                                "trottling-spike",
                                "key \"trottling-spike\" (expected: one of outside-organization, throttling-spike,"
                                        + " unexpected-principal)"));
    }

    @Test
    void a_refused_entry_takes_the_place_of_the_good_one_before_it_as_it_does_in_the_topic() {
        Reference reference = Reference.EMPTY
                .with(entry(Kind.SETTING, "throttling-spike", "{'floor':50}"))
                .with(entry(Kind.SETTING, "throttling-spike", "{'floor':'many'}"));
        assertThat(reference.throttling("111122223333")).isEqualTo(ThrottlingSettings.DEFAULT);
        assertThat(reference.failures()).hasSize(1);
        assertThat(reference
                        .with(entry(Kind.SETTING, "throttling-spike", "{'floor':60}"))
                        .failures())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | [] (expected: a JSON object)",
                "{'expect':{}} | expect: {} (expected: at least one of accounts, principals, actions, regions, resources,"
                        + " stateMachines, executionRoles)",
                "{} | expect and forbid: both missing (expected: exactly one of them)",
                "{'expect':{'regions':[]}} | expect.regions: [] (expected: text, or a list of texts that is not empty)",
                "{'expect':{'regions':['a',1]}} | expect.regions[1]: 1 (expected: text that is not empty)",
                "{'expect':{'actions':['StartExecution']}} | expect.actions: startexecution (expected: service:call, for example"
                        + " states:StartExecution, or *)",
                "{'expect':{'regions':'a'},'severity':'hgih'} | severity: \"hgih\" (expected: one of informational, low, medium,"
                        + " high, critical)",
                "{'expect':{'regions':'a'},'effectiveFrom':'yesterday'} | effectiveFrom: \"yesterday\" (expected: ISO 8601 in UTC,"
                        + " for example 2026-03-02T09:00:00Z)",
                "{'expect':{'regions':'a'},'why':'b','why':'c'} | not JSON at line 1, column 42: Duplicate field 'why'"
            })
    void says_what_is_wrong_with_an_expectation(String body, String message) {
        Reference reference = Reference.EMPTY.with(entry(Kind.EXPECTATION, "e", body));
        assertThat(reference.failures()).containsExactly(new Failure(Kind.EXPECTATION, "e", message));
    }

    @Test
    void settings_of_an_account_take_what_they_do_not_say_from_the_others() {
        Reference reference = Reference.EMPTY.with(entry(
                Kind.SETTING,
                "unexpected-principal",
                "{'learning':'P3D','ignore':'*:role/trailwarden','accounts':{'111122223333':{'learning':'PT12H'}}}"));
        assertThat(reference.principals("999988887777").learning()).isEqualTo(Duration.ofDays(3));
        assertThat(reference.principals("111122223333").learning()).isEqualTo(Duration.ofHours(12));
        assertThat(reference.principals("111122223333").ignore()).containsExactly(Glob.of("*:role/trailwarden"));
        assertThat(reference.principals("111122223333").forget()).isEqualTo(Duration.ofDays(90));
    }

    @Test
    void state_machines_are_known_by_their_arn_without_version() {
        String arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow";
        Reference reference = Reference.EMPTY.with(entry(
                Kind.STATE_MACHINE,
                arn,
                "{'name':'OrderFlow','type':'STANDARD','roleArn':'r','loggingConfiguration':{'level':'ALL'},'new':1}"));
        assertThat(reference.stateMachine(StateMachine.base(arn + ":3")))
                .isEqualTo(new StateMachine(arn, "OrderFlow", "STANDARD", "r", "ALL"));
    }

    @Test
    void definitions_of_state_machines_are_not_kept() {
        String arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow";
        Reference reference = Reference.EMPTY.with(entry(
                Kind.STATE_MACHINE, arn, "{'name':'OrderFlow','definition':{'Comment':'" + "x".repeat(5000) + "'}}"));
        assertThat(reference.stateMachine(arn)).isEqualTo(new StateMachine(arn, "OrderFlow", null, null, null));
        assertThat(reference.entries(Kind.STATE_MACHINE)).singleElement().satisfies(entry -> assertThat(entry.body())
                .isEqualTo("{\"name\":\"OrderFlow\"}"));
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow, arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow",
        "arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow:PROD, arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow",
        "arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow/Each, arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow",
        "HIDDEN_DUE_TO_SECURITY_REASONS, HIDDEN_DUE_TO_SECURITY_REASONS",
        "'', ''"
    })
    void a_state_machines_arn_loses_version_alias_and_label(String arn, String base) {
        assertThat(StateMachine.base(arn)).isEqualTo(base);
    }

    @Test
    void rules_are_kept_as_they_came() {
        ReferenceEntry rule = entry(Kind.RULE, "r1", "title: not JSON at all");
        Reference reference = Reference.EMPTY.with(rule);
        assertThat(reference.entries(Kind.RULE)).containsExactly(rule);
        assertThat(reference.entries(Kind.POLICY)).isEmpty();
        assertThat(reference.failures()).isEmpty();
    }

    private static ReferenceEntry entry(Kind kind, String key, String body) {
        return new ReferenceEntry(kind, key, body.replace('\'', '"'), NOON);
    }
}
