package io.trailwarden.detection.reference;

import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wrote down about who does what: <em>when</em> a use matches, it is expected to match {@code expect} too,
 * or must not match {@code forbid}.
 *
 * <p>"Only continuous integration starts OrderFlow": when action StartExecution and state machine OrderFlow, expect
 * principal {@code role/ci/*}. "The order role stays in Ireland": when principal {@code role/orders}, expect Region
 * {@code eu-west-1}.
 *
 * @param name the entry's key
 * @param when which uses it speaks about; empty: all
 * @param expect what such a use must match; null where it forbids
 * @param forbid what such a use must not match; null where it expects
 * @param from event time from which it holds; null: always
 * @param to event time until which it holds, exclusive; null: for ever
 * @param why the reason its author gave, shown with every finding
 */
public record Expectation(
        String name,
        @Nullable String title,
        Match when,
        @Nullable Match expect,
        @Nullable Match forbid,
        @Nullable Instant from,
        @Nullable Instant to,
        Severity severity,
        @Nullable String why) {

    /**
     * One use of AWS, as expectations see it.
     *
     * @param principal see {@link io.trailwarden.event.ActorKey}; of an execution the state machine
     * @param action service and call, for example {@code states:StartExecution}
     * @param resources the ARNs that the call named; patterns match when one of them does
     * @param stateMachine without version, alias and map label
     * @param executionRole the role that an execution ran with
     */
    public record Use(
            String account,
            String principal,
            String action,
            @Nullable String region,
            List<String> resources,
            @Nullable String stateMachine,
            @Nullable String executionRole) {

        /**
         * A call as expectations see it.
         *
         * @param action service and call
         * @param resources the ARNs that it named
         */
        public static Use of(CloudTrailEvent event, String action, List<String> resources) {
            return new Use(
                    event.account(),
                    event.actorKey(),
                    action,
                    event.awsRegion(),
                    resources,
                    event.stateMachineArn() == null ? null : StateMachine.base(event.stateMachineArn()),
                    null);
        }
    }

    /** A conjunction over the parts of a use; null where a part does not matter. */
    public record Match(
            @Nullable List<Glob> accounts,
            @Nullable List<Glob> principals,
            @Nullable List<Glob> actions,
            @Nullable List<Glob> regions,
            @Nullable List<Glob> resources,
            @Nullable List<Glob> stateMachines,
            @Nullable List<Glob> executionRoles) {

        /** Whether every part that matters matches; a part that the use does not have, does not match. */
        public boolean matches(Use use) {
            return matchesApartFromResources(use) && anyOf(resources, use.resources());
        }

        /** Whether it would match, whatever the resources. */
        boolean matchesApartFromResources(Use use) {
            return any(accounts, use.account())
                    && any(principals, use.principal())
                    && any(actions, use.action())
                    && any(regions, use.region())
                    && any(stateMachines, use.stateMachine())
                    && any(executionRoles, use.executionRole());
        }

        /** Whether it looks at resources. */
        public boolean readsResources() {
            return resources != null;
        }

        /** The patterns by part, for people. */
        public String describe() {
            Map<String, @Nullable List<Glob>> parts = new LinkedHashMap<>();
            parts.put("account", accounts);
            parts.put("principal", principals);
            parts.put("action", actions);
            parts.put("Region", regions);
            parts.put("resource", resources);
            parts.put("state machine", stateMachines);
            parts.put("execution role", executionRoles);
            StringJoiner text = new StringJoiner("; ");
            text.setEmptyValue("anything");
            for (Map.Entry<String, @Nullable List<Glob>> part : parts.entrySet()) {
                List<Glob> globs = part.getValue();
                if (globs != null) {
                    text.add(part.getKey() + " "
                            + String.join(
                                    " or ", globs.stream().map(Glob::toString).toList()));
                }
            }
            return text.toString();
        }

        private static boolean any(@Nullable List<Glob> globs, @Nullable String value) {
            if (globs == null) {
                return true;
            }
            if (value == null) {
                return false;
            }
            for (Glob glob : globs) {
                if (glob.matches(value)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean anyOf(@Nullable List<Glob> globs, List<String> values) {
            if (globs == null) {
                return true;
            }
            for (String value : values) {
                if (any(globs, value)) {
                    return true;
                }
            }
            return false;
        }

        private static Match read(Body body) {
            List<Glob> actions = body.list("actions", Glob::ignoringCase);
            if (actions != null) {
                for (Glob action : actions) {
                    if (!action.toString().equals("*") && action.toString().indexOf(':') < 1) {
                        throw body.refused("actions", action, "service:call, for example states:StartExecution, or *");
                    }
                }
            }
            Match match = new Match(
                    body.list("accounts", Glob::of),
                    body.list("principals", Glob::of),
                    actions,
                    body.list("regions", Glob::of),
                    body.list("resources", Glob::of),
                    body.list("stateMachines", Glob::of),
                    body.list("executionRoles", Glob::of));
            body.close();
            return match;
        }
    }

    /** Whether it speaks about this use at this time. */
    public boolean concerns(Use use, Instant at) {
        return holdsAt(at) && when.matches(use);
    }

    /** Whether it holds at this event time. */
    public boolean holdsAt(Instant at) {
        return (from == null || !at.isBefore(from)) && (to == null || at.isBefore(to));
    }

    /** Whether it may speak about this use at some time, and then looks at resources. */
    public boolean needsResourcesOf(Use use) {
        return readsResources() && when.matchesApartFromResources(use);
    }

    /** Whether a use that it concerns is as it should be. */
    public boolean meets(Use use) {
        return (expect == null || expect.matches(use)) && (forbid == null || !forbid.matches(use));
    }

    /** Its title, or its name where it has none. */
    public String shownAs() {
        return title == null ? name : title;
    }

    /** What is expected, for people. */
    public String expected() {
        return expect != null ? expect.describe() : forbid == null ? "" : "none with " + forbid.describe();
    }

    /** Whether it looks at resources. */
    public boolean readsResources() {
        return when.readsResources()
                || expect != null && expect.readsResources()
                || forbid != null && forbid.readsResources();
    }

    static Expectation read(String name, Body body) {
        String title = body.text("title");
        String why = body.text("why");
        Body when = body.object("when");
        Body expect = body.object("expect");
        Body forbid = body.object("forbid");
        Severity severity = body.severity("severity");
        Instant from = body.instant("effectiveFrom");
        Instant to = body.instant("effectiveTo");
        body.close();
        if ((expect == null) == (forbid == null)) {
            throw new RefusedEntryException("expect and forbid: " + (expect == null ? "both missing" : "both present")
                    + " (expected: exactly one of them)");
        }
        if (from != null && to != null && !from.isBefore(to)) {
            throw body.refused("effectiveTo", to, "after effectiveFrom " + from);
        }
        Match everything = new Match(null, null, null, null, null, null, null);
        Match expected = expect == null ? null : Match.read(expect);
        Match forbidden = forbid == null ? null : Match.read(forbid);
        if (everything.equals(expected) || everything.equals(forbidden)) {
            throw body.refused(
                    expect == null ? "forbid" : "expect",
                    "{}",
                    "at least one of accounts, principals, actions, regions,"
                            + " resources, stateMachines, executionRoles");
        }
        return new Expectation(
                name,
                title,
                when == null ? everything : Match.read(when),
                expected,
                forbidden,
                from,
                to,
                severity == null ? Severity.HIGH : severity,
                why);
    }
}
