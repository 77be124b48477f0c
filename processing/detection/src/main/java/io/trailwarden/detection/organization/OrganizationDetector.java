package io.trailwarden.detection.organization;

import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.organization.OrganizationKey.Kind;
import io.trailwarden.detection.organization.OrganizationState.Child;
import io.trailwarden.detection.organization.OrganizationState.Deed;
import io.trailwarden.detection.organization.OrganizationState.Source;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Sighting;
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
public final class OrganizationDetector implements KeyedDetector<OrganizationKey, OrganizationNews, OrganizationState> {

    /** The detection's key. */
    public static final String NAME = "outside-organization";

    /** How many kinds of calls are remembered per session, or per pair of accounts and day. */
    public static final int MAX_KINDS = 100;

    /** How many calls are remembered whatever their kind. */
    public static final int MAX_EARLIEST = 20;

    /** How many sessions a session may have issued before the further ones are only counted as "more". */
    public static final int MAX_CHILDREN = 50;

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
    public Class<OrganizationKey> keyType() {
        return OrganizationKey.class;
    }

    @Override
    public Class<OrganizationNews> newsType() {
        return OrganizationNews.class;
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
    public SignalSource<OrganizationKey, OrganizationNews> signals() {
        return new OrganizationSignals();
    }

    @Override
    public OrganizationState merge(
            @Nullable OrganizationState before, Signal<OrganizationKey, OrganizationNews> signal) {
        Sighting event = signal.event();
        OrganizationNews news = signal.news();
        OrganizationState state = before == null ? empty(signal.key(), event, news) : before;
        List<Source> sources = state.sources();
        List<String> parents = state.parents();
        Map<String, Child> children = state.children();
        List<Deed> deeds = state.deeds();
        boolean more = state.more();
        if (news.source() != null) {
            sources = withSource(sources, news.source());
        }
        if (news.parent() != null) {
            parents = withParent(parents, news.parent());
        }
        if (news.child() != null) {
            String issued = news.child().accessKey();
            more |= !children.containsKey(issued) && children.size() >= MAX_CHILDREN;
            children = with(children, issued, news.child().session(), MAX_CHILDREN);
        }
        if (news.deed() != null) {
            deeds = withDeed(deeds, news.deed());
            more |= deeds.size() > MAX_EARLIEST;
            deeds = more ? remembered(deeds) : deeds;
        }
        Instant newest = event.time().isAfter(state.newest()) ? event.time() : state.newest();
        String sessionArn = sessionArn(state, news);
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
        Set<CallKind> kinds = new HashSet<>();
        for (Deed deed : deeds) {
            boolean isFirst = kinds.size() < MAX_KINDS && kinds.add(CallKind.of(deed));
            if (isFirst || kept.size() < MAX_EARLIEST) {
                kept.add(deed);
            }
        }
        return kept;
    }

    @Override
    public OrganizationState evaluate(OrganizationState state, Round<OrganizationKey, OrganizationNews> round) {
        String told = tell(state, round);
        Published published = round.findings()
                .settle(state.published(), Outsiders.conclude(state, round.reference(), round.number(), ROUNDS));
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
    private static String tell(OrganizationState state, Round<OrganizationKey, OrganizationNews> round) {
        if (round.number() == ROUNDS || state.kind() != Kind.SESSION) {
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
                state.sources().toString(),
                state.parents().toString(),
                new TreeMap<>(state.children()).toString(),
                state.deeds().toString());
        if (content.equals(state.told())) {
            return content;
        }
        if (isOrigin) {
            for (String child : state.children().keySet()) {
                for (Source source : state.sources()) {
                    round.tell(
                            OrganizationKey.session(child),
                            new Sighting(source.time(), source.eventId()),
                            OrganizationNews.source(state.account(), null, source.through(state.subject())));
                }
            }
        }
        if (isIssued) {
            String account = state.account();
            String arn = state.sessionArn();
            for (String parent : state.parents()) {
                round.tell(
                        round.key(), new Sighting(state.newest(), ""), OrganizationNews.parent(account, arn, parent));
            }
            state.children()
                    .forEach((key, child) -> round.tell(
                            round.key(),
                            new Sighting(child.time(), child.eventId()),
                            OrganizationNews.child(account, key, child)));
            for (Deed deed : state.deeds()) {
                round.tell(
                        round.key(),
                        new Sighting(deed.time(), deed.eventId()),
                        OrganizationNews.deed(deed.account(), arn, deed));
            }
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

    private static OrganizationState empty(OrganizationKey key, Sighting event, OrganizationNews news) {
        return new OrganizationState(
                key.kind(),
                key.subject(),
                key.kind() == Kind.DIRECTORY ? "" : news.account(),
                null,
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                false,
                event.time(),
                "",
                Published.NOTHING);
    }

    /** The session's own ARN: of its calls, else of the record that issued it. */
    private static @Nullable String sessionArn(OrganizationState state, OrganizationNews news) {
        if (state.kind() != Kind.SESSION && state.kind() != Kind.SESSION_ARN) {
            return null;
        }
        String arn = news.sessionArn();
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

    private static List<String> withParent(List<String> parents, String parent) {
        if (parents.contains(parent)) {
            return parents;
        }
        List<String> all = new ArrayList<>(parents);
        all.add(parent);
        all.sort(Comparator.naturalOrder());
        return all.size() > MAX_PARENTS ? new ArrayList<>(all.subList(0, MAX_PARENTS)) : all;
    }

    private static List<Source> withSource(List<Source> sources, Source source) {
        int place = Collections.binarySearch(sources, source);
        if (place >= 0) {
            return sources;
        }
        List<Source> all = new ArrayList<>(sources);
        all.add(~place, source);
        return all.size() > MAX_SOURCES ? new ArrayList<>(all.subList(0, MAX_SOURCES)) : all;
    }

    /** What makes a call one of a kind. */
    private record CallKind(
            @Nullable String service,
            @Nullable String call,
            @Nullable String region,
            @Nullable String principal,
            String account,
            boolean denied) {

        static CallKind of(Deed deed) {
            return new CallKind(
                    deed.service(),
                    deed.call(),
                    deed.region(),
                    deed.principal(),
                    deed.account(),
                    deed.errorCode() != null);
        }
    }
}
