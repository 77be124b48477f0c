package io.trailwarden.detection.sigma;

import io.trailwarden.detection.sigma.match.RuleMatcher;
import io.trailwarden.detection.sigma.rule.BoundRule;
import io.trailwarden.detection.sigma.rule.Expression;
import io.trailwarden.detection.sigma.rule.Logsource;
import io.trailwarden.detection.sigma.rule.Position;
import io.trailwarden.detection.sigma.rule.RuleProblem;
import io.trailwarden.detection.sigma.rule.TextPattern;
import io.trailwarden.detection.sigma.rule.ValueTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Doubts about rules that load: what they cannot find, and what they cost. */
public final class RuleCheck {

    /** Top-level fields of a record (CloudTrail user guide, "CloudTrail record contents"). */
    private static final Set<String> RECORD_FIELDS = Set.of(
            "additionalEventData",
            "addendum",
            "annotation",
            "apiVersion",
            "awsRegion",
            "edgeDeviceDetails",
            "errorCode",
            "errorMessage",
            "eventCategory",
            "eventContext",
            "eventID",
            "eventName",
            "eventSource",
            "eventTime",
            "eventType",
            "eventVersion",
            "insightDetails",
            "managementEvent",
            "readOnly",
            "recipientAccountId",
            "requestID",
            "requestParameters",
            "resources",
            "responseElements",
            "serviceEventDetails",
            "sessionCredentialFromConsole",
            "sharedEventID",
            "sourceIPAddress",
            "tlsDetails",
            "userAgent",
            "userIdentity",
            "vpcEndpointAccountId",
            "vpcEndpointId");

    private RuleCheck() {}

    /** Every doubt about the rules of a set, in their order. */
    public static List<RuleProblem> doubts(RuleSet rules) {
        List<RuleProblem> doubts = new ArrayList<>();
        for (BoundRule rule : rules.rules()) {
            Position at = rule.rule().header().at();
            if (rule.rule().header().id() == null) {
                doubts.add(new RuleProblem(at, "no id: findings are named after the title (give it a UUID)"));
            }
            if (rule.rule().header().level() == null) {
                doubts.add(new RuleProblem(at, "no level: findings are medium (write level: low, medium, high, ...)"));
            }
            if (rule.rule().logsource().covers(Logsource.CLOUDTRAIL)) {
                look(rule.expression(), at, doubts);
            }
            if (RuleMatcher.of(List.of(rule)).statistics().ungated() > 0) {
                doubts.add(new RuleProblem(
                        at,
                        "nothing need be present for it to match, so it is tried on every event (add what must be"
                                + " there, such as an eventName)"));
            }
        }
        return doubts;
    }

    private static void look(Expression expression, Position at, List<RuleProblem> doubts) {
        if (expression instanceof Expression.Labelled labelled) {
            look(labelled.part(), labelled.at(), doubts);
        } else if (expression instanceof Expression.All all) {
            all.parts().forEach(part -> look(part, at, doubts));
        } else if (expression instanceof Expression.Any any) {
            any.parts().forEach(part -> look(part, at, doubts));
        } else if (expression instanceof Expression.Not not) {
            look(not.part(), at, doubts);
        } else if (expression instanceof Expression.Test test && test.field() != null) {
            String field = test.field();
            String top = field.indexOf('.') < 0 ? field : field.substring(0, field.indexOf('.'));
            if (!RECORD_FIELDS.contains(top)) {
                doubts.add(new RuleProblem(
                        at,
                        "field " + field + ": no CloudTrail record has " + top + " (expected: " + nearest(top) + ")"));
            } else if (test.test() instanceof ValueTest.Text text
                    && text.pattern().isLiteral()) {
                value(field, text.pattern(), at, doubts);
            }
        }
    }

    private static void value(String field, TextPattern pattern, Position at, List<RuleProblem> doubts) {
        String value = pattern.literal();
        if (field.equals("eventSource") && !value.toLowerCase(Locale.ROOT).endsWith(".amazonaws.com")) {
            doubts.add(new RuleProblem(
                    at, "eventSource: \"" + value + "\" (expected: a service such as iam.amazonaws.com)"));
        }
        if (field.equals("eventName") && (value.isEmpty() || value.indexOf(':') >= 0)) {
            doubts.add(new RuleProblem(at, "eventName: \"" + value + "\" (expected: a call without its service)"));
        }
    }

    private static String nearest(String name) {
        for (String known : RECORD_FIELDS) {
            if (known.equalsIgnoreCase(name)) {
                return known;
            }
        }
        return "a field of the record; names are case-sensitive";
    }
}
