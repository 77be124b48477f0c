package io.trailwarden.detection.rules;

import io.trailwarden.event.Claim;
import io.trailwarden.sigma.rule.RuleHeader;
import java.util.List;
import java.util.Map;

/** What is said of a rule that floods. */
final class FloodWords {

    private FloodWords() {}

    static Claim.Words muted(RuleHeader header) {
        return new Claim.Words(
                "Rule " + header.handle() + " floods and is muted for an hour",
                "The rule had more findings in one hour of event time than anybody can read. Its further findings of this"
                        + " hour are not published; all other rules go on. Either the rule is too wide, or something very"
                        + " unusual happens.",
                Map.of("limit for each subtask", Integer.toString(FloodGuard.LIMIT)),
                List.of(
                        "Read some of the rule's findings: do they have a caller or a call in common?",
                        "Narrow the rule, or write a filter, and compare with rules backtest --against.",
                        "All records are stored: rules backtest shows what was muted."));
    }
}
