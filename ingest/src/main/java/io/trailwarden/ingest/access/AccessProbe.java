package io.trailwarden.ingest.access;

import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSession;
import io.trailwarden.ingest.inventory.InventoryConfig;
import io.trailwarden.ingest.logs.LogsConfig;
import io.trailwarden.ingest.lookup.LookupConfig;
import io.trailwarden.ingest.s3.BucketConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;
import software.amazon.awssdk.services.cloudwatchlogs.model.StartLiveTailResponseHandler;
import software.amazon.awssdk.services.organizations.model.ListRootsRequest;
import software.amazon.awssdk.services.organizations.model.ListRootsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.sfn.model.ListStateMachinesRequest;
import software.amazon.awssdk.services.sfn.model.ListStateMachinesResponse;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Tries each permission that an input needs by a call that changes nothing: it reads one thing, or names one that does not
 * exist, which AWS tells only to those who may know. What cannot be tried so is said to be untried.
 */
public final class AccessProbe {

    /** What came of one try. */
    public enum Verdict {
        /** The call was allowed. */
        GRANTED,
        /** AWS says that it is not allowed. */
        DENIED,
        /** It failed for another reason. */
        FAILED,
        /** There is no harmless way to try it, or nothing to try it on. */
        UNTRIED
    }

    /**
     * One permission.
     *
     * @param permission IAM's name of it; where AWS named another one that is missing, that
     * @param on what it was tried on: a name, an ARN, or {@code *}
     * @param found what was seen; what AWS said where it refused
     * @param advice what should be better all the same, or where to look; null: nothing
     */
    public record Outcome(String permission, String on, Verdict verdict, String found, @Nullable String advice) {}

    /** AWS ends its refusals with what was not allowed. */
    private static final Pattern MISSING = Pattern.compile("perform: ([a-z0-9-]{2,40}:[A-Za-z0-9]{2,60})");

    private static final int MOST_GROUPS = 10;
    private static final int MOST_PAGES = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String NOT_THERE = "trailwarden-doctor";

    private final AwsSession session;

    /** Tries as the inputs with this session would. */
    public AccessProbe(AwsSession session) {
        this.session = session;
    }

    /** Whose credentials these are, and whether the role may be assumed with them. */
    public Outcome identity() {
        String role = session.access().role();
        String permission = role == null ? "sts:GetCallerIdentity" : "sts:AssumeRole";
        String on = role == null ? "credentials" : role;
        try {
            return new Outcome(
                    permission,
                    on,
                    Verdict.GRANTED,
                    "called as " + session.sts().getCallerIdentity().arn(),
                    null);
        } catch (SdkException e) {
            return judged(permission, on, e);
        }
    }

    /** What Event history needs. */
    public List<Outcome> lookup(LookupConfig config) throws InterruptedException {
        return List.of(attempt(
                AwsApi.LOOKUP_EVENTS,
                "*",
                () -> session.cloudTrail()
                                .lookupEvents(lookup -> lookup.maxResults(1))
                                .events()
                                .size()
                        + " event read"));
    }

    /** What log groups need. */
    public List<Outcome> logs(LogsConfig config) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        Map<String, String> groups = new LinkedHashMap<>();
        config.groups().forEach(group -> groups.put(group, ""));
        List<String> prefixes = new ArrayList<>(config.prefixes());
        if (config.live()) {
            prefixes.addAll(config.groups());
        }
        for (String prefix : prefixes) {
            outcomes.add(attempt(AwsApi.DESCRIBE_LOG_GROUPS, prefix + "*", () -> {
                DescribeLogGroupsResponse answer = session.logs()
                        .describeLogGroups(DescribeLogGroupsRequest.builder()
                                .logGroupNamePrefix(prefix)
                                .limit(1)
                                .build());
                for (LogGroup group : answer.logGroups()) {
                    groups.put(group.logGroupName(), String.valueOf(group.arn()).replaceAll(":\\*$", ""));
                }
                return answer.logGroups().isEmpty()
                        ? "no log group there yet"
                        : "found " + answer.logGroups().get(0).logGroupName();
            }));
        }
        for (String group : groups.keySet().stream().limit(MOST_GROUPS).toList()) {
            outcomes.add(attempt(AwsApi.FILTER_LOG_EVENTS, group, () -> {
                session.logs().filterLogEvents(filter -> filter.logGroupName(group)
                        .startTime(session.now().minus(PATIENCE).toEpochMilli())
                        .limit(1));
                return "it can be read";
            }));
        }
        if (config.live()) {
            outcomes.add(groups.values().stream()
                    .filter(arn -> !arn.isEmpty())
                    .findFirst()
                    .map(this::liveTail)
                    .orElse(untried(AwsApi.START_LIVE_TAIL, "no log group there to try it on")));
        }
        return outcomes;
    }

    /** Begins a session and ends it at once. */
    private Outcome liveTail(String arn) {
        CompletableFuture<String> begun = new CompletableFuture<>();
        StartLiveTailResponseHandler handler = StartLiveTailResponseHandler.builder()
                .subscriber(StartLiveTailResponseHandler.Visitor.builder()
                        .onSessionStart(start -> begun.complete("a session was begun and ended"))
                        .build())
                .build();
        CompletableFuture<Void> call = new CompletableFuture<>();
        try {
            call = session.once(AwsApi.START_LIVE_TAIL, () -> session.logsStream()
                    .startLiveTail(start -> start.logGroupIdentifiers(arn), handler));
            call.whenComplete((nothing, problem) -> begun.completeExceptionally(
                    problem == null ? SdkClientException.create("the session ended at once") : problem));
            String found = begun.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return new Outcome(AwsApi.START_LIVE_TAIL.permission(), arn, Verdict.GRANTED, found, null);
        } catch (SdkException e) {
            return judged(AwsApi.START_LIVE_TAIL.permission(), arn, e);
        } catch (ExecutionException e) {
            SdkException problem = sdkException(e);
            return judged(AwsApi.START_LIVE_TAIL.permission(), arn, problem);
        } catch (TimeoutException e) {
            return new Outcome(
                    AwsApi.START_LIVE_TAIL.permission(),
                    arn,
                    Verdict.FAILED,
                    "no answer within " + PATIENCE.toSeconds() + " s",
                    null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return untried(AwsApi.START_LIVE_TAIL, "interrupted");
        } finally {
            call.cancel(true);
        }
    }

    private static SdkException sdkException(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof SdkException found) {
                return found;
            }
        }
        return SdkClientException.create(String.valueOf(problem.getMessage()), problem);
    }

    /**
     * What buckets and their queue need.
     *
     * @param custody whether digests are watched too
     */
    public List<Outcome> bucket(BucketConfig config, boolean custody) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        String prefix = config.backfill() == null
                ? "AWSLogs/"
                : config.backfill().prefixes().get(0);
        for (String bucket : config.buckets().stream().sorted().toList()) {
            String[] key = {prefix + NOT_THERE};
            Outcome listed = attempt(AwsApi.LIST_OBJECTS, bucket, () -> {
                List<S3Object> objects = session.s3()
                        .listObjectsV2(ListObjectsV2Request.builder()
                                .bucket(bucket)
                                .prefix(prefix)
                                .maxKeys(1)
                                .expectedBucketOwner(config.owner())
                                .build())
                        .contents();
                objects.forEach(object -> key[0] = object.key());
                return objects.isEmpty() ? "nothing below " + prefix + " yet" : "found " + key[0];
            });
            outcomes.add(listed);
            outcomes.add(getObject(config, bucket, key[0], listed.verdict() == Verdict.GRANTED));
        }
        String queue = config.queue();
        if (queue != null) {
            queue(queue, outcomes);
        }
        if (custody) {
            outcomes.add(attempt(AwsApi.LIST_PUBLIC_KEYS, "*", () -> {
                Instant now = session.now();
                return session.cloudTrail()
                                .listPublicKeys(list -> list.startTime(now.minus(Duration.ofDays(1)))
                                        .endTime(now))
                                .publicKeyList()
                                .size()
                        + " keys";
            }));
            outcomes.add(untried(AwsApi.TRAIL_STATUS, "which trails there are, digests tell"));
        }
        return outcomes;
    }

    private Outcome getObject(BucketConfig config, String bucket, String key, boolean listable)
            throws InterruptedException {
        String on = bucket + "/" + key;
        Outcome outcome = attempt(AwsApi.GET_OBJECT, on, () -> {
            session.s3()
                    .getObject(GetObjectRequest.builder()
                            .bucket(bucket)
                            .key(key)
                            .range("bytes=0-0")
                            .expectedBucketOwner(config.owner())
                            .build())
                    .abort();
            return "it can be read";
        });
        // Without s3:ListBucket, S3 says "denied" of what is not there.
        return outcome.verdict() == Verdict.DENIED && !listable && key.endsWith(NOT_THERE)
                ? new Outcome(
                        outcome.permission(),
                        on,
                        Verdict.UNTRIED,
                        "S3 does not tell as long as " + AwsApi.LIST_OBJECTS.permission() + " is missing",
                        null)
                : outcome;
    }

    private void queue(String queue, List<Outcome> outcomes) throws InterruptedException {
        boolean[] deadLetters = {true};
        Outcome attributes = attempt(AwsApi.GET_QUEUE_ATTRIBUTES, queue, () -> {
            deadLetters[0] = session.sqs(queue)
                    .getQueueAttributes(get -> get.queueUrl(queue).attributeNames(QueueAttributeName.REDRIVE_POLICY))
                    .attributes()
                    .containsKey(QueueAttributeName.REDRIVE_POLICY);
            return deadLetters[0]
                    ? "it is there, with a dead-letter queue"
                    : "it is there, without a dead-letter queue";
        });
        outcomes.add(
                deadLetters[0]
                        ? attributes
                        : new Outcome(
                                attributes.permission(),
                                queue,
                                attributes.verdict(),
                                attributes.found(),
                                "give the queue a dead-letter queue (RedrivePolicy): an object that may not be read is"
                                        + " tried again for as long as the queue hands it out"));
        outcomes.add(untried(AwsApi.RECEIVE_MESSAGE, "a message that is received is hidden from who reads"));
        outcomes.add(attempt(AwsApi.DELETE_MESSAGE, queue, () -> {
            session.sqs(queue).deleteMessageBatch(delete -> delete.queueUrl(queue)
                    .entries(DeleteMessageBatchRequestEntry.builder()
                            .id("0")
                            .receiptHandle(NOT_THERE)
                            .build()));
            return "it is allowed";
        }));
        outcomes.add(attempt(AwsApi.CHANGE_VISIBILITY, queue, () -> {
            session.sqs(queue).changeMessageVisibilityBatch(change -> change.queueUrl(queue)
                    .entries(ChangeMessageVisibilityBatchRequestEntry.builder()
                            .id("0")
                            .receiptHandle(NOT_THERE)
                            .visibilityTimeout(0)
                            .build()));
            return "it is allowed";
        }));
    }

    /** What the accounts of an organization and its tree need. */
    public List<Outcome> organization(InventoryConfig config) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.add(attempt(
                AwsApi.DESCRIBE_ORGANIZATION,
                "*",
                () -> "organization "
                        + session.organizations()
                                .describeOrganization()
                                .organization()
                                .id()));
        outcomes.add(attempt(AwsApi.LIST_ACCOUNTS, "*", () -> {
            session.organizations().listAccounts(list -> list.maxResults(1));
            return "accounts can be listed";
        }));
        String[] root = {""};
        outcomes.add(firstOf(AwsApi.LIST_ROOTS, root, token -> {
            ListRootsResponse answer = session.organizations()
                    .listRoots(ListRootsRequest.builder().nextToken(token).build());
            answer.roots().forEach(each -> root[0] = each.id());
            return answer.nextToken();
        }));
        if (root[0].isEmpty()) {
            outcomes.add(untried(AwsApi.LIST_UNITS, "no root known"));
            outcomes.add(untried(AwsApi.LIST_ACCOUNTS_OF_UNIT, "no root known"));
        } else {
            outcomes.add(attempt(AwsApi.LIST_UNITS, root[0], () -> {
                session.organizations().listOrganizationalUnitsForParent(list -> list.parentId(root[0])
                        .maxResults(1));
                return "units can be listed";
            }));
            outcomes.add(attempt(AwsApi.LIST_ACCOUNTS_OF_UNIT, root[0], () -> {
                session.organizations()
                        .listAccountsForParent(list -> list.parentId(root[0]).maxResults(1));
                return "accounts of units can be listed";
            }));
        }
        return outcomes;
    }

    /** What state machines need. */
    public List<Outcome> stateMachines(InventoryConfig config) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        String[] arn = {""};
        outcomes.add(firstOf(AwsApi.LIST_STATE_MACHINES, arn, token -> {
            ListStateMachinesResponse answer = session.stepFunctions()
                    .listStateMachines(ListStateMachinesRequest.builder()
                            .maxResults(1)
                            .nextToken(token)
                            .build());
            answer.stateMachines().forEach(each -> arn[0] = each.stateMachineArn());
            return answer.nextToken();
        }));
        if (arn[0].isEmpty()) {
            outcomes.add(untried(AwsApi.DESCRIBE_STATE_MACHINE, "no state machine to try it on"));
            outcomes.add(untried(AwsApi.LIST_TAGS, "no state machine to try it on"));
        } else {
            outcomes.add(attempt(AwsApi.DESCRIBE_STATE_MACHINE, arn[0], () -> {
                session.stepFunctions().describeStateMachine(describe -> describe.stateMachineArn(arn[0]));
                return "it can be described";
            }));
            outcomes.add(attempt(AwsApi.LIST_TAGS, arn[0], () -> {
                session.stepFunctions().listTagsForResource(list -> list.resourceArn(arn[0]));
                return "its tags can be read";
            }));
        }
        return outcomes;
    }

    /** Asks page by page until one holds something: the first ones may be empty. */
    private Outcome firstOf(AwsApi api, String[] found, UnaryOperator<@Nullable String> page)
            throws InterruptedException {
        String[] token = {null};
        Outcome outcome;
        int pages = 0;
        do {
            outcome = attempt(api, "*", () -> {
                token[0] = page.apply(token[0]);
                return found[0].isEmpty() ? "nothing there yet" : "found " + found[0];
            });
        } while (outcome.verdict() == Verdict.GRANTED
                && found[0].isEmpty()
                && token[0] != null
                && ++pages < MOST_PAGES);
        return outcome;
    }

    private Outcome attempt(AwsApi api, String on, Supplier<String> call) throws InterruptedException {
        try {
            return new Outcome(api.permission(), on, Verdict.GRANTED, session.once(api, call), null);
        } catch (SdkException e) {
            return judged(api.permission(), on, e);
        }
    }

    private static Outcome judged(String permission, String on, SdkException e) {
        String code = AwsSession.code(e);
        String said = code.isEmpty() ? String.valueOf(e.getMessage()) : code + ", " + e.getMessage();
        return switch (code) {
            case "NoSuchKey", "InvalidRange", "ReceiptHandleIsInvalid" ->
                new Outcome(permission, on, Verdict.GRANTED, "it is allowed; nothing is there", null);
            case "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException" ->
                new Outcome(permission, on, Verdict.FAILED, said, "renew the credentials (environment or profile)");
            case "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed" ->
                new Outcome(
                        permission,
                        on,
                        Verdict.FAILED,
                        said,
                        "set the clock (timedatectl set-ntp true) or the secret key");
            case "AWSOrganizationsNotInUseException" ->
                new Outcome(
                        permission,
                        on,
                        Verdict.FAILED,
                        said,
                        "assume a role of the management account or of a delegated administrator");
            case "ResourceNotFoundException",
                    "NoSuchBucket",
                    "QueueDoesNotExist",
                    "AWS.SimpleQueueService.NonExistentQueue" ->
                new Outcome(
                        permission, on, Verdict.FAILED, said, "correct its name or the Region in the configuration");
            default -> {
                if (e instanceof SdkServiceException service
                        && (service.statusCode() == 403
                                || code.contains("AccessDenied")
                                || code.contains("Unauthorized"))) {
                    Matcher missing = MISSING.matcher(said);
                    yield new Outcome(missing.find() ? missing.group(1) : permission, on, Verdict.DENIED, said, null);
                }
                yield new Outcome(permission, on, Verdict.FAILED, said, null);
            }
        };
    }

    private static Outcome untried(AwsApi api, String why) {
        return new Outcome(api.permission(), "", Verdict.UNTRIED, "not tried: " + why, null);
    }
}
