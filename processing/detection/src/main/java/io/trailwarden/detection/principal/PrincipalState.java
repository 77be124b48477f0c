package io.trailwarden.detection.principal;

import io.trailwarden.detection.Published;
import io.trailwarden.detection.principal.PrincipalKey.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one principal, one state machine, or the principals of one account.
 *
 * @param subject the actor key, the state machine's ARN, or the account
 * @param type {@code userIdentity.type} of a principal
 * @param since event time of the first use; null as long as only uses are known that are not learned
 * @param newest event time of the latest signal
 * @param members of an account: what its members, kept as entries, have in common; else null
 * @param seen first uses by dimension (see the constants of {@link PrincipalDetector}) and name; of each dimension at
 *     most {@link PrincipalDetector#MAX_NAMES}, the earliest ones
 * @param uses uses that some expectation speaks about, by day and content; at most {@link PrincipalDetector#MAX_USES}
 * @param usesSince uses before this are forgotten; null: none is
 * @param full dimensions that reached their cap
 * @param published what stands about first uses
 * @param judged what stands about expectations
 */
public record PrincipalState(
        Kind kind,
        String account,
        String subject,
        @Nullable String type,
        @Nullable Instant since,
        Instant newest,
        @Nullable Members members,
        Map<String, Map<String, FirstUse>> seen,
        Map<String, JudgedUse> uses,
        @Nullable Instant usesSince,
        List<String> full,
        Published published,
        Published judged) {

    /**
     * The principals of an account that are remembered: at most {@link PrincipalDetector#MAX_NAMES}, the earliest ones.
     *
     * @param evidence id of the earliest event of all
     * @param earliest its time
     * @param latest the one to be forgotten next; null as long as there is room
     */
    public record Members(int count, Instant earliest, String evidence, @Nullable Place latest) {

        /** With this use among them. */
        Members with(FirstUse use, int more) {
            int byTime = use.time().compareTo(earliest);
            boolean before = byTime < 0 || byTime == 0 && use.eventId().compareTo(evidence) < 0;
            return new Members(count + more, before ? use.time() : earliest, before ? use.eventId() : evidence, latest);
        }

        Members withLatest(@Nullable Place place) {
            return new Members(count, earliest, evidence, place);
        }
    }

    /** Where a member stands in the order of first uses. */
    public record Place(Instant time, String eventId, String name) implements Comparable<Place> {

        static Place of(String name, FirstUse use) {
            return new Place(use.time(), use.eventId(), name);
        }

        @Override
        public int compareTo(Place other) {
            int byTime = time.compareTo(other.time);
            int byId = byTime != 0 ? byTime : eventId.compareTo(other.eventId);
            return byId != 0 ? byId : name.compareTo(other.name);
        }
    }

    /**
     * One principal of an account.
     *
     * @param published what stands about it; null: nothing
     */
    public record Member(FirstUse use, @Nullable Published published) {}

    /**
     * The first use of something.
     *
     * @param type of a principal in an account: {@code userIdentity.type}
     */
    public record FirstUse(
            Instant time,
            String eventId,
            @Nullable String service,
            @Nullable String call,
            @Nullable String region,
            @Nullable String errorCode,
            @Nullable String sourceAddress,
            @Nullable String invokedBy,
            @Nullable String type,
            boolean readOnly)
            implements Comparable<FirstUse> {

        @Override
        public int compareTo(FirstUse other) {
            int byTime = time.compareTo(other.time);
            return byTime != 0 ? byTime : eventId.compareTo(other.eventId);
        }
    }

    /** A use as expectations see it: the first of its kind on its day. */
    public record JudgedUse(
            Instant time,
            String eventId,
            String action,
            @Nullable String region,
            List<String> resources,
            @Nullable String stateMachine,
            @Nullable String executionRole,
            @Nullable String errorCode,
            @Nullable String sourceAddress,
            @Nullable String invokedBy)
            implements Comparable<JudgedUse> {

        @Override
        public int compareTo(JudgedUse other) {
            int byTime = time.compareTo(other.time);
            return byTime != 0 ? byTime : eventId.compareTo(other.eventId);
        }
    }
}
