package io.trailwarden.console.stages;

import io.trailwarden.console.stages.StageReport.GroupStage;
import io.trailwarden.console.stages.StageReport.Health;
import io.trailwarden.console.stages.StageReport.JobPart;
import io.trailwarden.console.stages.StageReport.TopicStage;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.kafka.Follower;
import io.trailwarden.kafka.StopSignal;
import io.trailwarden.kafka.TopicReader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the stages every two seconds: the topics' ends, the consumer groups' commits, and what the job's parts say
 * of themselves on the topic {@code job-status}.
 */
public final class StageMonitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StageMonitor.class);
    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long RATE_SPAN = 30_000;
    private static final long BEHIND_MILLIS = 60_000;
    private static final long STALLED_MILLIS = 60_000;
    private static final String OUR_GROUPS = "trailwarden-";
    private static final Set<String> AUDIT = Set.of(Topics.CLOUDTRAIL.name(), Topics.EXECUTIONS.name());

    private final Map<String, Object> kafka;
    private final Clock clock;
    private final Follower follower;
    private final Map<TopicPartition, Moves> ends = new HashMap<>();
    private final Map<String, Map<TopicPartition, Moves>> commits = new HashMap<>();
    private final Map<String, Map<Integer, Reports>> job = new HashMap<>();
    private volatile StageReport report;

    /** The last report of one subtask, and how its numbers moved. */
    private static final class Reports {
        private JobStatus last;
        private final Map<String, Moves> numbers = new HashMap<>();

        Reports(JobStatus first) {
            last = first;
        }

        void add(JobStatus status) {
            if (!status.run().equals(last.run())) {
                numbers.clear();
            }
            last = status;
            status.numbers().forEach((name, value) -> numbers.computeIfAbsent(name, unused -> new Moves())
                    .add(status.at().toEpochMilli(), value));
        }
    }

    /** Starts measuring. */
    public StageMonitor(Map<String, String> kafka, Clock clock) {
        this.kafka = new HashMap<>(kafka);
        this.clock = clock;
        this.report = unknown("Measuring…");
        this.follower = Follower.start("stage-monitor", PERIOD, this::run, this::failed);
    }

    /** The last measurement. */
    public StageReport report() {
        return report;
    }

    private StageReport unknown(String sentence) {
        return new StageReport(clock.instant(), Health.UNKNOWN, sentence, List.of(), List.of(), List.of());
    }

    private void run(StopSignal stop) {
        try (Admin admin = Admin.create(kafka);
                TopicReader<JobStatus> statuses = TopicReader.open(Topics.STATUS, kafka, TopicReader.PATIENCE, stop)) {
            while (!stop.isRequested()) {
                Instant begin = clock.instant();
                measure(admin, statuses);
                while (!stop.isRequested()
                        && Duration.between(begin, clock.instant()).compareTo(PERIOD) < 0) {
                    if (statuses.hasBegun()) {
                        statuses.poll(POLL, (at, status) -> take(status));
                    } else {
                        stop.pause(PERIOD);
                    }
                }
            }
        }
    }

    private void failed(RuntimeException e) {
        report = unknown("Kafka does not answer: " + e.getMessage());
        LOG.warn("Cannot measure the stages", e);
    }

    private void take(JobStatus status) {
        job.computeIfAbsent(status.part(), unused -> new TreeMap<>())
                .computeIfAbsent(status.subtask(), unused -> new Reports(status))
                .add(status);
    }

    private void measure(Admin admin, TopicReader<JobStatus> statuses) {
        try {
            Set<String> present = admin.listTopics().names().get();
            List<String> names = Topics.ALL.stream()
                    .map(Topic::name)
                    .filter(present::contains)
                    .toList();
            Map<String, Set<TopicPartition>> partitions = new LinkedHashMap<>();
            Map<String, TopicDescription> described =
                    admin.describeTopics(names).allTopicNames().get();
            for (String name : names) {
                TopicDescription topic = described.get(name);
                if (topic != null) {
                    Set<TopicPartition> all = new HashSet<>();
                    topic.partitions().forEach(each -> all.add(new TopicPartition(name, each.partition())));
                    partitions.put(name, all);
                }
            }
            if (!statuses.hasBegun() && partitions.containsKey(Topics.STATUS.name())) {
                statuses.fromBeginning();
            }
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
            partitions
                    .values()
                    .forEach(all -> all.forEach(each -> {
                        latest.put(each, OffsetSpec.latest());
                        earliest.put(each, OffsetSpec.earliest());
                    }));
            Map<TopicPartition, Long> begins = new HashMap<>();
            Map<TopicPartition, Long> offsets = new HashMap<>();
            admin.listOffsets(earliest).all().get().forEach((each, info) -> begins.put(each, info.offset()));
            admin.listOffsets(latest).all().get().forEach((each, info) -> offsets.put(each, info.offset()));
            long now = clock.millis();
            offsets.forEach((each, offset) ->
                    ends.computeIfAbsent(each, unused -> new Moves()).add(now, offset));

            List<TopicStage> topics = new ArrayList<>();
            partitions.forEach((name, each) -> topics.add(topic(name, each, begins, offsets)));
            Set<String> ids = new HashSet<>();
            ids.add(Topics.STORED_GROUP);
            for (GroupListing group : admin.listGroups(ListGroupsOptions.forConsumerGroups())
                    .all()
                    .get()) {
                if (group.groupId().startsWith(OUR_GROUPS)) {
                    ids.add(group.groupId());
                }
            }
            List<GroupStage> groups = new ArrayList<>();
            for (String id : ids.stream()
                    .sorted(Comparator.comparing((String id) -> !id.equals(Topics.STORED_GROUP))
                            .thenComparing(Comparator.naturalOrder()))
                    .toList()) {
                groups.add(group(
                        id,
                        admin.listConsumerGroupOffsets(id)
                                .partitionsToOffsetAndMetadata()
                                .get(),
                        begins,
                        offsets,
                        now));
            }
            List<JobPart> parts = parts(now);
            Health health = Health.WELL;
            String sentence = "All is well: everything received is processed and stored.";
            for (GroupStage group : groups) {
                if (group.health().compareTo(health) > 0) {
                    health = group.health();
                    sentence = group.sentence();
                }
            }
            for (JobPart part : parts) {
                if (part.health() == Health.STALLED) {
                    health = Health.STALLED;
                    sentence = "The detection job has not reported for "
                            + words(now - part.at().toEpochMilli()) + ".";
                    break;
                }
            }
            if (parts.isEmpty() && health == Health.WELL) {
                health = Health.UNKNOWN;
                sentence = "The detection job has not reported yet.";
            }
            report = new StageReport(Instant.ofEpochMilli(now), health, sentence, topics, groups, parts);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaException(String.valueOf(cause.getMessage()), cause);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private TopicStage topic(
            String name,
            Set<TopicPartition> partitions,
            Map<TopicPartition, Long> begins,
            Map<TopicPartition, Long> offsets) {
        long records = 0;
        Double rate = null;
        Long last = null;
        for (TopicPartition each : partitions) {
            Moves moves = ends.get(each);
            Long end = offsets.get(each);
            if (moves == null || end == null) {
                continue;
            }
            records += end - begins.getOrDefault(each, 0L);
            rate = sum(rate, moves.perSecond(RATE_SPAN));
            last = later(last, moves.lastRise());
        }
        return new TopicStage(name, records, rate, last == null ? null : Instant.ofEpochMilli(last));
    }

    private GroupStage group(
            String id,
            Map<TopicPartition, ? extends @Nullable OffsetAndMetadata> committed,
            Map<TopicPartition, Long> begins,
            Map<TopicPartition, Long> offsets,
            long now) {
        Map<TopicPartition, Moves> moves = commits.computeIfAbsent(id, unused -> new HashMap<>());
        Set<TopicPartition> read = new HashSet<>(committed.keySet());
        if (id.equals(Topics.STORED_GROUP)) {
            offsets.keySet().stream()
                    .filter(each -> AUDIT.contains(each.topic()))
                    .forEach(read::add);
        }
        long lag = 0;
        long waiting = 0;
        boolean atLeast = false;
        Double rate = null;
        Double coming = null;
        Long last = null;
        for (TopicPartition each : read) {
            Long end = offsets.get(each);
            Moves appended = ends.get(each);
            if (end == null || appended == null) {
                continue;
            }
            OffsetAndMetadata offset = committed.get(each);
            long done = offset == null ? begins.getOrDefault(each, 0L) : offset.offset();
            Moves commit = moves.computeIfAbsent(each, unused -> new Moves());
            commit.add(now, done);
            rate = sum(rate, commit.perSecond(RATE_SPAN));
            coming = sum(coming, appended.perSecond(RATE_SPAN));
            last = later(last, commit.lastRise());
            if (end > done) {
                lag += end - done;
                Long since = appended.above(done);
                if (since != null && now - since >= waiting) {
                    waiting = now - since;
                    atLeast = appended.alwaysAbove(done);
                }
            }
        }
        Health health = lag == 0 || waiting < BEHIND_MILLIS
                ? Health.WELL
                : last != null && now - last < STALLED_MILLIS ? Health.BEHIND : Health.STALLED;
        Long left = null;
        if (lag > 0 && rate != null && coming != null && rate > coming) {
            left = (long) Math.ceil(lag / (rate - coming));
        }
        return new GroupStage(
                id,
                health,
                sentence(id, health, lag, waiting, atLeast, left),
                lag,
                waiting,
                atLeast,
                rate,
                left,
                last == null ? null : Instant.ofEpochMilli(last));
    }

    private static String sentence(
            String id, Health health, long lag, long waiting, boolean atLeast, @Nullable Long left) {
        String who = id.equals(Topics.STORED_GROUP) ? "Storing" : id.substring(OUR_GROUPS.length());
        return switch (health) {
            case WELL -> who + " keeps up.";
            case BEHIND ->
                who + " is behind by " + (atLeast ? "at least " : "") + words(waiting) + " ("
                        + String.format(Locale.ROOT, "%,d", lag) + " records), "
                        + (left == null
                                ? "and not catching up."
                                : "catching up, about " + words(left * 1000) + " left.");
            case STALLED ->
                who + " has not moved for " + (atLeast ? "at least " : "") + words(waiting) + " though "
                        + String.format(Locale.ROOT, "%,d", lag) + " records wait.";
            case UNKNOWN -> who + " is unknown.";
        };
    }

    /** A span in words: 40 s, 4 min, 2 h. */
    static String words(long millis) {
        long seconds = millis / 1000;
        if (seconds < 90) {
            return seconds + " s";
        }
        return seconds < 5_400 ? Math.round(seconds / 60.0) + " min" : Math.round(seconds / 3600.0) + " h";
    }

    private List<JobPart> parts(long now) {
        // Of several runs the latest counts: what an earlier one said of itself is history.
        String run = job.values().stream()
                .flatMap(each -> each.values().stream())
                .map(each -> each.last)
                .max(Comparator.comparing(JobStatus::at))
                .map(JobStatus::run)
                .orElse("");
        List<JobPart> parts = new ArrayList<>();
        job.forEach((name, subtasks) -> {
            List<Reports> reports = subtasks.values().stream()
                    .filter(each -> each.last.run().equals(run))
                    .toList();
            if (reports.isEmpty()) {
                return;
            }
            Map<String, Long> numbers = new TreeMap<>();
            Map<String, Double> rates = new TreeMap<>();
            Instant at = null;
            Instant watermark = null;
            boolean everyWatermark = true;
            for (Reports each : reports) {
                JobStatus status = each.last;
                at = at == null || status.at().isBefore(at) ? status.at() : at;
                Instant mark = status.watermark();
                if (mark == null) {
                    everyWatermark = false;
                } else if (watermark == null || mark.isBefore(watermark)) {
                    watermark = mark;
                }
                status.numbers().forEach((number, value) -> {
                    // Ages and lags are the worst of the subtasks', which all have the same rules; counters their sum.
                    boolean most = number.endsWith("Millis") || number.startsWith("rules.");
                    numbers.merge(number, value, most ? Math::max : Long::sum);
                    Moves moves = each.numbers.get(number);
                    Double rate = moves == null ? null : moves.perSecond(RATE_SPAN);
                    if (rate != null && rate > 0 && !number.endsWith("Millis")) {
                        rates.merge(number, rate, Double::sum);
                    }
                });
            }
            Instant reportedAt = at == null ? Instant.ofEpochMilli(now) : at;
            Instant mark = everyWatermark ? watermark : null;
            parts.add(new JobPart(
                    name,
                    run,
                    reports.size(),
                    reports.get(0).last.subtasks(),
                    reportedAt,
                    now - reportedAt.toEpochMilli() > STALLED_MILLIS ? Health.STALLED : Health.WELL,
                    mark,
                    mark == null ? null : Math.max(0, now - mark.toEpochMilli()),
                    numbers,
                    rates));
        });
        parts.sort(Comparator.comparingInt((JobPart each) -> place(each.part())).thenComparing(JobPart::part));
        return parts;
    }

    /** In the order in which an event passes them. */
    private static int place(String part) {
        return part.equals("intake") ? 0 : part.startsWith("detect") ? 1 : 2;
    }

    private static @Nullable Double sum(@Nullable Double left, @Nullable Double right) {
        return left == null ? right : right == null ? left : Double.valueOf(left + right);
    }

    private static @Nullable Long later(@Nullable Long left, @Nullable Long right) {
        return left == null ? right : right == null ? left : Long.valueOf(Math.max(left, right));
    }

    @Override
    public void close() {
        follower.close();
    }
}
