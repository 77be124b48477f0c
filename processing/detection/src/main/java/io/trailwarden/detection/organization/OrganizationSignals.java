package io.trailwarden.detection.organization;

import io.trailwarden.detection.Call;
import io.trailwarden.detection.FirstFew;
import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.SeenBefore;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.organization.OrganizationState.Child;
import io.trailwarden.detection.organization.OrganizationState.Deed;
import io.trailwarden.detection.organization.OrganizationState.Source;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
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
final class OrganizationSignals implements SignalSource<OrganizationKey, OrganizationNews> {

    static final String ANONYMOUS = "anonymous";

    private static final long DAY_MILLIS = 86_400_000L;
    private static final int REMEMBERED_DEEDS = 1 << 18;
    private static final int REMEMBERED_GROUPS = 1 << 17;

    private final SeenBefore said = new SeenBefore(REMEMBERED_DEEDS, new SecureRandom().nextLong());
    // One more than is kept, so that the state notices that there was one more.
    private final FirstFew few = new FirstFew(OrganizationDetector.MAX_EARLIEST + 1, REMEMBERED_GROUPS);

    @Override
    public void readCall(
            CloudTrailEvent event, Reference reference, Consumer<Signal<OrganizationKey, OrganizationNews>> out) {
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
                call(event, key, 0, out);
            } else if (identity.arn() != null) {
                call(event, identity.arn(), day(event), out);
            }
        }
    }

    @Override
    public void readStep(
            ExecutionEvent event, Reference reference, Consumer<Signal<OrganizationKey, OrganizationNews>> out) {
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

    private static void issued(
            CloudTrailEvent event, String foreign, Consumer<Signal<OrganizationKey, OrganizationNews>> out) {
        Source source = new Source(
                foreign,
                event.actorKey(),
                event.assumedRoleArn(),
                event.eventTime(),
                event.eventId(),
                event.sourceIpAddress(),
                List.of());
        String arn = event.issuedSessionArn();
        OrganizationNews news = OrganizationNews.source(event.account(), arn, source);
        String key = accessKey(event.issuedAccessKeyId());
        if (key != null) {
            out.accept(signal(OrganizationKey.session(key), event, news));
        }
        if (arn != null) {
            // A session lasts at most twelve hours, so it may live on two days.
            out.accept(signal(OrganizationKey.sessionArn(arn, day(event)), event, news));
            out.accept(signal(OrganizationKey.sessionArn(arn, day(event) + 1), event, news));
        }
    }

    private static void link(
            CloudTrailEvent event,
            String parent,
            String issuedKey,
            Consumer<Signal<OrganizationKey, OrganizationNews>> out) {
        String child = accessKey(issuedKey);
        if (child == null) {
            return;
        }
        String account = event.account();
        String arn = event.issuedSessionArn();
        Child session = new Child(arn, event.assumedRoleArn(), event.eventTime(), event.eventId());
        out.accept(signal(OrganizationKey.session(parent), event, OrganizationNews.child(account, child, session)));
        out.accept(signal(OrganizationKey.session(child), event, OrganizationNews.parent(account, arn, parent)));
    }

    /** A call of the session with this access key; where a day is given, of the session with this ARN on it. */
    private void call(
            CloudTrailEvent event, String session, long day, Consumer<Signal<OrganizationKey, OrganizationNews>> out) {
        long group = SeenBefore.hash(SeenBefore.hash(said.start(), session), day);
        long deed = SeenBefore.hash(group, event.eventSource());
        deed = SeenBefore.hash(deed, event.eventName());
        deed = SeenBefore.hash(deed, event.awsRegion());
        deed = SeenBefore.hash(deed, event.errorCode() == null ? 0 : 1);
        long time = event.eventTime().toEpochMilli();
        // Both memories must learn of it, so no short circuit.
        if (few.passes(group, time) | said.isNews(deed, time)) {
            out.accept(signal(
                    day == 0 ? OrganizationKey.session(session) : OrganizationKey.sessionArn(session, day),
                    event,
                    OrganizationNews.deed(
                            event.account(),
                            event.userIdentity().arn(),
                            Deed.of(event.sighting(), Call.of(event), event.actorKey(), null))));
        }
    }

    private void sighting(
            CloudTrailEvent event, String foreign, Consumer<Signal<OrganizationKey, OrganizationNews>> out) {
        if (isWorthIt(event, foreign)) {
            Deed deed = Deed.of(event.sighting(), Call.of(event), event.actorKey(), event.vpcEndpointId());
            out.accept(signal(
                    OrganizationKey.sighting(foreign, event.account(), day(event)),
                    event,
                    OrganizationNews.deed(event.account(), null, deed)));
        }
    }

    private void reach(
            CloudTrailEvent event,
            String local,
            Reference reference,
            Consumer<Signal<OrganizationKey, OrganizationNews>> out) {
        List<AuditResource> resources = event.resources();
        for (int i = 0; i < resources.size(); i++) {
            String owner = resources.get(i).accountId();
            if (owner != null && !owner.equals(local) && isAccount(owner) && isFirst(resources, i)) {
                if (isWorthIt(event, owner)) {
                    Call call = Call.of(event).withResources(arnsOf(resources, owner));
                    out.accept(signal(
                            OrganizationKey.reach(owner, local, day(event)),
                            event,
                            OrganizationNews.deed(
                                    local, null, Deed.of(event.sighting(), call, event.actorKey(), null))));
                }
                unjudged(event, owner, reference, out);
            }
        }
    }

    private void reach(
            ExecutionEvent event,
            String arn,
            Reference reference,
            Consumer<Signal<OrganizationKey, OrganizationNews>> out) {
        String owner = Phrases.account(arn);
        String local = event.account();
        if (owner.equals(local) || !isAccount(owner)) {
            return;
        }
        Call call = Call.of(event, event.resourceType(), event.resource()).withResources(List.of(arn));
        Deed deed = Deed.of(event.sighting(), call, event.stateMachineArn(), event.executionArn());
        out.accept(signal(
                OrganizationKey.reach(owner, local, day(event)), event, OrganizationNews.deed(local, null, deed)));
        if (!reference.accounts().known()) {
            Deed unjudged = Deed.of(event.sighting(), call, owner, event.executionArn());
            out.accept(signal(OrganizationKey.DIRECTORY, event, OrganizationNews.deed(local, null, unjudged)));
        }
    }

    private static boolean isFirst(List<AuditResource> resources, int index) {
        String account = resources.get(index).accountId();
        for (int i = 0; i < index; i++) {
            if (account != null && account.equals(resources.get(i).accountId())) {
                return false;
            }
        }
        return true;
    }

    private static List<String> arnsOf(List<AuditResource> resources, String owner) {
        List<String> arns = new ArrayList<>();
        for (AuditResource resource : resources) {
            if (owner.equals(resource.accountId()) && resource.arn() != null && arns.size() < Call.MAX_RESOURCES) {
                arns.add(resource.arn());
            }
        }
        return arns;
    }

    /** Whether it is one of the earliest few or the first of its kind between two accounts on a day. */
    private boolean isWorthIt(CloudTrailEvent event, String other) {
        long group = SeenBefore.hash(SeenBefore.hash(said.start(), other), event.account());
        group = SeenBefore.hash(group, day(event));
        long deed = SeenBefore.hash(group, event.eventSource());
        deed = SeenBefore.hash(deed, event.eventName());
        deed = SeenBefore.hash(deed, event.awsRegion());
        deed = SeenBefore.hash(deed, event.actorKey());
        deed = SeenBefore.hash(deed, event.errorCode() == null ? 0 : 1);
        long time = event.eventTime().toEpochMilli();
        return few.passes(group, time) | said.isNews(deed, time);
    }

    /** Says once per pair of accounts and day that nobody can say whose the other account is. */
    private void unjudged(
            CloudTrailEvent event,
            String foreign,
            Reference reference,
            Consumer<Signal<OrganizationKey, OrganizationNews>> out) {
        if (reference.accounts().known() || foreign.equals(ANONYMOUS)) {
            return;
        }
        long pair = SeenBefore.hash(SeenBefore.hash(said.start(), "unjudged"), foreign);
        pair = SeenBefore.hash(SeenBefore.hash(pair, event.account()), day(event));
        if (said.isNews(pair, event.eventTime().toEpochMilli())) {
            Deed deed = Deed.of(event.sighting(), Call.of(event), foreign, null);
            out.accept(signal(OrganizationKey.DIRECTORY, event, OrganizationNews.deed(event.account(), null, deed)));
        }
    }

    private static Signal<OrganizationKey, OrganizationNews> signal(
            OrganizationKey key, AuditEvent event, OrganizationNews news) {
        return new Signal<>(OrganizationDetector.NAME, key, event.sighting(), news);
    }

    private static long day(AuditEvent event) {
        return Math.floorDiv(event.eventTime().toEpochMilli(), DAY_MILLIS);
    }
}
