package io.trailwarden.ingest.logs;

import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSession;
import io.trailwarden.ingest.format.Probes;
import io.trailwarden.ingest.page.Entry;
import io.trailwarden.ingest.page.Pages;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;
import software.amazon.awssdk.services.cloudwatchlogs.model.LiveTailSessionLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/**
 * Reads log groups of one account and Region with {@code logs:FilterLogEvents}, oldest first.
 *
 * <p>Events are ordered by what their producer says the time is, so one that arrives late is found behind what was read
 * already: the last minutes are read again every time and known events passed over by their id. The position is a time
 * at which CloudWatch Logs had received something, so neither our clock nor a producer's in the future can move it too
 * far.
 *
 * <p>Where {@link LiveTail} shows events earlier, they are published at once and passed over when they are listed; they
 * move no position. The two have no id of an event in common, so an event is then known by its stream, time and message.
 */
public final class LogsIngester implements Ingester {

    private static final Logger LOG = LoggerFactory.getLogger(LogsIngester.class);

    /** The stream that Step Functions writes to find out whether it may (localstack's recordings of AWS). */
    private static final Duration LIVE_INTERVAL = Duration.ofMillis(500);

    private static final Duration LOOK_FOR_GROUPS = Duration.ofMinutes(5);
    private static final int RESTARTS = 10;
    private static final int GROUPS_PAGE = 50;

    private final LogsConfig config;
    private final AwsSession session;
    private final Clock clock;
    private final Pages pages;
    private final Set<String> validations = new HashSet<>();
    private final Set<String> missing = new HashSet<>();
    private final @Nullable LiveTail live;
    private SortedMap<String, String> groups = new TreeMap<>();
    private @Nullable Instant listed;
    private @Nullable Instant groupsListed;

    /** Reads the Region of the session. */
    public LogsIngester(
            LogsConfig config, AwsSession session, EventPublisher publisher, Positions positions, Clock clock)
            throws IngestException {
        this(config, session, publisher, positions, clock, FailPoint.Listener.NONE);
    }

    LogsIngester(
            LogsConfig config,
            AwsSession session,
            EventPublisher publisher,
            Positions positions,
            Clock clock,
            FailPoint.Listener failPoints)
            throws IngestException {
        this.config = config;
        this.session = session;
        this.clock = clock;
        // Twice: an event at the edge of the overlap must be remembered for as long as it may be listed.
        live = config.live() ? new LiveTail(config.source(), session, clock) : null;
        pages = new Pages(config.source(), config.overlap().multipliedBy(2), publisher, positions, clock, failPoints);
    }

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public Duration interval() {
        return live == null ? config.interval() : LIVE_INTERVAL;
    }

    @Override
    public IngestProgress progress() {
        return pages.progress();
    }

    @Override
    public void pass() throws InterruptedException, IngestException {
        boolean finished = false;
        try {
            SortedMap<String, String> all = groups();
            if (live != null) {
                live.tend(all);
                publishLive(live);
            }
            if (live == null || isTimeToList()) {
                for (String group : all.keySet()) {
                    read(group);
                }
                listed = clock.instant();
            }
            pages.end();
            finished = true;
        } finally {
            if (!finished) {
                pages.reset();
            }
        }
    }

    /** Live, passes come more often than lists are asked for. */
    private boolean isTimeToList() {
        Instant now = clock.instant();
        return listed == null
                || listed.isAfter(now)
                || !listed.plus(config.interval()).isAfter(now);
    }

    private void publishLive(LiveTail shown) throws IngestException, InterruptedException {
        long sampled = shown.takeSampled();
        for (long i = 0; i < sampled; i++) {
            pages.ignored("Live Tail update that was a sample");
        }
        Map<String, List<Entry>> byGroup = new TreeMap<>();
        for (LiveTail.Shown each : shown.take()) {
            LiveTailSessionLogEvent event = each.event();
            if (!Probes.VALIDATION_STREAM.equals(event.logStreamName())) {
                Instant time = Instant.ofEpochMilli(event.timestamp() == null ? 0 : event.timestamp());
                byte[] message = (event.message() == null ? "" : event.message()).getBytes(StandardCharsets.UTF_8);
                byGroup.computeIfAbsent(each.group(), unused -> new ArrayList<>())
                        .add(new Entry(id(event.logStreamName(), time, message), time, message));
            }
        }
        for (Map.Entry<String, List<Entry>> group : byGroup.entrySet()) {
            Instant position = pages.begin(group.getKey());
            // Before its first list a group has no position, and must not get one here: the list brings the events.
            if (position != null) {
                pages.publish(group.getKey(), group.getKey(), group.getValue(), position);
            }
        }
    }

    private static String id(@Nullable String stream, Instant time, byte[] message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes((stream + '\0' + time.toEpochMilli() + '\0').getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(message);
        return EventKeys.idOf(bytes.toByteArray(), 0, bytes.size());
    }

    private void read(String group) throws IngestException, InterruptedException {
        Instant begun = pages.begin(group);
        Instant position = begun == null ? clock.instant().minus(config.backfill()) : begun;
        Instant start = begun == null ? position : position.minus(config.overlap());
        String token = null;
        int restarts = 0;
        while (true) {
            FilterLogEventsRequest request = FilterLogEventsRequest.builder()
                    .logGroupName(group)
                    .startTime(start.toEpochMilli())
                    .nextToken(token)
                    .build();
            FilterLogEventsResponse answer;
            try {
                answer = session.call(
                        AwsApi.FILTER_LOG_EVENTS,
                        config.source() + ", log group \"" + group + "\"",
                        () -> session.logs().filterLogEvents(request));
            } catch (IngestException e) {
                if (e.getCause() instanceof ResourceNotFoundException) {
                    if (missing.add(group)) {
                        LOG.warn(
                                "{}: log group \"{}\" does not exist; executions go on without a log", source(), group);
                    }
                    return;
                }
                if (token != null && e.getCause() instanceof InvalidParameterException && ++restarts <= RESTARTS) {
                    LOG.debug("{}: the token of a page is not valid any more; it is read again", source());
                    token = null;
                    continue;
                }
                throw e;
            }
            missing.remove(group);
            position = publish(group, answer.events(), position);
            if (live != null) {
                publishLive(live);
            }
            token = answer.nextToken();
            if (token == null) {
                return;
            }
        }
    }

    /** Returns up to where everything is read with this page. */
    private Instant publish(String group, List<FilteredLogEvent> events, Instant before)
            throws IngestException, InterruptedException {
        List<Entry> entries = new ArrayList<>(events.size());
        Instant newest = Instant.MIN;
        Instant arrived = Instant.MIN;
        for (FilteredLogEvent event : events) {
            Instant time = Instant.ofEpochMilli(event.timestamp() == null ? 0 : event.timestamp());
            if (Probes.VALIDATION_STREAM.equals(event.logStreamName())) {
                if (validations.add(event.eventId())) {
                    pages.ignored(Probes.VALIDATION);
                }
                continue;
            }
            newest = time.isAfter(newest) ? time : newest;
            if (event.ingestionTime() != null) {
                Instant received = Instant.ofEpochMilli(event.ingestionTime());
                arrived = received.isAfter(arrived) ? received : arrived;
            }
            byte[] message = (event.message() == null ? "" : event.message()).getBytes(StandardCharsets.UTF_8);
            String id = live == null ? String.valueOf(event.eventId()) : id(event.logStreamName(), time, message);
            entries.add(new Entry(id, time, message));
        }
        Instant position = newest.isBefore(arrived) ? newest : arrived;
        Instant after = position.isAfter(before) ? position : before;
        pages.publish(group, group, entries, after);
        return after;
    }

    /** The groups, with their ARNs where those are needed. */
    private SortedMap<String, String> groups() throws IngestException, InterruptedException {
        Instant now = clock.instant();
        if (groupsListed == null || !groupsListed.plus(LOOK_FOR_GROUPS).isAfter(now)) {
            SortedMap<String, String> all = new TreeMap<>();
            for (String group : config.groups()) {
                all.put(group, "");
                if (live != null) {
                    list(group, all, group::equals);
                }
            }
            for (String prefix : config.prefixes()) {
                list(prefix, all, name -> true);
            }
            groups = all;
            groupsListed = now;
        }
        return groups;
    }

    private void list(String prefix, SortedMap<String, String> all, Predicate<String> wanted)
            throws IngestException, InterruptedException {
        String token = null;
        do {
            DescribeLogGroupsRequest request = DescribeLogGroupsRequest.builder()
                    .logGroupNamePrefix(prefix)
                    .limit(GROUPS_PAGE)
                    .nextToken(token)
                    .build();
            DescribeLogGroupsResponse answer = session.call(
                    AwsApi.DESCRIBE_LOG_GROUPS,
                    config.source() + ", log groups \"" + prefix + "*\"",
                    () -> session.logs().describeLogGroups(request));
            for (LogGroup group : answer.logGroups()) {
                if (wanted.test(group.logGroupName())) {
                    String arn = group.logGroupArn() == null ? String.valueOf(group.arn()) : group.logGroupArn();
                    all.put(group.logGroupName(), arn.endsWith(":*") ? arn.substring(0, arn.length() - 2) : arn);
                }
            }
            token = answer.nextToken();
        } while (token != null);
    }

    @Override
    public void close() {
        if (live != null) {
            live.close();
        }
        pages.close();
    }
}
