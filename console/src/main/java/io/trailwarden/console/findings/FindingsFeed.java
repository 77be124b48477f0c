package io.trailwarden.console.findings;

import io.trailwarden.event.Finding;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.kafka.Follower;
import io.trailwarden.kafka.Place;
import io.trailwarden.kafka.StopSignal;
import io.trailwarden.kafka.TopicHandler;
import io.trailwarden.kafka.TopicReader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topic {@code findings} into the store, from where the store ends, until closed.
 *
 * <p>It belongs to no consumer group: the store's own positions count. A topic that was made anew (another topic id) is
 * read from its beginning. When Kafka or the store fails, it says so in {@link #state()} and tries again.
 */
public final class FindingsFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FindingsFeed.class);
    private static final String TOPIC = Topics.FINDINGS.name();
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LOOK_FOR_PARTITIONS = Duration.ofSeconds(30);

    private final Map<String, String> kafka;
    private final FindingsStore store;
    private final Clock clock;
    private final Follower follower;
    private volatile State state;

    /**
     * How the feed is doing.
     *
     * @param reading whether it reads; otherwise {@code problem} says why not
     * @param at when this was so
     * @param behind records of the topic not yet in the store
     * @param stored findings and amendments stored since it began
     */
    public record State(boolean reading, @Nullable String problem, Instant at, long behind, long stored) {}

    /**
     * Starts reading.
     *
     * @param kafka how to reach Kafka, as its clients take it
     */
    public FindingsFeed(Map<String, String> kafka, FindingsStore store, Clock clock) {
        this.kafka = Map.copyOf(kafka);
        this.store = store;
        this.clock = clock;
        this.state = new State(false, "connecting to Kafka", clock.instant(), 0, 0);
        this.follower = Follower.start("findings-feed", RETRY, this::readTopic, this::failed);
    }

    /** How it is doing. */
    public State state() {
        return state;
    }

    private void failed(RuntimeException e) {
        problem(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), e);
    }

    private void problem(String message, @Nullable Exception cause) {
        State before = state;
        if (!message.equals(before.problem())) {
            LOG.warn("Findings are not being read: {}", message, cause);
        }
        state = new State(false, message, clock.instant(), before.behind(), before.stored());
    }

    /** The topic as it is now, or null while there is none. */
    private @Nullable TopicDescription describe() {
        try (Admin admin = Admin.create(new HashMap<>(kafka))) {
            return admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw new KafkaException(
                    "cannot describe topic " + TOPIC + ": " + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Reads until the topic is another one. */
    private void readTopic(StopSignal stop) {
        TopicDescription topic = describe();
        if (topic == null) {
            problem("waiting for topic " + TOPIC, null);
            return;
        }
        String topicId = topic.topicId().toString();
        try (TopicReader<Finding> reader = TopicReader.open(Topics.FINDINGS, kafka, TopicReader.PATIENCE, stop)) {
            reader.from(store.positions(topicId));
            Instant lookAgain = clock.instant().plus(LOOK_FOR_PARTITIONS);
            while (!stop.isRequested()) {
                Reading reading = new Reading(topicId);
                int records = reader.poll(POLL, reading);
                if (records > 0) {
                    store.apply(reading.upTo(reader.positions()));
                }
                state = new State(true, null, clock.instant(), reader.behind(), state.stored() + records);
                if (clock.instant().isAfter(lookAgain)) {
                    lookAgain = clock.instant().plus(LOOK_FOR_PARTITIONS);
                    TopicDescription now = describe();
                    if (now == null
                            || !now.topicId().equals(topic.topicId())
                            || now.partitions().size() != topic.partitions().size()) {
                        return;
                    }
                }
            }
        }
    }

    /** What one poll brought. */
    private static final class Reading implements TopicHandler<Finding> {

        private final String topicId;
        private final List<Finding> findings = new ArrayList<>();
        private final List<Batch.Unreadable> unreadable = new ArrayList<>();

        Reading(String topicId) {
            this.topicId = topicId;
        }

        @Override
        public void read(Place at, Finding finding) {
            findings.add(finding);
        }

        @Override
        public void unreadable(Place at, byte[] bytes, MalformedRecordException problem) {
            unreadable.add(new Batch.Unreadable(
                    topicId, at.partition(), at.offset(), String.valueOf(problem.getMessage()), bytes));
            LOG.warn("Kept apart what is not a finding: {}", at);
        }

        Batch upTo(Map<Integer, Long> positions) {
            return new Batch(
                    findings,
                    unreadable,
                    positions.entrySet().stream()
                            .map(each -> new Batch.Position(topicId, each.getKey(), each.getValue()))
                            .toList());
        }
    }

    @Override
    public void close() {
        follower.close();
    }
}
