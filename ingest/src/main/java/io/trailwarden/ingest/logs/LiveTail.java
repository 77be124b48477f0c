package io.trailwarden.ingest.logs;

import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatchlogs.model.LiveTailSessionLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.LiveTailSessionUpdate;
import software.amazon.awssdk.services.cloudwatchlogs.model.SessionTimeoutException;
import software.amazon.awssdk.services.cloudwatchlogs.model.StartLiveTailRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.StartLiveTailResponseHandler;

/**
 * What log groups receive, about a second later, by {@code logs:StartLiveTail}. It is no source by itself: above 500
 * events a second AWS shows a sample, a session ends after three hours, and what happens while none is open is not shown.
 * Whoever uses it reads everything by {@code FilterLogEvents} as well.
 *
 * <p>{@link #tend} and {@link #take} belong to one thread and never wait for AWS; events come on threads of the SDK and
 * wait in a queue that is bounded, for what does not fit is read anyway.
 */
final class LiveTail implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveTail.class);

    /** An event as a session shows it. */
    record Shown(String group, LiveTailSessionLogEvent event) {}

    private static final int GROUPS_A_SESSION = 10;
    /** An account has 15 at once, people at the console included. */
    private static final int SESSIONS = 5;

    private static final int MOST_WAITING = 20_000;
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(2);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(5);

    private final String source;
    private final AwsSession aws;
    private final Clock clock;
    private final List<Shown> waiting = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();
    private SortedMap<String, String> groups = new TreeMap<>();
    private long sampled;
    private boolean closed;

    LiveTail(String source, AwsSession aws, Clock clock) {
        this.source = source;
        this.aws = aws;
        this.clock = clock;
    }

    /**
     * Opens sessions that are not open, as far as it is time to try again.
     *
     * @param arns of the groups, by their names; empty of a group that does not exist
     */
    void tend(SortedMap<String, String> arns) throws InterruptedException {
        if (!arns.equals(groups)) {
            sessions.forEach(Session::end);
            sessions.clear();
            groups = new TreeMap<>(arns);
            List<String> names = groups.keySet().stream()
                    .filter(name -> !String.valueOf(groups.get(name)).isEmpty())
                    .toList();
            int most = Math.min(names.size(), SESSIONS * GROUPS_A_SESSION);
            for (int from = 0; from < most; from += GROUPS_A_SESSION) {
                sessions.add(new Session(names.subList(from, Math.min(from + GROUPS_A_SESSION, most))));
            }
            if (most < names.size()) {
                LOG.warn(
                        "{}: {} of {} log groups are read live; the others by FilterLogEvents alone",
                        source,
                        most,
                        names.size());
            }
        }
        for (Session session : sessions) {
            session.tend();
        }
    }

    /** What came since the last time. */
    List<Shown> take() {
        synchronized (waiting) {
            List<Shown> taken = List.copyOf(waiting);
            waiting.clear();
            return taken;
        }
    }

    /** How many updates since the last time were samples of more. */
    long takeSampled() {
        synchronized (waiting) {
            long taken = sampled;
            sampled = 0;
            return taken;
        }
    }

    @Override
    public void close() {
        synchronized (waiting) {
            closed = true;
        }
        sessions.forEach(Session::end);
        sessions.clear();
    }

    private final class Session {

        private final List<String> names;
        private @Nullable CompletableFuture<Void> running;
        private Instant next = Instant.MIN;
        private int failures;
        private String told = "";

        Session(List<String> names) {
            this.names = names;
        }

        synchronized void tend() throws InterruptedException {
            Instant now = clock.instant();
            // A clock that was set back must not keep it closed for longer than the longest pause.
            if (running != null || next.isAfter(now) && next.isBefore(now.plus(LONGEST_BACKOFF.multipliedBy(2)))) {
                return;
            }
            StartLiveTailRequest request = StartLiveTailRequest.builder()
                    .logGroupIdentifiers(names.stream().map(groups::get).toList())
                    .build();
            StartLiveTailResponseHandler handler = StartLiveTailResponseHandler.builder()
                    .subscriber(StartLiveTailResponseHandler.Visitor.builder()
                            .onSessionStart(start -> begun())
                            .onSessionUpdate(this::shown)
                            .build())
                    .build();
            try {
                CompletableFuture<Void> begun =
                        aws.once(AwsApi.START_LIVE_TAIL, () -> aws.logsStream().startLiveTail(request, handler));
                running = begun;
                begun.whenComplete((nothing, problem) -> ended(begun, problem));
            } catch (SdkException e) {
                ended(null, e);
            }
        }

        private synchronized void begun() {
            failures = 0;
            told = "";
        }

        private void shown(LiveTailSessionUpdate update) {
            synchronized (waiting) {
                if (update.sessionMetadata() != null
                        && Boolean.TRUE.equals(update.sessionMetadata().sampled())) {
                    sampled++;
                }
                for (LiveTailSessionLogEvent event : update.sessionResults()) {
                    String group = group(String.valueOf(event.logGroupIdentifier()));
                    if (group != null && waiting.size() < MOST_WAITING && !closed) {
                        waiting.add(new Shown(group, event));
                    }
                }
            }
        }

        /** The identifier is a name, an ARN, or the account's id and a name. */
        private @Nullable String group(String identifier) {
            if (names.size() == 1) {
                return names.get(0);
            }
            for (String name : names) {
                if (identifier.equals(name) || identifier.endsWith(":" + name)) {
                    return name;
                }
            }
            return null;
        }

        private synchronized void ended(@Nullable CompletableFuture<Void> which, @Nullable Throwable problem) {
            if (which != running) {
                return;
            }
            running = null;
            Throwable cause =
                    problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
            if (cause == null || cause instanceof SessionTimeoutException) {
                LOG.debug("{}: a live session is over and opened again", source);
                next = clock.instant();
                return;
            }
            aws.renewIfRefused(cause);
            Duration backoff = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures++, 10));
            next = clock.instant().plus(backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff : LONGEST_BACKOFF);
            String reason =
                    AwsSession.code(cause).isEmpty() ? cause.getClass().getSimpleName() : AwsSession.code(cause);
            if (!reason.equals(told)) {
                told = reason;
                LOG.warn(
                        "{}: {} log groups are not read live for now ({}, {}); FilterLogEvents reads them",
                        source,
                        names.size(),
                        reason,
                        cause.getMessage());
            }
        }

        synchronized void end() {
            CompletableFuture<Void> ending = running;
            running = null;
            if (ending != null) {
                ending.cancel(true);
            }
        }
    }
}
