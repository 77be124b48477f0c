package io.trailwarden.sinks;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.text.LogKeys;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.kafka.Place;
import io.trailwarden.kafka.StopSignal;
import io.trailwarden.kafka.TopicHandler;
import io.trailwarden.kafka.TopicReader;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topic {@code findings} and gives batches to one sink, on a thread of its own, until closed.
 *
 * <p>Offsets are committed only after the sink took the batch, so a finding is delivered at least once however the
 * process ends. While the sink is unavailable the batch is tried again, with pauses from a quarter of a second up to
 * half a minute, and nothing behind it is skipped. A record that is no finding, and a finding that the sink refuses for
 * good, goes to the dead letters; the others go on.
 *
 * <p>Several processes with the same sink share the partitions as one consumer group.
 */
public final class SinkRunner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SinkRunner.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;

    private final FindingSink sink;
    private final DeadLetterTray deadLetters;
    private final Clock clock;
    private final Pauses pauses;
    private final StopSignal stop = new StopSignal();
    private final TopicReader<Finding> reader;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** What was read and not yet delivered, in the topic's order. Only the runner's thread touches it. */
    private final List<Pending> pending = new ArrayList<>();

    private final TopicHandler<Finding> reading = new Reading();

    /** Whether the last attempt that failed delivered a part all the same. */
    private boolean progress;

    private volatile SinkStatus status;
    private volatile @Nullable Throwable ended;
    private volatile boolean hurried;

    /** One record of the topic; its finding is null when the record was put aside. */
    private record Pending(Place at, long readNanos, @Nullable Finding finding) {}

    /** How a sink that is unavailable is waited for. */
    @FunctionalInterface
    interface Pauses {

        /** What production does. */
        Pauses REAL = (closing, millis) -> closing.await(millis, TimeUnit.MILLISECONDS);

        /** Returns after so long, or when the runner is closing. */
        void pause(CountDownLatch closing, long millis) throws InterruptedException;
    }

    private SinkRunner(
            FindingSink sink, DeadLetterTray deadLetters, Map<String, Object> kafka, Clock clock, Pauses pauses) {
        this.sink = sink;
        this.deadLetters = deadLetters;
        this.clock = clock;
        this.pauses = pauses;
        this.status = new SinkStatus(sink.name(), 0, 0, 0, 0, null);
        // A partition that went to another process is delivered there from its committed offset.
        this.reader = TopicReader.join(
                Topics.FINDINGS,
                kafka,
                group(sink.name()),
                lost -> pending.removeIf(one -> lost.contains(one.at().partition())),
                stop);
        this.thread = new Thread(this::run, "sink-" + sink.name());
    }

    /**
     * Starts delivering.
     *
     * @param kafka client properties, {@code bootstrap.servers} at least
     * @param clock for the time on dead letters
     */
    public static SinkRunner start(
            FindingSink sink, DeadLetterTray deadLetters, Map<String, Object> kafka, Clock clock) {
        return start(sink, deadLetters, kafka, clock, Pauses.REAL);
    }

    static SinkRunner start(
            FindingSink sink, DeadLetterTray deadLetters, Map<String, Object> kafka, Clock clock, Pauses pauses) {
        SinkRunner runner = new SinkRunner(sink, deadLetters, kafka, clock, pauses);
        runner.thread.start();
        return runner;
    }

    /** The consumer group of the sink with this name; its committed offsets say what is delivered. */
    public static String group(String sinkName) {
        return "trailwarden-sink-" + sinkName;
    }

    /** How it is doing now. */
    public SinkStatus status() {
        return status;
    }

    /** Why it delivers nothing any more although nobody closed it; null while it does. */
    public @Nullable Throwable ended() {
        return ended;
    }

    /** What is read now, or with the next poll, is delivered without waiting for company. */
    public void deliverNow() {
        hurried = true;
    }

    /** Delivers what was read, with one attempt, and stops. The sink is closed too. */
    @Override
    public void close() {
        closing.countDown();
        stop.request();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!isClosing()) {
                if (readUntilDue()) {
                    deliverUntilTaken();
                }
            }
            boolean delivering = true;
            while (delivering && !pending.isEmpty()) {
                delivering = attempt();
            }
        } catch (InterruptException | RejectedExecutionException e) {
            // At a signal, libraries end their threads at the same moment at which the closing of sinks begins.
            ended = isClosing() ? null : e;
            LOG.warn("Sink {} was interrupted; what it had not delivered comes again", sink.name());
        } catch (RuntimeException | Error e) {
            ended = e;
            status = failed(status, "stopped: " + e);
            LOG.error("Sink {} stopped; what it had not delivered comes again at the next start", sink.name(), e);
        } finally {
            reader.close();
            sink.close();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    /** Polls once; true when a batch is full or its first finding has waited long enough. */
    private boolean readUntilDue() {
        try {
            reader.poll(pollTime(), reading);
        } catch (WakeupException e) {
            LOG.debug("Sink {} closes before it put a dead letter aside", sink.name());
            return false;
        } catch (KafkaException e) {
            if (e instanceof InterruptException) {
                throw e;
            }
            LOG.warn("Sink {} cannot read findings now", sink.name(), e);
            status = failed(status, "Kafka: " + e.getMessage());
            pause(1000);
            return false;
        }
        if (pending.isEmpty()) {
            return false;
        }
        Batching batching = sink.batching();
        if (hurried) {
            hurried = false;
            return true;
        }
        return pending.size() >= batching.atMost()
                || System.nanoTime() - pending.get(0).readNanos()
                        >= batching.longestWait().toNanos();
    }

    private Duration pollTime() {
        if (pending.isEmpty()) {
            return POLL;
        }
        long waited = System.nanoTime() - pending.get(0).readNanos();
        long left = sink.batching().longestWait().toNanos() - waited;
        return Duration.ofNanos(Math.max(0, Math.min(left, POLL.toNanos())));
    }

    /** What becomes of records: all of them wait their turn, so that offsets pass those that were put aside too. */
    private final class Reading implements TopicHandler<Finding> {

        @Override
        public void read(Place at, Finding finding) {
            pending.add(new Pending(at, System.nanoTime(), finding));
        }

        @Override
        public void unreadable(Place at, byte[] bytes, MalformedRecordException problem) {
            DeadLetter letter = letter(DeadLetter.Reason.MALFORMED, "no finding: " + problem.getMessage(), bytes, at);
            putAside(letter);
            LOG.warn(
                    "Sink {} put {} aside: {}",
                    sink.name(),
                    LogKeys.event(EventKeys.of(letter)),
                    VisibleText.of(String.valueOf(problem.getMessage()), 300));
            pending.add(new Pending(at, System.nanoTime(), null));
            status = new SinkStatus(
                    status.sink(),
                    status.delivered(),
                    status.refused(),
                    status.unreadable() + 1,
                    status.failedAttempts(),
                    status.problem());
        }
    }

    private void deliverUntilTaken() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!pending.isEmpty() && !isClosing()) {
            if (attempt()) {
                pause = FIRST_PAUSE_MILLIS;
            } else {
                if (progress) {
                    pause = FIRST_PAUSE_MILLIS;
                }
                stayInGroup();
                pause(pause);
                pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    private void stayInGroup() {
        try {
            reader.stayInGroup(reading);
        } catch (WakeupException e) {
            LOG.debug("Sink {} closes before it put a dead letter aside", sink.name());
        }
    }

    private void pause(long millis) {
        try {
            pauses.pause(closing, millis);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** One attempt to deliver the next batch; whether it was taken. */
    private boolean attempt() {
        List<Pending> batch = pending.size() <= sink.batching().atMost()
                ? List.copyOf(pending)
                : List.copyOf(pending.subList(0, sink.batching().atMost()));
        try {
            List<Finding> findings = batch.stream()
                    .map(Pending::finding)
                    .filter(Objects::nonNull)
                    .toList();
            List<FindingSink.Refused> refused = findings.isEmpty() ? List.of() : sink.deliver(findings);
            for (FindingSink.Refused one : refused) {
                deadLetters.put(letterOf(one, batch));
                LOG.warn(
                        "Sink {} refused {}, now a dead letter: {}",
                        sink.name(),
                        LogKeys.finding(one.finding().id()),
                        VisibleText.of(one.reason()));
            }
            if (LOG.isDebugEnabled()) {
                findings.forEach(finding -> LOG.debug(
                        "Sink {} is done with {} at revision {}",
                        sink.name(),
                        LogKeys.finding(finding.id()),
                        finding.revision()));
            }
            reader.commit(offsetsBehind(batch));
            pending.subList(0, batch.size()).clear();
            status = new SinkStatus(
                    status.sink(),
                    status.delivered() + findings.size() - refused.size(),
                    status.refused() + refused.size(),
                    status.unreadable(),
                    0,
                    null);
            return true;
        } catch (SinkUnavailableException | KafkaException e) {
            progress = e instanceof SinkUnavailableException unavailable && unavailable.progress();
            status = failed(status, String.valueOf(e.getMessage()));
            // The first failure is news; the same again is only worth a debug line.
            if (status.failedAttempts() == 1) {
                LOG.warn(
                        "Sink {} cannot deliver {} findings now, the first of them {}, and tries again",
                        sink.name(),
                        batch.size(),
                        batch.stream()
                                .map(Pending::finding)
                                .filter(Objects::nonNull)
                                .findFirst()
                                .map(finding -> LogKeys.finding(finding.id()))
                                .orElse("unreadable"),
                        e);
            } else {
                LOG.debug("Sink {}: attempt {} failed", sink.name(), status.failedAttempts(), e);
            }
            return false;
        }
    }

    private void putAside(DeadLetter letter) {
        long pause = FIRST_PAUSE_MILLIS;
        while (!isClosing()) {
            try {
                deadLetters.put(letter);
                return;
            } catch (SinkUnavailableException e) {
                status = failed(status, String.valueOf(e.getMessage()));
                LOG.warn("Sink {} cannot put a dead letter aside now and tries again", sink.name(), e);
                pause(pause);
                pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
            }
        }
        // Not put aside and not committed either: it comes again.
        throw new WakeupException();
    }

    private static SinkStatus failed(SinkStatus before, String problem) {
        return new SinkStatus(
                before.sink(),
                before.delivered(),
                before.refused(),
                before.unreadable(),
                before.failedAttempts() + 1,
                problem);
    }

    private static Map<Integer, Long> offsetsBehind(Collection<Pending> batch) {
        Map<Integer, Long> offsets = new HashMap<>();
        batch.forEach(one -> offsets.put(one.at().partition(), one.at().offset() + 1));
        return offsets;
    }

    private DeadLetter letterOf(FindingSink.Refused refused, List<Pending> batch) {
        Pending source = batch.stream()
                .filter(one -> refused.finding().equals(one.finding()))
                .findFirst()
                .orElse(batch.get(0));
        return letter(
                DeadLetter.Reason.TOO_LARGE,
                "refused by sink " + sink.name() + ": " + refused.reason(),
                RecordCodec.FINDING.encode(refused.finding()),
                source.at());
    }

    private DeadLetter letter(DeadLetter.Reason reason, String message, byte[] value, Place at) {
        byte[] payload = value.length <= DeadLetter.MAX_PAYLOAD ? value : Arrays.copyOf(value, DeadLetter.MAX_PAYLOAD);
        Origin origin = new Origin(
                "sink:" + sink.name(), at.topic() + "-" + at.partition(), at.offset(), sha256(value), clock.instant());
        return new DeadLetter(reason, message, "offset " + at.offset(), payload, value.length, origin);
    }

    private static String sha256(byte[] value) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
