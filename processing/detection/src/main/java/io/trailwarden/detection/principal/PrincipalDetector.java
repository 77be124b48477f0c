package io.trailwarden.detection.principal;

import io.trailwarden.detection.Call;
import io.trailwarden.detection.Entries;
import io.trailwarden.detection.EntryDetector;
import io.trailwarden.detection.Findings;
import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.principal.PrincipalKey.Kind;
import io.trailwarden.detection.principal.PrincipalNews.Role;
import io.trailwarden.detection.principal.PrincipalState.FirstUse;
import io.trailwarden.detection.principal.PrincipalState.JudgedUse;
import io.trailwarden.detection.principal.PrincipalState.Member;
import io.trailwarden.detection.principal.PrincipalState.Members;
import io.trailwarden.detection.principal.PrincipalState.Place;
import io.trailwarden.detection.reference.PrincipalSettings;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.reference.StateMachine;
import io.trailwarden.event.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <em>Unexpected principal</em>.
 *
 * <p>Two questions, one memory. <em>Expectations</em>: does a use contradict what somebody wrote down? <em>Learning</em>:
 * a principal is watched from its first use on; what it uses for the first time after the learning period is new. Only
 * first times count, and a minimum does not depend on the order in which its candidates arrive: a late record may move
 * the beginning of the learning period or a first use, and findings follow.
 *
 * <p>The principals of an account are entries, so that a newcomer costs the same however many the account has. What one
 * principal uses is not: each of its findings says all that was expected of it.
 */
public final class PrincipalDetector
        implements EntryDetector<PrincipalKey, PrincipalNews, PrincipalState, PrincipalState.Member> {

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

    /** A principal of an account, as what ran out of room is called. */
    public static final String PRINCIPAL = "principal";

    /** How many names of one dimension are remembered. */
    public static final int MAX_NAMES = 1_000;

    /** How many uses are remembered for expectations. */
    public static final int MAX_USES = 1_000;

    /**
     * Over how many keys the principals of one account are spread, and so over the subtasks. Each key of an account,
     * used or not, is one of those that the detector may remember.
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
    public Class<PrincipalKey> keyType() {
        return PrincipalKey.class;
    }

    @Override
    public Class<PrincipalNews> newsType() {
        return PrincipalNews.class;
    }

    @Override
    public Class<PrincipalState> stateType() {
        return PrincipalState.class;
    }

    @Override
    public Class<Member> entryType() {
        return Member.class;
    }

    @Override
    public int stateVersion() {
        return 4;
    }

    @Override
    public SignalSource<PrincipalKey, PrincipalNews> signals() {
        return new PrincipalSignals();
    }

    @Override
    public PrincipalState merge(
            @Nullable PrincipalState before, Signal<PrincipalKey, PrincipalNews> signal, Entries<Member> members) {
        Sighting event = signal.event();
        Edit edit = new Edit(before == null ? empty(signal.key(), event) : before);
        Call call = signal.news().call();
        if (call == null) {
            edit.since(event.time().truncatedTo(ChronoUnit.DAYS));
        } else if (signal.key().kind() == Kind.ACCOUNT) {
            edit.member(
                    members,
                    call.principal(),
                    firstUse(event, call, call.caller().type()));
        } else {
            learn(edit, signal, call);
        }
        edit.newest(event.time());
        edit.type(call == null ? null : call.caller().type());
        return edit.done();
    }

    private static void learn(Edit edit, Signal<PrincipalKey, PrincipalNews> signal, Call call) {
        PrincipalNews news = signal.news();
        if (news.learned()) {
            edit.since(signal.event().time());
            FirstUse use = firstUse(signal.event(), call, null);
            if (signal.key().kind() == Kind.STATE_MACHINE) {
                learnMachine(edit, news, call, use);
            } else {
                learnPrincipal(edit, news, call, use);
            }
        }
        if (news.judged()) {
            edit.use(judgedUse(signal.event(), news, call));
        }
    }

    private static void learnPrincipal(Edit edit, PrincipalNews news, Call call, FirstUse use) {
        edit.first(ACTION, call.action(), use);
        String region = call.region();
        if (region != null && !GLOBAL.contains(Phrases.service(call.operation().service()))) {
            edit.first(REGION, region, use);
        }
        String machine = news.stateMachine();
        if (machine != null && machine.startsWith("arn:") && !call.operation().readOnly()) {
            edit.first(STATE_MACHINE, StateMachine.base(machine), use);
        }
    }

    private static void learnMachine(Edit edit, PrincipalNews news, Call call, FirstUse use) {
        Role role = news.role();
        if (role != null) {
            edit.first(role.ofExecution() ? EXECUTION_ROLE : TASK_ROLE, role.arn(), use);
        }
        if (role == null || !role.ofExecution()) {
            edit.first(ACTION, call.action(), use);
        }
    }

    @Override
    public PrincipalState evaluate(PrincipalState state, Round<PrincipalKey, PrincipalNews> round) {
        Findings out = round.findings();
        Published published = out.settle(state.published(), Novelties.conclude(state, round.reference()));
        Published judged = out.settle(state.judged(), Contradictions.conclude(state, round.reference()));
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
                state.members(),
                state.seen(),
                state.uses(),
                state.usesSince(),
                state.full(),
                published,
                judged);
    }

    /** Whether a member is new depends on when the account's learning began, and on nothing else of the head. */
    @Override
    public boolean bearsOnEntries(PrincipalState before, PrincipalState after) {
        return !Objects.equals(before.since(), after.since());
    }

    @Override
    public Member judge(
            String principal, Member member, PrincipalState account, Round<PrincipalKey, PrincipalNews> round) {
        // One that comes back after it was forgotten goes on above what the account has withdrawn of it.
        Published before = (member.published() == null ? Published.NOTHING : member.published())
                .above(account.published().highest());
        Published after = round.findings()
                .settle(before, Novelties.newPrincipal(account, principal, member.use(), round.reference()));
        return after == before ? member : new Member(member.use(), after);
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

    private static PrincipalState empty(PrincipalKey key, Sighting event) {
        return new PrincipalState(
                key.kind(),
                key.account(),
                key.subject(),
                null,
                null,
                event.time(),
                null,
                Map.of(),
                Map.of(),
                null,
                List.of(),
                Published.NOTHING,
                Published.NOTHING);
    }

    private static FirstUse firstUse(Sighting event, Call call, @Nullable String type) {
        return new FirstUse(
                event.time(),
                event.eventId(),
                call.operation().service(),
                call.operation().name(),
                call.region(),
                call.errorCode(),
                call.caller().sourceAddress(),
                call.caller().invokedBy(),
                type,
                call.operation().readOnly());
    }

    private static JudgedUse judgedUse(Sighting event, PrincipalNews news, Call call) {
        String machine = news.stateMachine();
        return new JudgedUse(
                event.time(),
                event.eventId(),
                call.action(),
                call.region(),
                call.resources(),
                machine == null ? null : StateMachine.base(machine),
                news.executionRole(),
                call.errorCode(),
                call.caller().sourceAddress(),
                call.caller().invokedBy());
    }

    /** A copy of a state being changed; hands back the state itself when nothing did. */
    private static final class Edit {

        private final PrincipalState state;
        private @Nullable Instant since;
        private Instant newest;
        private @Nullable String type;
        private @Nullable Members members;
        private Map<String, Map<String, FirstUse>> seen;
        private Map<String, JudgedUse> uses;
        private @Nullable Instant usesSince;
        private List<String> full;
        private Published published;
        private boolean changed;

        Edit(PrincipalState state) {
            this.state = state;
            this.since = state.since();
            this.newest = state.newest();
            this.type = state.type();
            this.members = state.members();
            this.seen = state.seen();
            this.uses = state.uses();
            this.usesSince = state.usesSince();
            this.full = state.full();
            this.published = state.published();
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

        /** The earliest stay, so that who is forgotten does not depend on the order of arrival. */
        void member(Entries<Member> entries, String name, FirstUse use) {
            Member known = entries.get(name);
            if (known != null && known.use().compareTo(use) <= 0) {
                return;
            }
            changed = true;
            Members before = members == null ? new Members(0, use.time(), use.eventId(), null) : members;
            Place latest = before.latest();
            Members after = before.with(use, known == null && latest == null ? 1 : 0);
            if (known == null && latest != null) {
                full(PRINCIPAL);
                if (latest.compareTo(Place.of(name, use)) < 0) {
                    return;
                }
                forget(entries, latest.name());
            }
            entries.put(name, new Member(use, known == null ? null : known.published()));
            boolean moved = latest == null || known == null || latest.name().equals(name);
            members = after.count() == MAX_NAMES && moved ? after.withLatest(latest(entries)) : after;
        }

        /** What it had published is the account's from now on, which does not claim it and so withdraws it. */
        private void forget(Entries<Member> entries, String name) {
            Member gone = entries.get(name);
            entries.remove(name);
            if (gone != null && gone.published() != null) {
                published = published.with(gone.published());
            }
        }

        private static @Nullable Place latest(Entries<Member> entries) {
            List<Place> places = new ArrayList<>();
            entries.each((name, member) -> places.add(Place.of(name, member.use())));
            return places.stream().max(Comparator.naturalOrder()).orElse(null);
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
                    members,
                    seen,
                    uses,
                    usesSince,
                    full,
                    published,
                    usesSince == null ? state.judged() : state.judged().keepFrom(usesSince));
        }
    }
}
