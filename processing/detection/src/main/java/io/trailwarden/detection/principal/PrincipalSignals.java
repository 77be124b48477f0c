package io.trailwarden.detection.principal;

import io.trailwarden.detection.Call;
import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.SeenBefore;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.principal.PrincipalNews.Role;
import io.trailwarden.detection.reference.Expectation;
import io.trailwarden.detection.reference.Expectation.Use;
import io.trailwarden.detection.reference.Glob;
import io.trailwarden.detection.reference.PrincipalSettings;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.reference.StateMachine;
import io.trailwarden.event.ActorKey;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.AuditResource;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands on the first use of every kind and day: who, which call, where, on which state machine. */
final class PrincipalSignals implements SignalSource<PrincipalKey, PrincipalNews> {

    private static final long DAY_MILLIS = 86_400_000L;
    private static final int REMEMBERED = 1 << 19;
    private static final int REMEMBERED_NEEDS = 1 << 14;

    private final SeenBefore said = new SeenBefore(REMEMBERED, new SecureRandom().nextLong());
    private final long[] needsResources = new long[REMEMBERED_NEEDS];
    private @Nullable Reference known;

    @Override
    public void readCall(
            CloudTrailEvent event, Reference reference, Consumer<Signal<PrincipalKey, PrincipalNews>> out) {
        String actor = event.actorKey();
        if (event.eventName() == null || event.eventSource() == null || actor.equals(ActorKey.UNKNOWN)) {
            return;
        }
        String account = event.account();
        PrincipalSettings settings = reference.principals(account);
        boolean learned = settings.services() || !isService(event);
        if (!learned && reference.expectations().isEmpty()) {
            return;
        }
        forgetIfChanged(reference);
        long time = event.eventTime().toEpochMilli();
        long day = Math.floorDiv(time, DAY_MILLIS);
        long use = SeenBefore.hash(SeenBefore.hash(said.start(), account), actor);
        use = SeenBefore.hash(SeenBefore.hash(use, event.eventSource()), event.eventName());
        use = SeenBefore.hash(SeenBefore.hash(use, event.awsRegion()), event.stateMachineArn());
        if (reference.expectationsReadResources()
                && !event.resources().isEmpty()
                && needsResources(use, event, reference)) {
            List<AuditResource> resources = event.resources();
            for (int i = 0; i < resources.size(); i++) {
                use = SeenBefore.hash(use, resources.get(i).arn());
            }
        }
        if (!said.isNews(SeenBefore.hash(use, day), time) || isIgnored(settings, actor)) {
            return;
        }
        Call call = Call.of(event);
        boolean judged = isJudged(reference, Use.of(event, call.action(), call.resources()));
        if (learned || judged) {
            PrincipalNews news = new PrincipalNews(call, event.stateMachineArn(), null, learned, judged);
            out.accept(signal(PrincipalKey.principal(account, actor), event, news));
        }
        if (learned && isNewcomer(event)) {
            member(event, call, out);
        }
    }

    @Override
    public void readStep(ExecutionEvent event, Reference reference, Consumer<Signal<PrincipalKey, PrincipalNews>> out) {
        String role = event.roleArn();
        boolean starts = role != null && event.type().equals("ExecutionStarted");
        boolean schedules = event.type().equals("TaskScheduled") || event.type().equals("LambdaFunctionScheduled");
        if (!starts && !schedules) {
            return;
        }
        forgetIfChanged(reference);
        String service = starts ? "states.amazonaws.com" : service(event);
        String call = starts ? "ExecutionStarted" : call(event);
        String taken = starts ? role : event.taskRoleArn();
        long time = event.eventTime().toEpochMilli();
        long use = SeenBefore.hash(said.start(), event.stateMachineArn());
        use = SeenBefore.hash(SeenBefore.hash(use, service), call);
        use = SeenBefore.hash(SeenBefore.hash(use, taken), Math.floorDiv(time, DAY_MILLIS));
        if (!said.isNews(use, time) || isIgnored(reference.principals(event.account()), event.stateMachineArn())) {
            return;
        }
        Use seen = new Use(
                event.account(),
                event.stateMachineArn(),
                Phrases.action(service, call),
                event.region(),
                List.of(),
                StateMachine.base(event.stateMachineArn()),
                starts ? role : null);
        PrincipalNews news = new PrincipalNews(
                Call.of(event, service, call),
                event.stateMachineArn(),
                taken == null ? null : new Role(taken, starts),
                true,
                isJudged(reference, seen));
        out.accept(signal(PrincipalKey.machine(event.account(), event.stateMachineArn()), event, news));
    }

    private static Signal<PrincipalKey, PrincipalNews> signal(PrincipalKey key, AuditEvent event, PrincipalNews news) {
        return new Signal<>(PrincipalDetector.NAME, key, event.sighting(), news);
    }

    private void member(CloudTrailEvent event, Call call, Consumer<Signal<PrincipalKey, PrincipalNews>> out) {
        String account = event.account();
        String actor = event.actorKey();
        long time = event.eventTime().toEpochMilli();
        long day = Math.floorDiv(time, DAY_MILLIS);
        long who = SeenBefore.hash(SeenBefore.hash(said.start(), actor), account);
        if (said.isNews(SeenBefore.hash(who, day), time)) {
            int shard = Math.floorMod(actor.hashCode(), PrincipalDetector.ACCOUNT_SHARDS);
            PrincipalNews news = new PrincipalNews(call, null, null, true, false);
            out.accept(signal(PrincipalKey.account(account, shard), event, news));
        }
        if (said.isFirst(SeenBefore.hash(SeenBefore.hash(said.start(), account), day))) {
            for (int shard = 0; shard < PrincipalDetector.ACCOUNT_SHARDS; shard++) {
                out.accept(signal(PrincipalKey.account(account, shard), event, PrincipalNews.ACTIVE));
            }
        }
    }

    /** AWS acting on its own, or through a role that only AWS can take. */
    private static boolean isService(CloudTrailEvent event) {
        String type = event.userIdentity().type();
        if (type == null || type.equals("AWSService")) {
            return true;
        }
        String issuer = event.userIdentity().issuerArn();
        return issuer != null && issuer.contains(":role/aws-service-role/");
    }

    /** Whether the caller can be new in the account: strangers of other accounts are another detection's business. */
    private static boolean isNewcomer(CloudTrailEvent event) {
        String type = event.userIdentity().type();
        return type != null && !type.equals("AWSAccount") && !type.equals("AWSService");
    }

    private static boolean isIgnored(PrincipalSettings settings, String actor) {
        for (Glob glob : settings.ignore()) {
            if (glob.matches(actor)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isJudged(Reference reference, Use use) {
        for (Expectation expectation : reference.expectations()) {
            if (expectation.when().matches(use)) {
                return true;
            }
        }
        return false;
    }

    /** Remembered by the low bit, because it is asked of every event. */
    private boolean needsResources(long use, CloudTrailEvent event, Reference reference) {
        int place = (int) (use >>> 24) & (REMEMBERED_NEEDS - 1);
        if ((needsResources[place] & ~1L) == (use & ~1L)) {
            return (needsResources[place] & 1L) == 1L;
        }
        Use seen = Use.of(event, Phrases.action(event.eventSource(), event.eventName()), List.of());
        boolean needs = reference.expectations().stream().anyMatch(expectation -> expectation.needsResourcesOf(seen));
        needsResources[place] = needs ? use | 1L : use & ~1L;
        return needs;
    }

    private void forgetIfChanged(Reference reference) {
        if (reference != known) {
            said.clear();
            Arrays.fill(needsResources, 0);
            known = reference;
        }
    }

    /** {@code iam} of {@code aws-sdk:iam}. */
    private static String service(ExecutionEvent event) {
        String type = event.resourceType();
        if (type == null) {
            return event.type().startsWith("LambdaFunction") ? "lambda" : "unknown";
        }
        return type.startsWith("aws-sdk:") ? type.substring("aws-sdk:".length()) : type;
    }

    /** {@code sendMessage} of {@code sendMessage.waitForTaskToken}. */
    private static String call(ExecutionEvent event) {
        String resource = event.resource();
        if (event.type().startsWith("LambdaFunction")) {
            return "invoke";
        }
        if (resource == null) {
            return "unknown";
        }
        int dot = resource.indexOf('.');
        return dot > 0 ? resource.substring(0, dot) : resource;
    }
}
