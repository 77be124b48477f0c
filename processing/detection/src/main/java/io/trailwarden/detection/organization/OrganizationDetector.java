package io.trailwarden.detection.organization;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.organization.OrganizationState.Child;
import io.trailwarden.detection.organization.OrganizationState.Deed;
import io.trailwarden.detection.organization.OrganizationState.Kind;
import io.trailwarden.detection.organization.OrganizationState.Source;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.FindingId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * <em>Caller outside the organization</em>.
 *
 * <p>An outsider is visible as such only at the door: on the {@code sts:AssumeRole} record, at a VPC endpoint, on a
 * shared resource. From then on every record names the local role. So a session is keyed by the access key that
 * AssumeRole issued, and both the AssumeRole record and the session's calls go to that key, in whatever order they
 * arrive. Sessions that a session takes in turn are followed, one round per hop.
 *
 * <p>States hold what was seen, never a verdict; whose an account was at that time is asked of the directory at every
 * evaluation. So a changed directory re-judges everything that is still remembered.
 */
public final class OrganizationDetector implements KeyedDetector<OrganizationState> {

    /** The detection's key. */
    public static final String NAME = "outside-organization";

    /** How many kinds of calls are remembered per session, or per pair of accounts and day. */
    public static final int MAX_KINDS = 100;

    /** How many calls are remembered whatever their kind. */
    public static final int MAX_EARLIEST = 20;

    /** How many sessions a session may have issued before the further ones are only counted as "more". */
    public static final int MAX_CHILDREN = 50;

    static final String DIRECTORY = "directory";

    private static final int MAX_SOURCES = 8;
    private static final int MAX_PARENTS = 4;
    private static final int ROUNDS = 4;
    private static final Duration SESSION_MEMORY = Duration.ofHours(36);
    private static final Duration DAY_MEMORY = Duration.ofDays(3);
    private static final Duration DIRECTORY_MEMORY = Duration.ofDays(30);
    private static final long serialVersionUID = 1;

    /** A detector; all of them are alike. */
    public OrganizationDetector() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<OrganizationState> stateType() {
        return OrganizationState.class;
    }

    @Override
    public int stateVersion() {
        return 2;
    }

    @Override
    public int rounds() {
        return ROUNDS;
    }

    @Override
    public SignalSource signals() {
        return new OrganizationSignals();
    }

    @Override
    public OrganizationState merge(@Nullable OrganizationState before, Signal signal) {
        OrganizationState state = before == null ? empty(signal) : before;
        Map<String, Source> sources = state.sources();
        List<String> parents = state.parents();
        Map<String, Child> children = state.children();
        List<Deed> deeds = state.deeds();
        boolean more = state.more();
        switch (signal.kind()) {
            case OrganizationSignals.ISSUED -> sources = with(sources, sourceKey(signal), source(signal), MAX_SOURCES);
            case OrganizationSignals.PARENT -> parents = withParent(parents, signal);
            case OrganizationSignals.CHILD -> {
                String issued = signal.link() == null ? "" : signal.link();
                more |= !children.containsKey(issued) && children.size() >= MAX_CHILDREN;
                children = with(children, issued, child(signal), MAX_CHILDREN);
            }
            default -> {
                deeds = withDeed(deeds, deed(signal));
                more |= deeds.size() > MAX_EARLIEST;
                deeds = more ? remembered(deeds) : deeds;
            }
        }
        Instant newest = signal.eventTime().isAfter(state.newest()) ? signal.eventTime() : state.newest();
        String sessionArn = sessionArn(state, signal);
        if (before != null
                && sources == state.sources()
                && parents == state.parents()
                && children == state.children()
                && deeds.equals(state.deeds())
                && more == state.more()
                && newest.equals(state.newest())
                && Objects.equals(sessionArn, state.sessionArn())) {
            return state;
        }
        return new OrganizationState(
                state.kind(),
                state.subject(),
                state.account(),
                sessionArn,
                sources,
                parents,
                children,
                deeds,
                more,
                newest,
                state.told(),
                state.published());
    }

    private static List<Deed> withDeed(List<Deed> deeds, Deed deed) {
        int place = Collections.binarySearch(deeds, deed);
        if (place >= 0) {
            return deeds;
        }
        List<Deed> all = new ArrayList<>(deeds.size() + 1);
        all.addAll(deeds);
        all.add(~place, deed);
        return all;
    }

    /**
     * The earliest, and the first of each of the earliest kinds. What is left out by this would be left out after any
     * further call as well, so the order of arrival does not matter.
     */
    private static List<Deed> remembered(List<Deed> deeds) {
        List<Deed> kept = new ArrayList<>(deeds.size());
        Set<String> kinds = new HashSet<>();
        for (Deed deed : deeds) {
            boolean isFirst = kinds.size() < MAX_KINDS && kinds.add(kindOf(deed));
            if (isFirst || kept.size() < MAX_EARLIEST) {
                kept.add(deed);
            }
        }
        return kept;
    }

    @Override
    public OrganizationState evaluate(OrganizationState state, Reference reference, Findings out) {
        String told = tell(state, out);
        Published published = out.settle(state.published(), Outsiders.conclude(state, reference, out.round(), ROUNDS));
        return published == state.published() && told.equals(state.told())
                ? state
                : new OrganizationState(
                        state.kind(),
                        state.subject(),
                        state.account(),
                        state.sessionArn(),
                        state.sources(),
                        state.parents(),
                        state.children(),
                        state.deeds(),
                        state.more(),
                        state.newest(),
                        told,
                        published);
    }

    /**
     * Hands to the next round what matters there: to sessions that this one issued, where it came from; and for itself,
     * when another session issued it, what it did, because only there its origin will be known.
     */
    private static String tell(OrganizationState state, Findings out) {
        if (out.round() == ROUNDS || state.kind() != Kind.SESSION) {
            return state.told();
        }
        boolean isOrigin = !state.sources().isEmpty() && !state.children().isEmpty();
        boolean isIssued = !state.parents().isEmpty();
        if (!isOrigin && !isIssued) {
            return state.told();
        }
        // Maps come back from a checkpoint in another order; what they hold counts.
        String content = FindingId.of(
                "told",
                new TreeMap<>(state.sources()).toString(),
                state.parents().toString(),
                new TreeMap<>(state.children()).toString(),
                state.deeds().toString());
        if (content.equals(state.told())) {
            return content;
        }
        if (isOrigin) {
            for (String child : state.children().keySet()) {
                for (Source source : state.sources().values()) {
                    out.follow(origin(child, source, state));
                }
            }
        }
        if (isIssued) {
            String key = "session|" + state.subject();
            for (String parent : state.parents()) {
                out.follow(parent(key, parent, state));
            }
            state.children().forEach((child, issued) -> out.follow(child(key, child, issued, state)));
            state.deeds().forEach(deed -> out.follow(call(key, deed, state)));
        }
        return content;
    }

    @Override
    public Instant expiresAt(OrganizationState state, Reference reference) {
        Duration memory =
                switch (state.kind()) {
                    case SESSION -> SESSION_MEMORY;
                    case SESSION_ARN, SIGHTING, REACH -> DAY_MEMORY;
                    case DIRECTORY -> DIRECTORY_MEMORY;
                };
        return state.newest().plus(memory);
    }

    private static OrganizationState empty(Signal signal) {
        String key = signal.key();
        int bar = key.indexOf('|');
        String kind = bar < 0 ? key : key.substring(0, bar);
        String rest = bar < 0 ? "" : key.substring(bar + 1);
        Kind what =
                switch (kind) {
                    case "session" -> Kind.SESSION;
                    case "arn" -> Kind.SESSION_ARN;
                    case "sighting" -> Kind.SIGHTING;
                    case "reach" -> Kind.REACH;
                    default -> Kind.DIRECTORY;
                };
        String subject =
                switch (what) {
                    case SESSION -> rest;
                    case SESSION_ARN -> rest.substring(0, rest.lastIndexOf('|'));
                    case SIGHTING, REACH -> rest.substring(0, rest.indexOf('|'));
                    case DIRECTORY -> DIRECTORY;
                };
        return new OrganizationState(
                what,
                subject,
                what == Kind.DIRECTORY ? "" : signal.account(),
                null,
                Map.of(),
                List.of(),
                Map.of(),
                List.of(),
                false,
                signal.eventTime(),
                "",
                Published.NOTHING);
    }

    /** The session's own ARN: of its calls, else of the record that issued it. */
    private static @Nullable String sessionArn(OrganizationState state, Signal signal) {
        if (state.kind() != Kind.SESSION && state.kind() != Kind.SESSION_ARN) {
            return null;
        }
        String arn =
                switch (signal.kind()) {
                    case OrganizationSignals.CALL -> signal.sessionArn();
                    case OrganizationSignals.ISSUED, OrganizationSignals.PARENT -> signal.detail();
                    default -> null;
                };
        if (arn == null) {
            return state.sessionArn();
        }
        // They agree in honest records; in others the choice must not depend on who came first.
        return state.sessionArn() == null || arn.compareTo(state.sessionArn()) < 0 ? arn : state.sessionArn();
    }

    private static <T> Map<String, T> with(Map<String, T> map, String key, T value, int most) {
        if (value.equals(map.get(key))) {
            return map;
        }
        TreeMap<String, T> all = new TreeMap<>(map);
        all.put(key, value);
        if (all.size() > most) {
            all.pollLastEntry();
        }
        return all;
    }

    private static List<String> withParent(List<String> parents, Signal signal) {
        String parent = signal.link() == null ? "" : signal.link();
        if (parents.contains(parent)) {
            return parents;
        }
        List<String> all = new ArrayList<>(parents);
        all.add(parent);
        all.sort(Comparator.naturalOrder());
        return all.size() > MAX_PARENTS ? new ArrayList<>(all.subList(0, MAX_PARENTS)) : all;
    }

    private static String sourceKey(Signal signal) {
        return signal.eventTime() + "|" + signal.eventId() + '|' + String.join("|", signal.path());
    }

    private static Source source(Signal signal) {
        return new Source(
                signal.link() == null ? "" : signal.link(),
                signal.principal() == null ? "" : signal.principal(),
                signal.resources().isEmpty() ? null : signal.resources().get(0),
                signal.eventTime(),
                signal.eventId(),
                signal.sourceAddress(),
                signal.path());
    }

    private static Child child(Signal signal) {
        return new Child(
                signal.detail(),
                signal.resources().isEmpty() ? null : signal.resources().get(0),
                signal.eventTime(),
                signal.eventId());
    }

    private static Deed deed(Signal signal) {
        return new Deed(
                signal.eventTime(),
                signal.eventId(),
                signal.account(),
                signal.region(),
                signal.service(),
                signal.call(),
                signal.kind().equals(OrganizationSignals.UNJUDGED) ? signal.link() : signal.principal(),
                signal.errorCode(),
                signal.sourceAddress(),
                signal.resources().isEmpty() ? null : signal.resources().get(0),
                signal.kind().equals(OrganizationSignals.CALL) ? null : signal.detail(),
                signal.readOnly());
    }

    private static String kindOf(Deed deed) {
        return deed.service() + "|" + deed.call() + '|' + deed.region() + '|' + deed.principal() + '|' + deed.account()
                + '|' + (deed.errorCode() == null ? "" : "denied");
    }

    private static Signal origin(String child, Source source, OrganizationState state) {
        List<String> path = new ArrayList<>(source.path());
        path.add(state.subject());
        return new Signal(
                NAME,
                "session|" + child,
                OrganizationSignals.ISSUED,
                source.eventId(),
                source.time(),
                state.account(),
                null,
                null,
                null,
                source.principal(),
                null,
                null,
                null,
                null,
                source.sourceAddress(),
                null,
                source.roleArn() == null ? List.of() : List.of(source.roleArn()),
                null,
                source.account(),
                null,
                false,
                List.copyOf(path));
    }

    private static Signal child(String key, String child, Child issued, OrganizationState state) {
        return new Signal(
                NAME,
                key,
                OrganizationSignals.CHILD,
                issued.eventId(),
                issued.time(),
                state.account(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                issued.roleArn() == null ? List.of() : List.of(issued.roleArn()),
                null,
                child,
                issued.sessionArn(),
                false,
                List.of());
    }

    private static Signal parent(String key, String parent, OrganizationState state) {
        return new Signal(
                NAME,
                key,
                OrganizationSignals.PARENT,
                "",
                state.newest(),
                state.account(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                parent,
                state.sessionArn(),
                false,
                List.of());
    }

    private static Signal call(String key, Deed deed, OrganizationState state) {
        return new Signal(
                NAME,
                key,
                OrganizationSignals.CALL,
                deed.eventId(),
                deed.time(),
                deed.account(),
                deed.region(),
                deed.service(),
                deed.call(),
                deed.principal(),
                null,
                state.sessionArn(),
                state.subject(),
                null,
                deed.sourceAddress(),
                deed.errorCode(),
                deed.resource() == null ? List.of() : List.of(deed.resource()),
                null,
                null,
                deed.via(),
                deed.readOnly(),
                List.of());
    }
}
