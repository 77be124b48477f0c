package io.trailwarden.detection.principal;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.principal.PrincipalState.FirstUse;
import io.trailwarden.detection.principal.PrincipalState.JudgedUse;
import io.trailwarden.detection.principal.PrincipalState.Kind;
import io.trailwarden.detection.reference.PrincipalSettings;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.reference.StateMachine;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <em>Unexpected principal</em>.
 *
 * <p>Two questions, one memory. <em>Expectations</em>: does a use contradict what somebody wrote down? <em>Learning</em>:
 * a principal is watched from its first use on; what it uses for the first time after the learning period is new. Only
 * first times count, and a minimum does not depend on the order in which its candidates arrive: a late record may move
 * the beginning of the learning period or a first use, and findings follow.
 */
public final class PrincipalDetector implements KeyedDetector<PrincipalState> {

    /** The detection's key. */
    public static final String NAME = "unexpected-principal";

    /** Service and call, for example {@code states:StartExecution}; of a state machine what its tasks call. */
    public static final String ACTION = "action";

    /** A Region, of calls that are bound to one. */
    public static final String REGION = "region";

    /** A state machine that the principal started, stopped or changed. */
    public static final String STATE_MACHINE = "stateMachine";

    /** A role that the state machine ran with. */
    public static final String EXECUTION_ROLE = "executionRole";

    /** A role that one of the state machine's tasks took. */
    public static final String TASK_ROLE = "taskRole";

    /** A principal of an account. */
    public static final String PRINCIPAL = "principal";

    /** How many names of one dimension are remembered. */
    public static final int MAX_NAMES = 1_000;

    /** How many uses are remembered for expectations. */
    public static final int MAX_USES = 1_000;

    /**
     * Over how many keys the principals of one account are spread. Each newcomer costs as much as its key knows already;
     * each key of an account, used or not, is one of those that the detector may remember.
     */
    static final int ACCOUNT_SHARDS = 32;

    /** Services whose records name a Region that the caller did not choose. */
    private static final Set<String> GLOBAL = Set.of(
            "account",
            "artifact",
            "billing",
            "budgets",
            "ce",
            "cloudfront",
            "cur",
            "globalaccelerator",
            "health",
            "iam",
            "networkmanager",
            "organizations",
            "route53",
            "route53domains",
            "shield",
            "signin",
            "sso",
            "sts",
            "support",
            "tagging",
            "trustedadvisor",
            "waf");

    private static final long serialVersionUID = 1;

    /** A detector; all of them are alike. */
    public PrincipalDetector() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<PrincipalState> stateType() {
        return PrincipalState.class;
    }

    @Override
    public int stateVersion() {
        return 3;
    }

    @Override
    public SignalSource signals() {
        return new PrincipalSignals();
    }

    @Override
    public PrincipalState merge(@Nullable PrincipalState before, Signal signal) {
        PrincipalState state = before == null ? empty(signal) : before;
        Edit edit = new Edit(state);
        switch (signal.kind()) {
            case PrincipalSignals.ACTIVE -> edit.since(signal.eventTime().truncatedTo(ChronoUnit.DAYS));
            case PrincipalSignals.MEMBER -> {
                if (signal.principal() != null) {
                    edit.first(PRINCIPAL, signal.principal(), firstUse(signal));
                }
            }
            case PrincipalSignals.JUDGE -> edit.use(judgedUse(state, signal));
            default -> {
                edit.since(signal.eventTime());
                if (state.kind() == Kind.STATE_MACHINE) {
                    learnMachine(edit, signal);
                } else {
                    learnPrincipal(edit, signal);
                }
                if (signal.kind().equals(PrincipalSignals.USE)) {
                    edit.use(judgedUse(state, signal));
                }
            }
        }
        edit.newest(signal.eventTime());
        edit.type(signal.principalType());
        return edit.done();
    }

    private static void learnPrincipal(Edit edit, Signal signal) {
        FirstUse use = firstUse(signal);
        edit.first(ACTION, Phrases.action(signal.service(), signal.call()), use);
        if (signal.region() != null && !GLOBAL.contains(Phrases.service(signal.service()))) {
            edit.first(REGION, signal.region(), use);
        }
        if (signal.stateMachineArn() != null && signal.stateMachineArn().startsWith("arn:") && !signal.readOnly()) {
            edit.first(STATE_MACHINE, StateMachine.base(signal.stateMachineArn()), use);
        }
    }

    private static void learnMachine(Edit edit, Signal signal) {
        FirstUse use = firstUse(signal);
        boolean starts = PrincipalSignals.EXECUTION_ROLE.equals(signal.detail());
        if (signal.link() != null) {
            edit.first(starts ? EXECUTION_ROLE : TASK_ROLE, signal.link(), use);
        }
        if (!starts) {
            edit.first(ACTION, Phrases.action(signal.service(), signal.call()), use);
        }
    }

    @Override
    public PrincipalState evaluate(PrincipalState state, Reference reference, Findings out) {
        Published published = out.settle(state.published(), Novelties.conclude(state, reference));
        Published judged = out.settle(state.judged(), Contradictions.conclude(state, reference));
        if (published == state.published() && judged == state.judged()) {
            return state;
        }
        return new PrincipalState(
                state.kind(),
                state.account(),
                state.subject(),
                state.type(),
                state.since(),
                state.newest(),
                state.seen(),
                state.uses(),
                state.usesSince(),
                state.full(),
                published,
                judged);
    }

    @Override
    public Instant expiresAt(PrincipalState state, Reference reference) {
        return state.newest()
                .plus(reference.principals(state.account()).forget())
                .plus(1, ChronoUnit.DAYS);
    }

    /** A principal or state machine is learned once a learning period lies between its first and its latest use. */
    @Override
    public Knowledge knowledge(PrincipalState state, Reference reference) {
        if (state.kind() == Kind.ACCOUNT) {
            return Knowledge.NONE;
        }
        Instant until = learnedFrom(state, reference.principals(state.account()));
        if (until == null) {
            return Knowledge.NONE;
        }
        return state.newest().isBefore(until) ? Knowledge.LEARNING : Knowledge.LEARNED;
    }

    /** The event time from which something new is a finding; null when nothing is learned. */
    static @Nullable Instant learnedFrom(PrincipalState state, PrincipalSettings settings) {
        Duration learning = settings.learning();
        return state.since() == null || learning.isZero() ? null : state.since().plus(learning);
    }

    static boolean isIgnored(PrincipalState state, Reference reference) {
        return state.kind() != Kind.ACCOUNT
                && reference.principals(state.account()).ignore().stream()
                        .anyMatch(glob -> glob.matches(state.subject()));
    }

    private static PrincipalState empty(Signal signal) {
        String key = signal.key();
        Kind kind = key.startsWith("machine|")
                ? Kind.STATE_MACHINE
                : key.startsWith("account|") ? Kind.ACCOUNT : Kind.PRINCIPAL;
        String subject =
                switch (kind) {
                    case STATE_MACHINE -> key.substring("machine|".length());
                    case ACCOUNT -> signal.account();
                    case PRINCIPAL ->
                        key.substring("principal|".length() + signal.account().length() + 1);
                };
        return new PrincipalState(
                kind,
                signal.account(),
                subject,
                null,
                null,
                signal.eventTime(),
                Map.of(),
                Map.of(),
                null,
                List.of(),
                Published.NOTHING,
                Published.NOTHING);
    }

    private static FirstUse firstUse(Signal signal) {
        return new FirstUse(
                signal.eventTime(),
                signal.eventId(),
                signal.service(),
                signal.call(),
                signal.region(),
                signal.errorCode(),
                signal.sourceAddress(),
                signal.invokedBy(),
                signal.kind().equals(PrincipalSignals.MEMBER) ? signal.principalType() : null,
                signal.readOnly());
    }

    private static JudgedUse judgedUse(PrincipalState state, Signal signal) {
        boolean starts = PrincipalSignals.EXECUTION_ROLE.equals(signal.detail());
        return new JudgedUse(
                signal.eventTime(),
                signal.eventId(),
                Phrases.action(signal.service(), signal.call()),
                signal.region(),
                signal.resources(),
                signal.stateMachineArn() == null ? null : StateMachine.base(signal.stateMachineArn()),
                state.kind() == Kind.STATE_MACHINE && starts ? signal.link() : null,
                signal.errorCode(),
                signal.sourceAddress(),
                signal.invokedBy());
    }

    /** A copy of a state being changed; hands back the state itself when nothing did. */
    private static final class Edit {

        private final PrincipalState state;
        private @Nullable Instant since;
        private Instant newest;
        private @Nullable String type;
        private Map<String, Map<String, FirstUse>> seen;
        private Map<String, JudgedUse> uses;
        private @Nullable Instant usesSince;
        private List<String> full;
        private boolean changed;

        Edit(PrincipalState state) {
            this.state = state;
            this.since = state.since();
            this.newest = state.newest();
            this.type = state.type();
            this.seen = state.seen();
            this.uses = state.uses();
            this.usesSince = state.usesSince();
            this.full = state.full();
        }

        void since(Instant time) {
            if (since == null || time.isBefore(since)) {
                since = time;
                changed = true;
            }
        }

        void newest(Instant time) {
            if (time.isAfter(newest)) {
                newest = time;
                changed = true;
            }
        }

        void type(@Nullable String signalled) {
            if (state.kind() == Kind.PRINCIPAL
                    && signalled != null
                    && (type == null || signalled.compareTo(type) < 0)) {
                type = signalled;
                changed = true;
            }
        }

        void first(String dimension, String name, FirstUse use) {
            Map<String, FirstUse> names = seen.getOrDefault(dimension, Map.of());
            FirstUse known = names.get(name);
            if (known != null && known.compareTo(use) <= 0) {
                return;
            }
            Map<String, FirstUse> more = new HashMap<>(names);
            more.put(name, use);
            if (more.size() > MAX_NAMES) {
                // The earliest stay, so that what is forgotten does not depend on the order of arrival.
                more.remove(more.entrySet().stream()
                        .max(Map.Entry.<String, FirstUse>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                        .orElseThrow()
                        .getKey());
                full(dimension);
            }
            Map<String, Map<String, FirstUse>> all = new HashMap<>(seen);
            all.put(dimension, more);
            seen = all;
            changed = true;
        }

        void use(JudgedUse use) {
            if (usesSince != null && use.time().isBefore(usesSince)) {
                return;
            }
            String key = day(use)
                    + '|'
                    + use.action()
                    + '|'
                    + use.region()
                    + '|'
                    + use.stateMachine()
                    + '|'
                    + use.executionRole()
                    + '|'
                    + String.join(",", use.resources());
            JudgedUse known = uses.get(key);
            if (known != null && known.compareTo(use) <= 0) {
                return;
            }
            Map<String, JudgedUse> more = new HashMap<>(uses);
            more.put(key, use);
            if (more.size() > MAX_USES) {
                String oldest = more.values().stream()
                        .map(Edit::day)
                        .min(Comparator.naturalOrder())
                        .orElseThrow();
                if (more.values().stream().allMatch(each -> day(each).equals(oldest))) {
                    more.remove(more.entrySet().stream()
                            .max(Map.Entry.<String, JudgedUse>comparingByValue()
                                    .thenComparing(Map.Entry.comparingByKey()))
                            .orElseThrow()
                            .getKey());
                    full("use");
                } else {
                    more.values().removeIf(each -> day(each).equals(oldest));
                    usesSince = Instant.parse(oldest).plus(1, ChronoUnit.DAYS);
                }
            }
            uses = more;
            changed = true;
        }

        private void full(String dimension) {
            if (!full.contains(dimension)) {
                List<String> more = new ArrayList<>(full);
                more.add(dimension);
                more.sort(Comparator.naturalOrder());
                full = more;
                changed = true;
            }
        }

        private static String day(JudgedUse use) {
            return use.time().truncatedTo(ChronoUnit.DAYS).toString();
        }

        PrincipalState done() {
            if (!changed) {
                return state;
            }
            return new PrincipalState(
                    state.kind(),
                    state.account(),
                    state.subject(),
                    type,
                    since,
                    newest,
                    seen,
                    uses,
                    usesSince,
                    full,
                    state.published(),
                    usesSince == null ? state.judged() : state.judged().keepFrom(usesSince));
        }
    }
}
