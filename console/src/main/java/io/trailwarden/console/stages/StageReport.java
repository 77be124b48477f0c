package io.trailwarden.console.stages;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stages from Kafka on, as last measured.
 *
 * @param at when it was measured
 * @param health the worst of the stages'
 * @param sentence the same in words
 * @param topics in the order an event travels
 * @param groups what was committed by consumer groups, the tables' first
 * @param job parts of the detection job in the order an event passes them; empty while it has not reported
 */
public record StageReport(
        Instant at,
        Health health,
        String sentence,
        List<TopicStage> topics,
        List<GroupStage> groups,
        List<JobPart> job) {

    /** How a stage is. */
    public enum Health {
        WELL,
        /** Working, but further behind than a minute. */
        BEHIND,
        /** There is work, and nothing has moved for a while. */
        STALLED,
        /** Not measured (yet). */
        UNKNOWN
    }

    /**
     * One topic.
     *
     * @param records how many it holds
     * @param perSecond records appended a second, over the last half minute; null until measured
     * @param lastAppend when something was last seen to be appended; null if nothing was since the console began
     */
    public record TopicStage(String topic, long records, @Nullable Double perSecond, @Nullable Instant lastAppend) {}

    /**
     * One consumer group over the topics it reads.
     *
     * @param lagRecords appended and not committed
     * @param lagMillis for how long the oldest of them has been waiting; zero without lag
     * @param lagAtLeast whether it waited already when the console began, so that {@code lagMillis} is a lower bound
     * @param perSecond records committed a second; null until measured
     * @param secondsLeft when it will have caught up at the present rates; null if it will not
     * @param lastCommit when a commit was last seen to move
     */
    public record GroupStage(
            String group,
            Health health,
            String sentence,
            long lagRecords,
            long lagMillis,
            boolean lagAtLeast,
            @Nullable Double perSecond,
            @Nullable Long secondsLeft,
            @Nullable Instant lastCommit) {}

    /**
     * One part of the job, over all its subtasks.
     *
     * @param reported how many of the {@code subtasks} have reported in this run
     * @param at the oldest of their reports
     * @param watermark the lowest of theirs: event time up to which everything has been seen
     * @param watermarkDelayMillis how far that is behind the clock
     * @param numbers sums over the subtasks
     * @param perSecond their rates; only of numbers that rose
     */
    public record JobPart(
            String part,
            String run,
            int reported,
            int subtasks,
            Instant at,
            Health health,
            @Nullable Instant watermark,
            @Nullable Long watermarkDelayMillis,
            Map<String, Long> numbers,
            Map<String, Double> perSecond) {}
}
