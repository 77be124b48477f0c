package io.trailwarden.workbench;

import com.google.re2j.Pattern;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.match.RuleCost;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.Logsource;
import io.trailwarden.sigma.rule.RuleHeader;
import io.trailwarden.sigma.rule.TextPattern;
import io.trailwarden.sigma.rule.ValueTest;
import io.trailwarden.sigma.yaml.Position;
import io.trailwarden.sigma.yaml.RuleProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

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

    private static final Set<String> UNLISTED = Set.of("signin.amazonaws.com", "sso.amazonaws.com");

    private RuleCheck() {}

    static boolean isRecordField(String field) {
        return RECORD_FIELDS.contains(field);
    }

    /** Every doubt about the rules of a set, in their order. */
    public static List<RuleProblem> doubts(RuleSet rules) {
        List<RuleProblem> doubts = new ArrayList<>();
        for (BoundRule rule : rules.rules()) {
            alone(rule.rule().header().at(), doubts, own -> doubts(rule, rules, own));
        }
        for (RuleSet.BoundCorrelation correlation : rules.correlations()) {
            alone(correlation.rule().header().at(), doubts, own -> doubts(correlation, rules, own));
        }
        doubts.addAll(Correlations.of(rules).refused());
        return doubts;
    }

    /** A rule on which the check fails hides no other. */
    private static void alone(Position at, List<RuleProblem> doubts, Consumer<List<RuleProblem>> check) {
        List<RuleProblem> own = new ArrayList<>();
        try {
            check.accept(own);
        } catch (RuntimeException | StackOverflowError e) {
            own.add(RuleProblem.unexpected(at, e));
        }
        doubts.addAll(own);
    }

    private static void doubts(BoundRule rule, RuleSet rules, List<RuleProblem> doubts) {
        RuleHeader header = rule.rule().header();
        Position at = header.at();
        if (header.id() == null) {
            doubts.add(new RuleProblem(at, "no id: findings are named after the title (give it a UUID)"));
        }
        if (header.level() == null && !rules.silent().contains(rule.key())) {
            doubts.add(new RuleProblem(at, "no level: findings are medium (write level: low, medium, high, ...)"));
        }
        doubts.addAll(RuleContradictions.in(rule.expression(), at));
        if (rule.rule().logsource().covers(Logsource.CLOUDTRAIL)) {
            look(rule.expression(), at, Scope.of(rule.expression()), false, doubts);
        }
        cost(RuleCost.of(rule), at, doubts);
    }

    private static void doubts(RuleSet.BoundCorrelation correlation, RuleSet rules, List<RuleProblem> doubts) {
        for (String field : correlation.rule().groupBy()) {
            boolean alias = correlation.rule().aliases().containsKey(field);
            String top = top(field);
            boolean cloudTrail = rules.rules().stream()
                    .filter(rule -> correlation.references().contains(rule.key()))
                    .anyMatch(rule -> rule.rule().logsource().covers(Logsource.CLOUDTRAIL));
            if (cloudTrail && !alias && !RECORD_FIELDS.contains(top)) {
                doubts.add(new RuleProblem(
                        correlation.rule().header().at(),
                        "group-by " + field + ": no CloudTrail record has " + top + ", so it never fires (expected: "
                                + nearest(top) + ")"));
            }
        }
    }

    private static void cost(RuleCost cost, Position at, List<RuleProblem> doubts) {
        if (cost.clue() == RuleCost.Clue.NONE) {
            doubts.add(new RuleProblem(
                    at,
                    "nothing need be present for it to match, so it is tried on every event (add what must be"
                            + " there, such as an eventName)"));
        } else if (cost.clue() == RuleCost.Clue.PRESENCE && cost.regexes() > 0) {
            doubts.add(new RuleProblem(
                    at,
                    "its regular expression runs wherever the field is there (add an exact value, such as an"
                            + " eventName, or a piece of at least three letters outside the brackets)"));
        }
    }

    /** The calls that a conjunction is about; empty sets where it does not say. */
    private record Scope(Set<String> sources, Set<String> names) {

        static Scope of(Expression expression) {
            Scope scope = new Scope(new TreeSet<>(), new TreeSet<>());
            scope.collect(expression);
            return scope;
        }

        private void collect(Expression expression) {
            if (!(expression instanceof Expression.Not)) {
                expression.parts().forEach(this::collect);
            }
            if (expression instanceof Expression.Test test
                    && test.field() != null
                    && test.test() instanceof ValueTest.Text text) {
                if (text.pattern().isLiteral()) {
                    if (test.field().equals("eventSource")) {
                        sources.add(text.pattern().literal());
                    } else if (test.field().equals("eventName")) {
                        names.add(text.pattern().literal());
                    }
                } else if (test.field().equals("eventSource")) {
                    // Some other services too: which, the catalogue cannot tell.
                    sources.add("?");
                } else if (test.field().equals("eventName")) {
                    names.add("?");
                }
            }
        }
    }

    private static void look(
            Expression expression, Position at, Scope scope, boolean negated, List<RuleProblem> doubts) {
        Position place = expression instanceof Expression.Labelled labelled ? labelled.at() : at;
        boolean opposite = negated != expression instanceof Expression.Not;
        expression.parts().forEach(part -> look(part, place, scope, opposite, doubts));
        if (expression instanceof Expression.Test test && test.field() != null) {
            field(test.field(), at, scope, doubts);
            if (test.test() instanceof ValueTest.Text text) {
                value(test.field(), text.pattern(), at, negated ? new Scope(Set.of(), Set.of()) : scope, doubts);
            }
        }
    }

    private static void field(String field, Position at, Scope scope, List<RuleProblem> doubts) {
        CloudTrailCatalogue catalogue = CloudTrailCatalogue.get();
        String top = top(field);
        if (!RECORD_FIELDS.contains(top)) {
            doubts.add(new RuleProblem(
                    at, "field " + field + ": no CloudTrail record has " + top + " (expected: " + nearest(top) + ")"));
            return;
        }
        if (field.indexOf('\\') >= 0) {
            doubts.add(new RuleProblem(
                    at,
                    "field " + field + ": a backslash is part of the name, so it is found nowhere (leave it out: a key"
                            + " with dots in it is found by its plain name)"));
        }
        String dead = catalogue.deadPart(field);
        if (dead != null) {
            doubts.add(new RuleProblem(at, "field " + field + ": " + dead));
        } else if (field.startsWith("requestParameters.")) {
            String parameter = top(field.substring("requestParameters.".length()));
            String known = catalogue.deadParameter(scope.sources(), scope.names(), parameter);
            if (known != null) {
                doubts.add(new RuleProblem(
                        at,
                        "field " + field + ": " + String.join(", ", scope.names()) + " takes no " + parameter
                                + " (expected: " + known + ")"));
            }
        }
    }

    private static void value(String field, TextPattern pattern, Position at, Scope scope, List<RuleProblem> doubts) {
        CloudTrailCatalogue catalogue = CloudTrailCatalogue.get();
        if (field.equals("eventSource") && pattern.isLiteral()) {
            String source = pattern.literal();
            if (!source.toLowerCase(Locale.ROOT).endsWith(".amazonaws.com")) {
                doubts.add(new RuleProblem(
                        at, "eventSource: \"" + source + "\" (expected: a service such as iam.amazonaws.com)"));
            } else if (!catalogue.knows(source)
                    && !catalogue.nearestSource(source).isEmpty()) {
                doubts.add(new RuleProblem(
                        at,
                        "eventSource: \"" + source + "\" is no known service (expected: "
                                + catalogue.nearestSource(source) + "?)"));
            }
        } else if (field.equals("eventName")) {
            boolean open =
                    scope.sources().contains("?") || scope.sources().stream().anyMatch(UNLISTED::contains);
            Set<String> sources = open ? Set.of("?") : scope.sources();
            if (pattern.isLiteral()) {
                name(pattern.literal(), at, sources, doubts);
            } else if (!catalogue.anyCall(sources, glob(pattern))) {
                doubts.add(new RuleProblem(at, "eventName: no known call is like \"" + pattern + "\""));
            }
        }
    }

    private static void name(String name, Position at, Set<String> sources, List<RuleProblem> doubts) {
        CloudTrailCatalogue catalogue = CloudTrailCatalogue.get();
        if (name.isEmpty() || name.indexOf(':') >= 0) {
            doubts.add(new RuleProblem(at, "eventName: \"" + name + "\" (expected: a call without its service)"));
        } else if (!catalogue.isCall(name, sources)) {
            Set<String> elsewhere = catalogue.sourcesOf(name);
            String near = catalogue.nearestCall(name, sources);
            String expected = !elsewhere.isEmpty()
                    ? "it is a call of " + String.join(", ", elsewhere)
                    : near.isEmpty() ? "no name is like it" : "expected: " + near + "?";
            doubts.add(new RuleProblem(
                    at,
                    "eventName: \"" + name + "\" is no known call"
                            + (sources.isEmpty() ? "" : " of " + String.join(", ", sources)) + " (" + expected + ")"));
        }
    }

    private static java.util.function.Predicate<String> glob(TextPattern pattern) {
        StringBuilder regex = new StringBuilder("(?is)");
        for (int symbol : pattern.symbols()) {
            switch (symbol) {
                case TextPattern.ANY -> regex.append(".*");
                case TextPattern.ONE -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(symbol)));
            }
        }
        Pattern compiled = Pattern.compile(regex.toString());
        return text -> compiled.matcher(text).matches();
    }

    private static String top(String field) {
        return field.indexOf('.') < 0 ? field : field.substring(0, field.indexOf('.'));
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
