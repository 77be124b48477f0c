package io.trailwarden.ingest.s3;

import static io.trailwarden.ingest.s3.TrailObjects.cloudTrailNotification;
import static io.trailwarden.ingest.s3.TrailObjects.gzip;
import static io.trailwarden.ingest.s3.TrailObjects.inSns;
import static io.trailwarden.ingest.s3.TrailObjects.record;
import static io.trailwarden.ingest.s3.TrailObjects.s3Notification;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.ingest.HalfAnHour;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.MemoryBroker;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.ingest.s3.BucketConfig.Backfill;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.SimulatedClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketIngesterTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final String BUCKET = "example-trail";

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
        aws.s3().createBucket(BUCKET);
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

    private BucketConfig config(@Nullable Backfill backfill) {
        return BucketConfig.of("s3", aws.endpoint() + "/111122223333/trail", Set.of(BUCKET), null, backfill);
    }

    private BucketIngester open() {
        return new BucketIngester(config(null), sessions.of(access()), broker.connect(), positions, clock);
    }

    private void put(String key, String... ids) {
        List<String> records = new ArrayList<>();
        for (String id : ids) {
            records.add(record(id));
        }
        aws.s3().put(BUCKET, key, gzip(records), Map.of());
    }

    private List<String> arrived() {
        return broker.store().stream()
                .filter(message -> message.topic().equals("audit.cloudtrail") && message.rejectedHeader().length == 0)
                .map(message -> message.key().replace("|111122223333", ""))
                .toList();
    }

    private List<DeadLetter> deadLetters() {
        OriginCodec origins = new OriginCodec();
        return broker.store().stream()
                .filter(message -> message.rejectedHeader().length > 0)
                .map(message -> origins.deadLetter(
                        message.rejectedHeader(),
                        message.value(),
                        origins.origin(message.objectHeader(), message.offsetHeader())))
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
                    List<String> records = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                        records.add(record("e-" + next[0]));
                        ids.add("e-" + next[0]++ + "|111122223333");
                    }
                    String key = TrailObjects.key("111122223333", "o" + next[0]);
                    aws.s3().put(BUCKET, key, gzip(records), Map.of());
                    aws.sqs().send(cloudTrailNotification(BUCKET, key));
                    return ids;
                },
                (publisher, itsPositions, local, failPoints) -> new BucketIngester(
                        config(null),
                        new AwsSessions(local, clock::advance).of(access()),
                        publisher,
                        itsPositions,
                        local,
                        failPoints),
                folder.resolve("simulation"));
    }

    @Test
    void every_kind_of_notification_is_understood() throws Exception {
        put("a b/AWSLogs/one.json.gz", "one");
        put("two.json.gz", "two");
        put("three.json.gz", "three");
        put("four.json.gz", "four");
        put("five.json.gz", "five");
        aws.sqs().send("CloudTrail validation message.");
        aws.sqs().send(inSns("CloudTrail validation message."));
        aws.sqs().send("{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Bucket\":\"example-trail\"}");
        aws.sqs().send(s3Notification(BUCKET, "a+b/AWSLogs%2Fone.json.gz"));
        aws.sqs().send(inSns(s3Notification(BUCKET, "two.json.gz")));
        aws.sqs().send(cloudTrailNotification(BUCKET, "three.json.gz"));
        aws.sqs().send(inSns(cloudTrailNotification(BUCKET, "four.json.gz")));
        aws.sqs()
                .send("{\"source\":\"aws.s3\",\"detail-type\":\"Object Created\",\"detail\":{\"bucket\":{\"name\":\""
                        + BUCKET + "\"},\"object\":{\"key\":\"five.json.gz\"}}}");
        try (BucketIngester ingester = open()) {
            ingester.pass();
            assertThat(arrived()).containsExactlyInAnyOrder("one", "two", "three", "four", "five");
            assertThat(deadLetters()).isEmpty();
            positions.confirm(broker.stored().committed());
            ingester.pass();
        }

        assertThat(aws.sqs().size()).isZero();
    }

    @Test
    void a_message_is_deleted_only_when_its_records_are_stored_and_hidden_until_then() throws Exception {
        put("one.json.gz", "one");
        aws.sqs().send(cloudTrailNotification(BUCKET, "one.json.gz"));
        try (BucketIngester ingester = open()) {
            for (int minute = 0; minute < 30; minute++) {
                ingester.pass();
                clock.advance(Duration.ofMinutes(1));
            }
            assertThat(aws.sqs().size()).isEqualTo(1);
            assertThat(aws.sqs().mostReceived()).isEqualTo(1);

            assertThat(arrived()).containsExactly("one");
            positions.confirm(broker.stored().committed());
            ingester.pass();
        }

        assertThat(aws.sqs().size()).isZero();
    }

    @Test
    void only_configured_buckets_are_read() throws Exception {
        aws.s3().put("stranger", "evil.json.gz", gzip(List.of(record("evil"))), Map.of());
        aws.sqs().send(cloudTrailNotification("stranger", "evil.json.gz"));
        try (BucketIngester ingester = open()) {
            ingester.pass();
        }

        assertThat(arrived()).isEmpty();
        assertThat(aws.requests("GetObject")).isZero();
        assertThat(deadLetters())
                .singleElement()
                .extracting(DeadLetter::message)
                .isEqualTo("its bucket is not configured (expected: one of [example-trail])");
    }

    @Test
    void a_message_that_says_nothing_we_know_and_an_object_that_is_gone_are_dead_letters_and_leave_the_queue()
            throws Exception {
        aws.sqs().send("{\"hello\":\"world\"}");
        aws.sqs().send("not json");
        aws.sqs().send(cloudTrailNotification(BUCKET, "gone.json.gz"));
        try (BucketIngester ingester = open()) {
            ingester.pass();
            assertThat(deadLetters())
                    .extracting(DeadLetter::message)
                    .containsExactlyInAnyOrder(
                            "a message of the queue that announces no object: neither CloudTrail's, S3's nor EventBridge's"
                                    + " notification of an object",
                            "a message of the queue that announces no object: not JSON",
                            "the object is gone: NoSuchKey");
            positions.confirm(broker.stored().committed());
            ingester.pass();
        }

        assertThat(aws.sqs().size()).isZero();
    }

    @Test
    void what_is_there_already_is_read_by_prefix_and_time_and_only_once() throws Exception {
        put("AWSLogs/111122223333/CloudTrail/old.json.gz", "too-old");
        clock.advance(Duration.ofHours(1));
        for (int i = 0; i < 1200; i++) {
            put("AWSLogs/111122223333/CloudTrail/%04d.json.gz".formatted(i), "e-" + i);
        }
        put("elsewhere/x.json.gz", "elsewhere");
        Backfill backfill = new Backfill(List.of("AWSLogs/"), NOON.plusSeconds(60), null);
        try (BucketIngester ingester =
                new BucketIngester(config(backfill), sessions.of(access()), broker.connect(), positions, clock)) {
            ingester.pass();
            assertThat(arrived()).hasSize(1200).doesNotContain("too-old", "elsewhere");
            positions.confirm(broker.stored().committed());
        }
        int before = aws.requests("ListObjectsV2");
        try (BucketIngester ingester =
                new BucketIngester(config(backfill), sessions.of(access()), broker.connect(), positions, clock)) {
            ingester.pass();
        }

        assertThat(aws.requests("ListObjectsV2")).isEqualTo(before);
        assertThat(arrived()).hasSize(1200);
    }

    @Test
    void a_configuration_that_reads_nothing_is_refused() {
        assertThatThrownBy(() -> BucketConfig.of("s3", null, Set.of(BUCKET), null, null))
                .hasMessage("s3 has neither a queue nor a backfill (expected: one of them)");
        assertThatThrownBy(() -> BucketConfig.of("s3", "q", Set.of(), null, null))
                .hasMessage("s3 reads from no bucket (expected: at least one)");
    }
}
