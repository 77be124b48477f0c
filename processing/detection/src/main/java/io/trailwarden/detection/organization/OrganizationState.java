package io.trailwarden.detection.organization;

import io.trailwarden.detection.Call;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.organization.OrganizationKey.Kind;
import io.trailwarden.event.Bounded;
import io.trailwarden.event.Sighting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one key of the detection remembers.
 *
 * @param subject the access key id, session ARN or foreign account that the key is about
 * @param account the account in which it was seen
 * @param sources how the session came to be, where another account had a part in it; the earliest few, in order
 * @param parents access keys of the sessions that issued this one
 * @param children sessions that this one issued, by access key
 * @param deeds calls in order of time: the earliest {@link OrganizationDetector#MAX_EARLIEST}, and the first of each kind
 *     of at most {@link OrganizationDetector#MAX_KINDS} kinds
 * @param more whether there were more calls than the earliest
 * @param newest the latest event time seen
 * @param told digest of what was handed to the next round
 */
public record OrganizationState(
        Kind kind,
        String subject,
        String account,
        @Nullable String sessionArn,
        List<Source> sources,
        List<String> parents,
        Map<String, Child> children,
        List<Deed> deeds,
        boolean more,
        Instant newest,
        String told,
        Published published) {

    /**
     * How a session came to be: somebody of another account took a role.
     *
     * @param account the other account
     * @param principal who took it, see {@link io.trailwarden.event.ActorKey}
     * @param roleArn the role taken first
     * @param path access keys of the sessions between, the first of them issued for that role; empty when it is this one
     */
    public record Source(
            String account,
            String principal,
            @Nullable String roleArn,
            Instant time,
            String eventId,
            @Nullable String sourceAddress,
            List<String> path)
            implements Comparable<Source> {

        /** Bounds what is too long. */
        public Source {
            account = Bounded.text(account);
            principal = Bounded.text(principal);
            roleArn = Bounded.textOrNull(roleArn);
            eventId = Bounded.text(eventId);
            sourceAddress = Bounded.textOrNull(sourceAddress);
        }

        @Override
        public int compareTo(Source other) {
            int byTime = time.compareTo(other.time);
            int byEvent = byTime != 0 ? byTime : eventId.compareTo(other.eventId);
            return byEvent != 0 ? byEvent : path.toString().compareTo(other.path.toString());
        }

        /** Of a session that the session with this access key issued. */
        Source through(String accessKey) {
            List<String> longer = new ArrayList<>(path);
            longer.add(accessKey);
            return new Source(account, principal, roleArn, time, eventId, sourceAddress, longer);
        }
    }

    /** A session that this one issued. */
    public record Child(@Nullable String sessionArn, @Nullable String roleArn, Instant time, String eventId) {

        /** Bounds what is too long. */
        public Child {
            sessionArn = Bounded.textOrNull(sessionArn);
            roleArn = Bounded.textOrNull(roleArn);
            eventId = Bounded.text(eventId);
        }
    }

    /**
     * One call.
     *
     * @param principal who; of a call that nobody can judge the other account
     * @param via what it came through: a VPC endpoint, an execution
     */
    public record Deed(
            Instant time,
            String eventId,
            String account,
            @Nullable String region,
            @Nullable String service,
            @Nullable String call,
            @Nullable String principal,
            @Nullable String errorCode,
            @Nullable String sourceAddress,
            @Nullable String resource,
            @Nullable String via,
            boolean readOnly)
            implements Comparable<Deed> {

        /** This call, by this principal. */
        static Deed of(Sighting event, Call call, @Nullable String principal, @Nullable String via) {
            return new Deed(
                    event.time(),
                    event.eventId(),
                    call.account(),
                    call.region(),
                    call.operation().service(),
                    call.operation().name(),
                    principal,
                    call.errorCode(),
                    call.caller().sourceAddress(),
                    call.resources().isEmpty() ? null : call.resources().get(0),
                    Bounded.textOrNull(via),
                    call.operation().readOnly());
        }

        @Override
        public int compareTo(Deed other) {
            int byTime = time.compareTo(other.time);
            int byEvent = byTime != 0 ? byTime : eventId.compareTo(other.eventId);
            // One event may be seen for several principals or accounts.
            return byEvent != 0 ? byEvent : String.valueOf(principal).compareTo(String.valueOf(other.principal));
        }
    }
}
