package io.trailwarden.detection.organization;

import io.trailwarden.detection.FirstFew;
import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.SeenBefore;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditResource;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.UserIdentity;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands on who takes roles, who calls from elsewhere, and of every role session the first call of each kind and the
 * earliest few: whether the session is a stranger's is not known here, and may become known later.
 */
final class OrganizationSignals implements SignalSource {

    static final String CALL = "call";
    static final String ISSUED = "issued";
    static final String PARENT = "parent";
    static final String CHILD = "child";
    static final String SIGHTING = "sighting";
    static final String REACH = "reach";
    static final String UNJUDGED = "unjudged";

    static final String ANONYMOUS = "anonymous";

    private static final long DAY_MILLIS = 86_400_000L;
    private static final int REMEMBERED_DEEDS = 1 << 18;
    private static final int REMEMBERED_GROUPS = 1 << 17;

    private final SeenBefore said = new SeenBefore(REMEMBERED_DEEDS, new SecureRandom().nextLong());
    // One more than is kept, so that the state notices that there was one more.
    private final FirstFew few = new FirstFew(OrganizationDetector.MAX_EARLIEST + 1, REMEMBERED_GROUPS);

    @Override
    public void read(CloudTrailEvent event, Reference reference, Consumer<Signal> out) {
        UserIdentity identity = event.userIdentity();
        String type = identity.type();
        if (type == null || type.equals("AWSService") || event.eventName() == null) {
            return;
        }
        String local = event.account();
        String caller = identity.accountId();
        boolean tookRole = tookRole(event);
        if (type.equals("AWSAccount") || caller != null && !caller.equals(local)) {
            String foreign = foreign(identity, local);
            if (foreign != null) {
                if (tookRole) {
                    issued(event, foreign, out);
                } else {
                    sighting(event, foreign, out);
                }
                unjudged(event, foreign, reference, out);
            }
        } else if (!event.resources().isEmpty()) {
            reach(event, local, reference, out);
        }
        if (type.equals("AssumedRole") && !isAwsOwn(identity.issuerArn()) && !isTakenByAws(event)) {
            String key = accessKey(identity.accessKeyId());
            if (key != null) {
                if (tookRole && event.issuedAccessKeyId() != null) {
                    link(event, key, event.issuedAccessKeyId(), out);
                }
                call(event, "session|", key, 0, out);
            } else if (identity.arn() != null) {
                call(event, "arn|", identity.arn(), day(event.eventTime().toEpochMilli()), out);
            }
        }
    }

    @Override
    public void read(ExecutionEvent event, Reference reference, Consumer<Signal> out) {
        if (event.taskRoleArn() != null) {
            reach(event, event.taskRoleArn(), reference, out);
        }
        if (event.resource() != null && event.type().equals("LambdaFunctionScheduled")) {
            reach(event, event.resource(), reference, out);
        }
    }

    /** A successful {@code AssumeRole}, {@code AssumeRoleWithSAML} or {@code AssumeRoleWithWebIdentity}. */
    private static boolean tookRole(CloudTrailEvent event) {
        return event.eventName() != null
                && event.eventName().startsWith("AssumeRole")
                && "sts.amazonaws.com".equals(event.eventSource())
                && (event.issuedAccessKeyId() != null || event.issuedSessionArn() != null);
    }

    /** Roles that only AWS services, or only the organization's own directory of people, can take. */
    private static boolean isAwsOwn(@Nullable String roleArn) {
        return roleArn != null
                && (roleArn.contains(":role/aws-service-role/")
                        || roleArn.contains(":role/aws-reserved/sso.amazonaws.com/"));
    }

    /**
     * An instance or a state machine at work: AWS took the role itself, so the session cannot be a stranger's. How an
     * instance got its session, and the source address, say so; unlike a session's name the caller cannot choose them.
     */
    private static boolean isTakenByAws(CloudTrailEvent event) {
        return event.userIdentity().ec2RoleDelivery() != null
                || "states.amazonaws.com".equals(event.sourceIpAddress())
                        && "states.amazonaws.com".equals(event.userIdentity().invokedBy());
    }

    private static @Nullable String foreign(UserIdentity identity, String local) {
        if (isAnonymous(identity.accountId()) || isAnonymous(identity.principalId())) {
            return ANONYMOUS;
        }
        String account = identity.accountId();
        return isAccount(account) && !local.isEmpty() && !local.equals(account) ? account : null;
    }

    private static boolean isAnonymous(@Nullable String name) {
        return name != null && (name.equalsIgnoreCase("anonymous") || name.equalsIgnoreCase("ANONYMOUS_PRINCIPAL"));
    }

    private static boolean isAccount(@Nullable String id) {
        if (id == null || id.length() != 12) {
            return false;
        }
        for (int i = 0; i < 12; i++) {
            if (id.charAt(i) < '0' || id.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** The key id, unless it is missing or masked. */
    private static @Nullable String accessKey(@Nullable String id) {
        return id == null || id.isEmpty() || id.indexOf('*') >= 0 ? null : id;
    }

    private static void issued(CloudTrailEvent event, String foreign, Consumer<Signal> out) {
        Signal signal = Signal.of(OrganizationDetector.NAME, "", ISSUED, event)
                .withLink(foreign, event.issuedSessionArn())
                .withResources(event.assumedRoleArn() == null ? List.of() : List.of(event.assumedRoleArn()));
        String key = accessKey(event.issuedAccessKeyId());
        if (key != null) {
            out.accept(signal.as("session|" + key, ISSUED));
        }
        if (event.issuedSessionArn() != null) {
            // A session lasts at most twelve hours, so it may live on two days.
            long day = day(event.eventTime().toEpochMilli());
            out.accept(signal.as("arn|" + event.issuedSessionArn() + '|' + day, ISSUED));
            out.accept(signal.as("arn|" + event.issuedSessionArn() + '|' + (day + 1), ISSUED));
        }
    }

    private static void link(CloudTrailEvent event, String parent, String issuedKey, Consumer<Signal> out) {
        String child = accessKey(issuedKey);
        if (child == null) {
            return;
        }
        Signal signal = Signal.of(OrganizationDetector.NAME, "", CHILD, event)
                .withResources(event.assumedRoleArn() == null ? List.of() : List.of(event.assumedRoleArn()));
        out.accept(signal.withLink(child, event.issuedSessionArn()).as("session|" + parent, CHILD));
        out.accept(signal.withLink(parent, event.issuedSessionArn()).as("session|" + child, PARENT));
    }

    private void call(CloudTrailEvent event, String prefix, String session, long day, Consumer<Signal> out) {
        long group = SeenBefore.hash(SeenBefore.hash(said.start(), session), day);
        long deed = SeenBefore.hash(group, event.eventSource());
        deed = SeenBefore.hash(deed, event.eventName());
        deed = SeenBefore.hash(deed, event.awsRegion());
        deed = SeenBefore.hash(deed, event.errorCode() == null ? 0 : 1);
        long time = event.eventTime().toEpochMilli();
        // Both memories must learn of it, so no short circuit.
        if (few.passes(group, time) | said.isNews(deed, time)) {
            String key = day == 0 ? prefix + session : prefix + session + '|' + day;
            out.accept(Signal.of(OrganizationDetector.NAME, key, CALL, event));
        }
    }

    private void sighting(CloudTrailEvent event, String foreign, Consumer<Signal> out) {
        String key = "sighting|" + foreign + '|' + event.account() + '|'
                + day(event.eventTime().toEpochMilli());
        if (isWorthIt(event, key)) {
            out.accept(Signal.of(OrganizationDetector.NAME, key, SIGHTING, event)
                    .withLink(foreign, event.vpcEndpointId()));
        }
    }

    private void reach(CloudTrailEvent event, String local, Reference reference, Consumer<Signal> out) {
        List<AuditResource> resources = event.resources();
        for (int i = 0; i < resources.size(); i++) {
            String owner = resources.get(i).accountId();
            if (owner != null && !owner.equals(local) && isAccount(owner) && isFirst(resources, i)) {
                String key = "reach|" + owner + '|' + local + '|'
                        + day(event.eventTime().toEpochMilli());
                if (isWorthIt(event, key)) {
                    Signal signal = Signal.of(OrganizationDetector.NAME, key, REACH, event)
                            .withLink(owner, null)
                            .withResources(arnsOf(resources, owner));
                    out.accept(signal);
                }
                unjudged(event, owner, reference, out);
            }
        }
    }

    private void reach(ExecutionEvent event, String arn, Reference reference, Consumer<Signal> out) {
        String owner = Phrases.account(arn);
        if (owner.equals(event.account()) || !isAccount(owner)) {
            return;
        }
        String key = "reach|" + owner + '|' + event.account() + '|'
                + day(event.eventTime().toEpochMilli());
        Signal signal = Signal.of(OrganizationDetector.NAME, key, REACH, event)
                .withResources(List.of(arn))
                .withLink(owner, event.executionArn());
        out.accept(signal);
        if (!reference.accounts().known()) {
            out.accept(signal.as(OrganizationDetector.DIRECTORY, UNJUDGED));
        }
    }

    private static boolean isFirst(List<AuditResource> resources, int index) {
        for (int i = 0; i < index; i++) {
            if (resources.get(index).accountId() != null
                    && resources.get(index).accountId().equals(resources.get(i).accountId())) {
                return false;
            }
        }
        return true;
    }

    private static List<String> arnsOf(List<AuditResource> resources, String owner) {
        List<String> arns = new ArrayList<>();
        for (AuditResource resource : resources) {
            if (owner.equals(resource.accountId()) && resource.arn() != null && arns.size() < Signal.MAX_RESOURCES) {
                arns.add(resource.arn());
            }
        }
        return arns;
    }

    private boolean isWorthIt(CloudTrailEvent event, String key) {
        long group = SeenBefore.hash(said.start(), key);
        long deed = SeenBefore.hash(group, event.eventSource());
        deed = SeenBefore.hash(deed, event.eventName());
        deed = SeenBefore.hash(deed, event.awsRegion());
        deed = SeenBefore.hash(deed, event.actorKey());
        deed = SeenBefore.hash(deed, event.errorCode() == null ? 0 : 1);
        long time = event.eventTime().toEpochMilli();
        return few.passes(group, time) | said.isNews(deed, time);
    }

    /** Says once per pair of accounts and day that nobody can say whose the other account is. */
    private void unjudged(CloudTrailEvent event, String foreign, Reference reference, Consumer<Signal> out) {
        if (reference.accounts().known() || foreign.equals(ANONYMOUS)) {
            return;
        }
        long time = event.eventTime().toEpochMilli();
        long pair = SeenBefore.hash(SeenBefore.hash(said.start(), "unjudged"), foreign);
        pair = SeenBefore.hash(SeenBefore.hash(pair, event.account()), day(time));
        if (said.isNews(pair, time)) {
            out.accept(Signal.of(OrganizationDetector.NAME, OrganizationDetector.DIRECTORY, UNJUDGED, event)
                    .withLink(foreign, null));
        }
    }

    private static long day(long millis) {
        return Math.floorDiv(millis, DAY_MILLIS);
    }
}
