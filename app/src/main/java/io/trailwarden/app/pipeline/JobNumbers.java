package io.trailwarden.app.pipeline;

import io.trailwarden.console.rules.RuleTable;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.kafka.StopSignal;
import io.trailwarden.kafka.TopicReader;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the job's latest run said of itself, summed over its subtasks.
 *
 * @param byName of the detectors, as in {@code processing/jobs/README.md}; empty when no job has reported
 * @param ofRules those about single rules, of all parts; see {@link RuleTable}
 */
public record JobNumbers(Map<String, Long> byName, Map<String, Long> ofRules) {

    private static final Logger LOG = LoggerFactory.getLogger(JobNumbers.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String PART = "detect";
    private static final String LEARNING = "learning.";
    private static final String LEARNED = "learned.";

    /**
     * How many principals, state machines and the like one detection is still learning, and how many it has learned.
     *
     * @param learning what these do for the first time is not a finding yet
     */
    public record Progress(long learning, long learned) {}

    /** Reads the topic {@code job-status} to its present end. */
    public static JobNumbers read(Map<String, String> connection) {
        Map<String, JobStatus> latest = new HashMap<>();
        try (TopicReader<JobStatus> reader = TopicReader.open(Topics.STATUS, connection, PATIENCE, new StopSignal())) {
            reader.fromBeginning();
            reader.readToEnd((at, status) -> latest.put(EventKeys.of(status), status));
        } catch (UnknownTopicOrPartitionException e) {
            LOG.debug("No job has reported to this Kafka", e);
        }
        return of(latest);
    }

    private static JobNumbers of(Map<String, JobStatus> latest) {
        // What an earlier run said of itself is history.
        String run = latest.values().stream()
                .max(Comparator.comparing(JobStatus::at))
                .map(JobStatus::run)
                .orElse("");
        Map<String, Long> sums = new TreeMap<>();
        Map<String, Long> rules = new TreeMap<>();
        latest.values().stream().filter(status -> status.run().equals(run)).forEach(status -> status.numbers()
                .forEach((name, value) -> {
                    if (status.part().equals(PART)) {
                        sums.merge(name, value, Long::sum);
                    }
                    if (RuleTable.counts(name)) {
                        rules.merge(name, value, Long::sum);
                    }
                }));
        return new JobNumbers(sums, rules);
    }

    /** By detection; only those that learn something. */
    public Map<String, Progress> learning() {
        Map<String, Progress> learning = new TreeMap<>();
        byName.forEach((name, value) -> {
            if (name.startsWith(LEARNING)) {
                String detection = name.substring(LEARNING.length());
                Progress progress = new Progress(value, byName.getOrDefault(LEARNED + detection, 0L));
                if (progress.learning() + progress.learned() > 0) {
                    learning.put(detection, progress);
                }
            }
        });
        return learning;
    }
}
