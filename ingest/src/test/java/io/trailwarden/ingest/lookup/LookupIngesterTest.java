package io.trailwarden.ingest.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.ingest.HalfAnHour;
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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookupIngesterTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final String ROLE = "arn:aws:iam::111122223333:role/trailwarden-reader";

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
        return new AwsAccess("eu-west-1", null, ROLE, "x-77", aws.endpoint());
    }

    private LookupIngester open(LookupConfig config) throws IngestException {
        return new LookupIngester(config, sessions.of(access()), broker.connect(), positions, clock);
    }

    private void happened(String id, Instant time) {
        aws.cloudTrail().put(id, time, time, record(id));
    }

    private static String record(String id) {
        return "{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-03-02T09:00:00Z\",\"eventSource\":\"iam.amazonaws.com\","
                + "\"eventName\":\"GetUser\",\"eventID\":\"" + id + "\",\"recipientAccountId\":\"111122223333\"}";
    }

    private List<String> arrived() {
        return broker.store().stream()
                .filter(message -> message.topic().equals("audit.cloudtrail"))
                .map(message -> message.key().replace("|111122223333", ""))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 2})
    void half_an_hour_of_AWS_at_its_worst_loses_and_doubles_nothing(int skewHours) throws Exception {
        int[] next = {0};
        HalfAnHour.survives(
                aws,
                clock,
                Duration.ofHours(skewHours),
                (now, random) -> {
                    List<String> ids = new ArrayList<>();
                    for (int i = 0; i < 4; i++) {
                        String id = "e-" + next[0]++;
                        // Up to ten minutes late, as AWS says of Event history's usual delay of a few minutes.
                        aws.cloudTrail()
                                .put(
                                        id,
                                        now,
                                        now.plusSeconds(random.nextInt((int) HalfAnHour.LATEST.toSeconds())),
                                        record(id));
                        ids.add(id + "|111122223333");
                    }
                    return ids;
                },
                (publisher, itsPositions, local, failPoints) -> new LookupIngester(
                        LookupConfig.of("cloudtrail"),
                        new AwsSessions(local, clock::advance).of(access()),
                        publisher,
                        itsPositions,
                        local,
                        failPoints),
                folder.resolve("simulation"));
    }

    @Test
    void history_is_read_as_far_back_as_asked_and_no_further() throws Exception {
        happened("too-old", NOON.minus(Duration.ofDays(31)));
        happened("a", NOON.minus(Duration.ofDays(29)));
        happened("b", NOON.minus(Duration.ofDays(3)));
        happened("c", NOON.minusSeconds(60));
        try (LookupIngester ingester = open(
                new LookupConfig("cloudtrail", Duration.ofDays(30), Duration.ofMinutes(30), Duration.ofSeconds(30)))) {
            ingester.pass();
        }

        assertThat(arrived()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(aws.exceeded()).isEmpty();
    }

    @Test
    void an_interrupted_backfill_goes_on_where_it_was() throws Exception {
        IntStream.range(0, 48).forEach(hour -> happened("h-" + hour, NOON.minus(Duration.ofHours(hour))));
        LookupConfig config =
                new LookupConfig("cloudtrail", Duration.ofDays(2), Duration.ofMinutes(30), Duration.ofSeconds(30));
        try (LookupIngester ingester = open(config)) {
            ingester.pass();
            arrived();
            positions.confirm(broker.stored().committed());
        }
        int before = aws.requests("LookupEvents");

        try (LookupIngester ingester = open(config)) {
            ingester.pass();
        }

        assertThat(arrived()).hasSize(48).doesNotHaveDuplicates();
        assertThat(aws.requests("LookupEvents") - before).isEqualTo(1);
    }

    @Test
    void an_event_that_comes_late_within_the_overlap_is_read() throws Exception {
        happened("early", NOON);
        try (LookupIngester ingester = open(LookupConfig.of("cloudtrail"))) {
            ingester.pass();
            clock.advance(Duration.ofMinutes(20));
            happened("later", clock.instant());
            aws.cloudTrail().put("late", NOON.plusSeconds(1), clock.instant(), record("late"));
            ingester.pass();
        }

        assertThat(arrived()).containsExactlyInAnyOrder("early", "later", "late");
    }

    @Test
    void an_event_dated_in_the_future_hides_nothing_that_comes_after() throws Exception {
        happened("now", NOON);
        aws.cloudTrail().put("future", NOON.plus(Duration.ofDays(5)), NOON, record("future"));
        try (LookupIngester ingester = open(LookupConfig.of("cloudtrail"))) {
            ingester.pass();
            clock.advance(Duration.ofMinutes(10));
            happened("next", clock.instant());
            ingester.pass();
        }

        assertThat(arrived()).containsExactlyInAnyOrder("now", "future", "next");
    }

    @Test
    void a_role_is_assumed_with_its_external_id_and_again_when_its_token_is_refused() throws Exception {
        aws.requireExternalId("x-77");
        IntStream.range(0, 500).forEach(i -> happened("e-" + i, NOON.minusSeconds(i)));
        aws.faults(new Faults(0, 0, 0, 0, 3, Duration.ZERO));
        try (LookupIngester ingester = open(LookupConfig.of("cloudtrail"))) {
            ingester.pass();
        }

        assertThat(arrived()).hasSize(500).doesNotHaveDuplicates();
        assertThat(aws.requests("AssumeRole")).isGreaterThan(2);
    }

    @Test
    void a_wrong_external_id_is_said() throws Exception {
        aws.requireExternalId("another");
        try (LookupIngester ingester = open(LookupConfig.of("cloudtrail"))) {
            assertThatThrownBy(ingester::pass)
                    .isInstanceOf(IngestException.class)
                    .hasMessageContaining("cloudtrail: cloudtrail:LookupEvents failed: AccessDenied")
                    .hasMessageContaining("sts:AssumeRole");
        }
    }

    @Test
    void backfill_beyond_what_AWS_keeps_is_refused() {
        assertThatThrownBy(() -> new LookupConfig("x", Duration.ofDays(91), Duration.ZERO, Duration.ZERO))
                .hasMessage("backfill: PT2184H (expected: at most 90 days)");
    }
}
