package io.trailwarden.ingest.logs;

import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.aws.AccessProbe;
import io.trailwarden.ingest.aws.AccessProbe.Outcome;
import io.trailwarden.ingest.aws.AccessProbe.Verdict;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;
import software.amazon.awssdk.services.cloudwatchlogs.model.StartLiveTailResponseHandler;

/**
 * Log groups of one account and Region.
 *
 * @param access as whom and where
 * @param config what is read
 */
public record LogsSource(AwsAccess access, LogsConfig config) implements AwsSource {

    public static final Kind KIND = new Kind(
            "logs",
            false,
            LogsConfig.SETTINGS,
            (source, access, values) -> new LogsSource(access, LogsConfig.of(source, values)));

    private static final int MOST_GROUPS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public List<Ingester> open(Opening with) throws IngestException {
        return List.of(
                new LogsIngester(config, with.sessions().of(access), with.publisher(), with.positions(), with.clock()));
    }

    @Override
    public List<Outcome> probe(AccessProbe probe) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        Map<String, String> groups = new LinkedHashMap<>();
        config.groups().forEach(group -> groups.put(group, ""));
        List<String> prefixes = new ArrayList<>(config.prefixes());
        if (config.live()) {
            prefixes.addAll(config.groups());
        }
        for (String prefix : prefixes) {
            outcomes.add(probe.attempt(AwsApi.DESCRIBE_LOG_GROUPS, prefix + "*", () -> {
                DescribeLogGroupsResponse answer = probe.session()
                        .logs()
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
            outcomes.add(probe.attempt(AwsApi.FILTER_LOG_EVENTS, group, () -> {
                probe.session().logs().filterLogEvents(filter -> filter.logGroupName(group)
                        .startTime(probe.session().now().minus(PATIENCE).toEpochMilli())
                        .limit(1));
                return "it can be read";
            }));
        }
        if (config.live()) {
            outcomes.add(groups.values().stream()
                    .filter(arn -> !arn.isEmpty())
                    .findFirst()
                    .map(arn -> liveTail(probe, arn))
                    .orElse(AccessProbe.untried(AwsApi.START_LIVE_TAIL, "no log group there to try it on")));
        }
        return outcomes;
    }

    /** Begins a session and ends it at once. */
    private static Outcome liveTail(AccessProbe probe, String arn) {
        CompletableFuture<String> begun = new CompletableFuture<>();
        StartLiveTailResponseHandler handler = StartLiveTailResponseHandler.builder()
                .subscriber(StartLiveTailResponseHandler.Visitor.builder()
                        .onSessionStart(start -> begun.complete("a session was begun and ended"))
                        .build())
                .build();
        CompletableFuture<Void> call = new CompletableFuture<>();
        try {
            call = probe.session().once(AwsApi.START_LIVE_TAIL, () -> probe.session()
                    .logsStream()
                    .startLiveTail(start -> start.logGroupIdentifiers(arn), handler));
            call.whenComplete((nothing, problem) -> begun.completeExceptionally(
                    problem == null ? SdkClientException.create("the session ended at once") : problem));
            String found = begun.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return new Outcome(AwsApi.START_LIVE_TAIL.permission(), arn, Verdict.GRANTED, found, null);
        } catch (SdkException e) {
            return AccessProbe.judged(AwsApi.START_LIVE_TAIL.permission(), arn, e);
        } catch (ExecutionException e) {
            SdkException problem = sdkException(e);
            return AccessProbe.judged(AwsApi.START_LIVE_TAIL.permission(), arn, problem);
        } catch (TimeoutException e) {
            return new Outcome(
                    AwsApi.START_LIVE_TAIL.permission(),
                    arn,
                    Verdict.FAILED,
                    "no answer within " + PATIENCE.toSeconds() + " s",
                    null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return AccessProbe.untried(AwsApi.START_LIVE_TAIL, "interrupted");
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
}
