package io.trailwarden.workbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Index.atIndex;

import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.match.RuleCost;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.yaml.RuleProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleCheckTest {

    private static List<String> doubts(String detection) {
        RuleSet rules = rules(detection);
        assertThat(rules.refused()).isEmpty();
        return RuleCheck.doubts(rules).stream().map(RuleProblem::message).toList();
    }

    private static RuleSet rules(String detection) {
        return RuleSet.parse(
                "rule.yml",
                "title: T\nid: 583295b6-0000-4000-8000-000000000001\nlevel: low\n"
                        + "logsource: {product: aws, service: cloudtrail}\ndetection:\n" + detection.indent(2));
    }

    @Test
    void a_rule_over_known_calls_and_fields_raises_no_doubt() {
        assertThat(
                        doubts(
                                """
                        selection:
                          eventSource: sqs.amazonaws.com
                          eventName: [CreateQueue, SetQueueAttributes]
                          requestParameters.attributes.Policy|contains: '*'
                          userIdentity.sessionContext.attributes.mfaAuthenticated: 'false'
                        condition: selection
                        """))
                .isEmpty();
    }

    @Test
    void calls_that_no_service_has_are_named_with_what_was_meant() {
        assertThat(
                        doubts(
                                """
                        selection: {eventSource: iam.amazonaws.com, eventName: CreateAcessKey}
                        condition: selection
                        """))
                .containsExactly(
                        "eventName: \"CreateAcessKey\" is no known call of iam.amazonaws.com (expected: CreateAccessKey?)");
        assertThat(
                        doubts(
                                """
                        selection: {eventSource: s3.amazonaws.com, eventName: CreateAccessKey}
                        condition: selection
                        """))
                .containsExactly("eventName: \"CreateAccessKey\" is no known call of s3.amazonaws.com (it is a call of"
                        + " iam.amazonaws.com)");
        assertThat(
                        doubts(
                                """
                        selection: {eventName|startswith: Exterminate}
                        condition: selection
                        """))
                .containsExactly("eventName: no known call is like \"Exterminate*\"");
    }

    @Test
    void versions_in_names_and_services_that_are_not_listed_are_no_doubt() {
        assertThat(
                        doubts(
                                """
                        selection: {eventSource: lambda.amazonaws.com, eventName: UpdateFunctionCode20150331v2}
                        other: {eventSource: brandnewservice.amazonaws.com, eventName: DoIt}
                        condition: 1 of *
                        """))
                .isEmpty();
    }

    @Test
    void parameters_that_a_call_does_not_take_and_parts_that_no_identity_has() {
        assertThat(
                        doubts(
                                """
                        selection:
                          eventSource: states.amazonaws.com
                          eventName: StopExecution
                          requestParameters.stateMachineArn: x
                        condition: selection
                        """))
                .containsExactly(
                        "field requestParameters.stateMachineArn: StopExecution takes no stateMachineArn (expected: cause,"
                                + " error, executionArn)");
        assertThat(
                        doubts(
                                """
                        selection: {eventName: CreateUser, userIdentity.username: eve}
                        condition: selection
                        """))
                .singleElement()
                .asString()
                .startsWith("field userIdentity.username: userIdentity has no username (expected: accessKeyId,");
    }

    @Test
    void what_can_never_match_is_said() {
        assertThat(
                        doubts(
                                """
                        selection: {eventSource: iam.amazonaws.com}
                        name: {eventName: [CreateUser, DeleteUser]}
                        again: {eventName: CreateRole}
                        condition: selection and name and again
                        """))
                .containsExactly("can never match: eventName cannot be \"createuser\" and \"createrole\" at once");
        assertThat(
                        doubts(
                                """
                        selection: {eventName: CreateUser, errorCode: AccessDenied}
                        ok: {errorCode: null}
                        condition: selection and ok
                        """))
                .containsExactly("can never match: errorCode cannot be absent and have a value");
        assertThat(
                        doubts(
                                """
                        selection: {eventName: CreateUser}
                        filter: {eventName: CreateUser}
                        condition: selection and not filter
                        """))
                .containsExactly("can never match: it wants something together with its opposite");
    }

    @Test
    void an_alternative_that_can_never_match_is_said_and_the_rest_left_alone() {
        assertThat(
                        doubts(
                                """
                        good: {eventName: CreateUser}
                        bad: {eventName: DeleteUser, eventSource: iam.amazonaws.com}
                        worse: {eventName: CreateUser}
                        condition: good or (bad and worse)
                        """))
                .containsExactly(
                        "an alternative can never match: eventName cannot be \"deleteuser\" and \"createuser\" at once");
    }

    @Test
    void lists_may_hold_two_values_at_once() {
        assertThat(
                        doubts(
                                """
                        one: {eventName: RunInstances, requestParameters.instancesSet.items.imageId: a}
                        two: {requestParameters.instancesSet.items.imageId: b}
                        condition: one and two
                        """))
                .isEmpty();
    }

    @Test
    void cost_tells_what_leads_to_a_rule() {
        assertThat(RuleCost.of(rules("s: {eventName: CreateUser}\ncondition: s")
                        .rules()
                        .get(0)))
                .isEqualTo(new RuleCost(RuleCost.Clue.VALUE, 1, 1, 0, 1.125));
        RuleCost ungated = RuleCost.of(
                rules("s: {eventName: CreateUser}\ncondition: not s").rules().get(0));
        assertThat(ungated.clue()).isEqualTo(RuleCost.Clue.NONE);
        assertThat(ungated.estimate()).isGreaterThan(500);
        assertThat(RuleCost.of(rules("s: {userAgent|re: '[a-z]+[0-9]'}\ncondition: s")
                                .rules()
                                .get(0))
                        .clue())
                .isEqualTo(RuleCost.Clue.PRESENCE);
    }

    @Test
    void our_own_rules_raise_no_doubt() throws IOException {
        assertThat(RuleCheck.doubts(RuleSet.load(Path.of("../../rules"), Map.of())))
                .isEmpty();
    }

    @Test
    void one_selection_under_all_of_is_no_conjunction_of_itself() {
        assertThat(
                        doubts(
                                """
                        selection_a: {eventSource: iam.amazonaws.com, eventName: ListUsers}
                        condition: all of selection_*
                        """))
                .isEmpty();
        assertThat(doubts("selection_a: {eventName: ListUsers}\ncondition: not all of selection_*"))
                .containsExactly("nothing need be present for it to match, so it is tried on every event (add what must"
                        + " be there, such as an eventName)");
        assertThat(
                        doubts(
                                """
                        selection_a: [{eventName: ListUsers}]
                        selection_b: {eventName: ListRoles}
                        condition: all of selection_a and (all of selection_b)
                        """))
                .containsExactly("can never match: eventName cannot be \"listusers\" and \"listroles\" at once");
    }

    @Test
    void a_key_with_dots_raises_no_doubt_and_one_with_an_escape_does() {
        String rule = "s: {eventName: CreateTags, requestParameters.tags.%s: owned}\ncondition: s";
        assertThat(doubts(rule.formatted("kubernetes.io/cluster/prod"))).isEmpty();
        assertThat(doubts(rule.formatted("kubernetes\\.io/cluster/prod")))
                .containsExactly(
                        "field requestParameters.tags.kubernetes\\.io/cluster/prod: a backslash is part of the"
                                + " name, so it is found nowhere (leave it out: a key with dots in it is found by its plain name)");
    }

    @Test
    void a_rule_on_which_the_check_fails_hides_no_doubt_about_another() {
        Expression deep = new Expression.Constant(true);
        for (int i = 0; i < 200_000; i++) {
            deep = new Expression.Not(deep);
        }
        BoundRule fine = rules("selection: {eventName: CreateAcessKey}\ncondition: selection")
                .rules()
                .get(0);
        RuleSet rules = new RuleSet(
                List.of(new BoundRule("deep", fine.rule(), deep, List.of()), fine), List.of(), Set.of(), List.of());

        assertThat(RuleCheck.doubts(rules))
                .extracting(RuleProblem::toString)
                .hasSize(2)
                .satisfies(
                        doubt -> assertThat(doubt).startsWith("rule.yml:1:1: cannot be used: StackOverflowError"),
                        atIndex(0))
                .satisfies(doubt -> assertThat(doubt).contains("\"CreateAcessKey\" is no known call"), atIndex(1));
    }
}
