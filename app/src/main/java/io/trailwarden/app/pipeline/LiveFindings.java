package io.trailwarden.app.pipeline;

import io.trailwarden.event.Finding;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.kafka.TopicReader;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** Findings from now on, for whoever only watches: nothing is remembered of what was shown. */
public final class LiveFindings implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final TopicReader<Finding> reader;

    /** Begins at the end of the topic. */
    public LiveFindings(Map<String, String> connection) {
        reader = TopicReader.open(Topics.FINDINGS, connection);
        reader.fromEnd();
    }

    /** Waits a moment and hands over what came. */
    public void poll(Consumer<Finding> eyes) {
        reader.poll(POLL, (at, finding) -> eyes.accept(finding));
    }

    @Override
    public void close() {
        reader.close();
    }
}
