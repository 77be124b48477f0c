package io.trailwarden.ingest.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.ingest.HalfAnHour;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.MemoryBroker;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.SimulatedClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogsIngesterTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final String PREFIX = "/aws/vendedlogs/states/";
    private static final String ORDERS = PREFIX + "OrderFlow-Logs";
    private static final String STREAM = "states/OrderFlow/2026-03-02-12-00/0a1b2c3d";

    @TempDir
    Path folder;

    private final SimulatedClock clock = new SimulatedClock(NOON);
    private final MemoryBroker broker = new MemoryBroker();
    private FakeAws aws;
    private AwsSessions sessions;
    private Positions positions;

    @BeforeEach
    void start() throws IngestException {
        aws = FakeAws.start(clock);
        sessions = new AwsSessions(clock, clock::advance);
        positions = Positions.open(folder.resolve("positions.db"));
    }

    @AfterEach
    void stop() {
        positions.close();
        sessions.close();
        aws.close();
    }

    private AwsAccess access() {
        return new AwsAccess(
                "eu-west-1", null, "arn:aws:iam::111122223333:role/trailwarden-reader", null, aws.endpoint());
    }

    private LogsIngester open(LogsConfig config) throws IngestException {
        return new LogsIngester(config, sessions.of(access()), broker.connect(), positions, clock);
    }

    private LogsIngester all() throws IngestException {
        return open(LogsConfig.of("logs", List.of(), List.of(PREFIX)));
    }

    private static String line(String execution, Instant time) {
        return "{\"id\":\"1\",\"type\":\"ExecutionStarted\",\"details\":{},\"previous_event_id\":\"0\","
                + "\"event_timestamp\":\"" + time.toEpochMilli() + "\",\"execution_arn\":"
                + "\"arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:" + execution
                + "\",\"redrive_count\":\"0\"}";
    }

    private void logged(String execution, Instant time, Instant arrived) {
        aws.logs().put(ORDERS, STREAM, time, arrived, line(execution, time));
    }

    private List<String> arrived() {
        return broker.store().stream()
                .filter(message -> message.topic().equals("audit.executions"))
                .map(message -> message.key().replaceAll(".*OrderFlow:([^|#/ ]+).*", "$1"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 2})
    void half_an_hour_of_AWS_at_its_worst_loses_and_doubles_nothing(int skewHours) throws Exception {
        aws.logs().pages(40, true);
        aws.logs().createGroup(ORDERS);
        int[] next = {0};
        HalfAnHour.survives(
                aws,
                clock,
                Duration.ofHours(skewHours),
                (now, random) -> {
                    List<String> ids = new ArrayList<>();
                    for (int i = 0; i < 5; i++) {
                        String record = "{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-03-02T09:00:00Z\","
                                + "\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"GetUser\",\"eventID\":\"e-"
                                + next[0] + "\",\"recipientAccountId\":\"111122223333\"}";
                        aws.logs()
                                .put(
                                        ORDERS,
                                        STREAM,
                                        now,
                                        now.plusSeconds(random.nextInt((int) HalfAnHour.LATEST.toSeconds())),
                                        record);
                        ids.add("e-" + next[0]++ + "|111122223333");
                    }
                    return ids;
                },
                (publisher, itsPositions, local, failPoints) -> new LogsIngester(
                        LogsConfig.of("logs", List.of(), List.of(PREFIX)),
                        new AwsSessions(local, clock::advance).of(access()),
                        publisher,
                        itsPositions,
                        local,
                        failPoints),
                folder.resolve("simulation"));
    }

    @Test
    void groups_are_found_by_prefix_and_new_ones_within_five_minutes() throws Exception {
        logged("one", NOON, NOON);
        aws.logs().createGroup("/aws/lambda/other");
        IntStream.range(0, 60).forEach(i -> aws.logs().createGroup(PREFIX + "empty-" + i));
        try (LogsIngester ingester = all()) {
            ingester.pass();
            clock.advance(Duration.ofMinutes(5));
            Instant later = clock.instant();
            aws.logs().put(PREFIX + "New-Logs", STREAM, later, later, line("two", later));
            ingester.pass();
        }

        assertThat(arrived()).containsExactlyInAnyOrder("one", "two");
        assertThat(aws.exceeded()).isEmpty();
    }

    @Test
    void empty_pages_with_a_token_are_not_the_end() throws Exception {
        aws.logs().pages(2, true);
        IntStream.range(0, 9).forEach(i -> logged("x-" + i, NOON.plusMillis(i), NOON));
        try (LogsIngester ingester = all()) {
            ingester.pass();
        }

        assertThat(arrived()).hasSize(9).doesNotHaveDuplicates();
    }

    @Test
    void a_line_that_arrives_late_is_read_and_known_ones_are_not_read_again() throws Exception {
        logged("early", NOON, NOON);
        logged("late", NOON.minusSeconds(400), NOON.plusSeconds(60));
        try (LogsIngester ingester = all()) {
            ingester.pass();
            clock.advance(Duration.ofMinutes(1));
            ingester.pass();
        }

        assertThat(arrived()).containsExactlyInAnyOrder("early", "late");
    }

    @Test
    void a_producer_whose_clock_is_ahead_hides_nothing_that_comes_after() throws Exception {
        logged("future", NOON.plus(Duration.ofHours(2)), NOON);
        try (LogsIngester ingester = all()) {
            ingester.pass();
            clock.advance(Duration.ofMinutes(30));
            logged("next", clock.instant(), clock.instant());
            ingester.pass();
        }

        assertThat(arrived()).containsExactlyInAnyOrder("future", "next");
    }

    @Test
    void the_validation_stream_is_ignored_and_counted_once() throws Exception {
        aws.logs()
                .put(
                        ORDERS,
                        "log_stream_created_by_aws_to_validate_log_delivery_subscriptions",
                        NOON,
                        NOON,
                        "Permissions are set correctly to allow AWS CloudWatch Logs to write into your logs while creating"
                                + " a subscription.");
        logged("real", NOON, NOON);
        try (LogsIngester ingester = all()) {
            ingester.pass();
            ingester.pass();

            assertThat(ingester.progress().ignored()).isEqualTo(Map.of("CloudWatch Logs validation message", 1L));
            assertThat(ingester.progress().rejected()).isZero();
        }

        assertThat(arrived()).containsExactly("real");
    }

    @Test
    void a_group_that_is_gone_does_not_stop_the_others() throws Exception {
        logged("one", NOON, NOON);
        try (LogsIngester ingester = open(LogsConfig.of("logs", List.of(ORDERS, "/gone"), List.of()))) {
            ingester.pass();
        }

        assertThat(arrived()).containsExactly("one");
    }

    @Test
    void no_group_at_all_is_refused() {
        assertThatThrownBy(() -> LogsConfig.of("logs", List.of(), List.of()))
                .hasMessage("logs reads no log group (expected: groups or prefixes)");
    }
}
