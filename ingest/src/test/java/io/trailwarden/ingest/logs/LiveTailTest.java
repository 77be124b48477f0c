package io.trailwarden.ingest.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.MemoryBroker;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.Faults;
import io.trailwarden.testing.aws.SimulatedClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live lane, with the SDK's own event streams over HTTP. */
class LiveTailTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final String ORDERS = "/aws/vendedlogs/states/OrderFlow-Logs";
    private static final String STREAM = "states/OrderFlow/2026-03-02-12-00/0a1b2c3d";

    @TempDir
    Path folder;

    private final SimulatedClock clock = new SimulatedClock(NOON);
    private final MemoryBroker broker = new MemoryBroker();
    private FakeAws aws;
    private AwsSessions sessions;
    private Positions positions;
    private LogsIngester ingester;

    @BeforeEach
    void start() throws Exception {
        aws = FakeAws.start(clock);
        aws.logs().createGroup(ORDERS);
        aws.logs().createGroup(ORDERS + "-2");
        sessions = new AwsSessions(clock, clock::advance);
        positions = Positions.open(folder.resolve("positions.db"));
        ingester = open();
        ingester.pass();
        await().until(() -> aws.logs().liveTail().groups().size() == 2);
    }

    @AfterEach
    void stop() {
        ingester.close();
        positions.close();
        sessions.close();
        aws.close();
    }

    private LogsIngester open() throws IngestException {
        return new LogsIngester(
                LogsConfig.of("logs", List.of(ORDERS), List.of(ORDERS)).withLive(),
                sessions.of(new AwsAccess(
                        "eu-west-1", null, "arn:aws:iam::111122223333:role/reader", null, aws.endpoint())),
                broker.connect(),
                positions,
                clock);
    }

    private static String line(String execution, Instant time) {
        return "{\"id\":\"1\",\"type\":\"ExecutionStarted\",\"details\":{},\"previous_event_id\":\"0\","
                + "\"event_timestamp\":\"" + time.toEpochMilli() + "\",\"execution_arn\":"
                + "\"arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:" + execution
                + "\",\"redrive_count\":\"0\"}";
    }

    private void logged(String execution, Instant listedFrom) {
        Instant time = NOON;
        aws.logs().put(ORDERS, STREAM, time, listedFrom, line(execution, time));
    }

    private void shown(String execution, boolean sampled) {
        aws.logs().liveTail().show(ORDERS, STREAM, NOON, line(execution, NOON), sampled);
    }

    private List<String> arrived() {
        return broker.store().stream()
                .filter(message -> message.topic().equals("audit.executions"))
                .map(message -> message.key().replaceAll(".*OrderFlow:([^|#/ ]+).*", "$1"))
                .toList();
    }

    private void passUntil(BooleanSupplier done) {
        ThrowingRunnable pass = () -> {
            ingester.pass();
            assertThat(done.getAsBoolean()).isTrue();
        };
        await().untilAsserted(pass);
    }

    @Test
    void an_event_is_there_before_it_is_listed_and_then_passed_over() throws Exception {
        logged("one", NOON.plusSeconds(120));
        shown("one", false);
        passUntil(() -> arrived().equals(List.of("one")));

        clock.advance(Duration.ofMinutes(3));
        ingester.pass();

        assertThat(arrived()).containsExactly("one");
        assertThat(ingester.progress().records()).isEqualTo(1);
    }

    @Test
    void what_a_sample_leaves_out_is_listed() throws Exception {
        logged("one", NOON.plusSeconds(60));
        logged("two", NOON.plusSeconds(60));
        shown("one", true);
        passUntil(() -> arrived().equals(List.of("one")));
        assertThat(ingester.progress().ignored()).isEqualTo(Map.of("Live Tail update that was a sample", 1L));

        clock.advance(Duration.ofMinutes(2));
        ingester.pass();

        assertThat(arrived()).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void lists_are_asked_for_no_more_often_than_without_it() throws Exception {
        int before = aws.requests("FilterLogEvents");
        for (int i = 0; i < 5; i++) {
            ingester.pass();
        }
        assertThat(aws.requests("FilterLogEvents")).isEqualTo(before);

        clock.advance(Duration.ofSeconds(10));
        ingester.pass();
        assertThat(aws.requests("FilterLogEvents")).isEqualTo(before + 2);
    }

    @Test
    void a_session_that_is_over_is_opened_again() {
        aws.logs().liveTail().end("SessionTimeoutException");
        passUntil(() -> aws.logs().liveTail().opened() == 2);

        shown("after three hours", false);
        passUntil(() -> !arrived().isEmpty());
    }

    @Test
    void a_connection_that_broke_is_opened_again_after_a_pause() {
        aws.logs().liveTail().drop();
        passUntil(() -> {
            clock.advance(Duration.ofSeconds(1));
            return aws.logs().liveTail().opened() == 2;
        });
        assertThat(aws.exceeded()).isEmpty();
    }

    @Test
    void an_expired_token_is_renewed() {
        aws.faults(new Faults(0, 0, 0, 0, 5, Duration.ZERO));
        aws.logs().liveTail().end("SessionStreamingException");
        passUntil(() -> {
            clock.advance(Duration.ofSeconds(5));
            return aws.logs().liveTail().opened() == 2;
        });
        assertThat(aws.requests("AssumeRole")).isGreaterThan(1);
    }

    @Test
    void where_it_is_not_allowed_lists_bring_everything() throws Exception {
        aws.logs().liveTail().refuse("AccessDeniedException");
        aws.logs().liveTail().end("SessionTimeoutException");
        logged("one", NOON.plusSeconds(30));
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofMinutes(10));
            ingester.pass();
        }

        assertThat(arrived()).containsExactly("one");
        assertThat(aws.requests("StartLiveTail"))
                .as("it is not asked all the time")
                .isLessThan(8);
    }

    @Test
    void what_was_shown_is_not_sent_twice_after_a_restart() throws Exception {
        logged("one", NOON.plusSeconds(120));
        shown("one", false);
        passUntil(() -> arrived().equals(List.of("one")));
        positions.confirm(broker.stored().committed());
        ingester.close();

        clock.advance(Duration.ofMinutes(3));
        ingester = open();
        ingester.pass();

        assertThat(arrived()).containsExactly("one");
    }
}
