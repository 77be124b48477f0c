package io.trailwarden.ingest.s3;

import static io.trailwarden.ingest.s3.TrailObjects.cloudTrailNotification;
import static io.trailwarden.ingest.s3.TrailObjects.gzip;
import static io.trailwarden.ingest.s3.TrailObjects.inSns;
import static io.trailwarden.ingest.s3.TrailObjects.s3Notification;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.MemoryBroker;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSession;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.ingest.aws.Pause;
import io.trailwarden.ingest.format.ObjectLimits;
import io.trailwarden.ingest.s3.BucketConfig.Backfill;
import io.trailwarden.testing.aws.RealServers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** A bucket with a queue, over s3proxy and ElasticMQ instead of a fake of ours. */
@Timeout(180)
class RealServersTest {

    private static final String BUCKET = "example-trail";
    private static final String STRANGERS = "strangers";
    private static final Duration VISIBILITY = Duration.ofSeconds(30);

    @TempDir
    static Path buckets;

    private static RealServers servers;
    private static AwsSessions sessions;
    private static AwsSession session;
    private static BucketWriter writer;

    @TempDir
    Path folder;

    private final MemoryBroker broker = new MemoryBroker();
    private Positions positions;
    private String queue;

    @BeforeAll
    static void startServers() {
        System.setProperty("aws.accessKeyId", RealServers.KEY);
        System.setProperty("aws.secretAccessKey", RealServers.SECRET);
        servers = RealServers.start(buckets);
        sessions = new AwsSessions(Clock.systemUTC(), Pause.SLEEP);
        session = sessions.of(new AwsAccess("us-east-1", null, null, null, servers.s3()));
        writer = new BucketWriter(servers);
        writer.create(BUCKET);
        writer.create(STRANGERS);
    }

    @AfterAll
    static void stopServers() {
        writer.close();
        sessions.close();
        servers.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @BeforeEach
    void openQueue(TestInfo test) throws IngestException {
        String name = "q" + Integer.toHexString(test.getDisplayName().hashCode());
        queue = servers.queue(name);
        createQueue(name);
        positions = Positions.open(folder.resolve("positions.db"));
    }

    @AfterEach
    void closePositions() {
        positions.close();
    }

    private static void createQueue(String name) {
        session.sqs(servers.queue(name)).createQueue(create -> create.queueName(name));
    }

    @Test
    void notifications_of_every_form_and_keys_of_every_layout_are_read_and_deleted_only_when_stored() throws Exception {
        String plain = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/plain.json.gz";
        String organization = "AWSLogs/o-exampleorg1/111122223333/CloudTrail/eu-west-1/2026/03/02/organization.json.gz";
        String controlTower =
                "o-exampleorg1/AWSLogs/o-exampleorg1/111122223333/CloudTrail/eu-west-1/2026/03/02/tower.json.gz";
        String odd = "with space/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/odd+one.json.gz";
        put(BUCKET, plain, "plain");
        put(BUCKET, organization, "organization");
        put(BUCKET, controlTower, "tower-1", "tower-2");
        put(BUCKET, odd, "odd");
        send("CloudTrail validation message.");
        send(cloudTrailNotification(BUCKET, plain));
        send(inSns(cloudTrailNotification(BUCKET, organization)));
        send(s3Notification(BUCKET, controlTower.replace("/", "%2F")));
        send(inSns(s3Notification(
                BUCKET, "with+space/" + odd.substring("with space/".length()).replace("+", "%2B"))));

        try (BucketIngester ingester = open(null)) {
            ingester.pass();
            assertThat(arrived()).containsExactlyInAnyOrder("plain", "organization", "tower-1", "tower-2", "odd");
            assertThat(deadLetters()).isEmpty();
            // In Kafka, but not in the tables: the messages stay. Only the one without objects has nothing to wait for.
            ingester.pass();
            assertThat(messages()).isEqualTo(4);

            positions.confirm(broker.stored().committed());
            ingester.pass();
        }

        assertThat(messages()).isZero();
        // Announced again, as AWS may: known, and not sent again.
        send(cloudTrailNotification(BUCKET, plain));
        try (BucketIngester ingester = open(null)) {
            ingester.pass();
        }
        assertThat(arrived()).hasSize(5);
        assertThat(messages()).isZero();
    }

    @Test
    void a_message_is_hidden_while_its_records_are_not_stored_and_comes_again_when_its_reader_was_killed()
            throws Exception {
        put(BUCKET, "killed.json.gz", "killed-1", "killed-2");
        send(cloudTrailNotification(BUCKET, "killed.json.gz"));
        BucketIngester killed = open(null, (point, object) -> {
            if (point == FailPoint.AFTER_SEND) {
                throw new Killed();
            }
        });
        assertThatThrownBy(killed::pass).isInstanceOf(Killed.class);

        String other = queue;
        createQueue("slow");
        queue = servers.queue("slow");
        put(BUCKET, "slow.json.gz", "slow");
        send(cloudTrailNotification(BUCKET, "slow.json.gz"));
        Instant hidden = Instant.now();
        try (BucketIngester ingester = open(null)) {
            ingester.pass();
            // Another reader asks for longer than the message was hidden at first.
            await().during(VISIBILITY.plusSeconds(5))
                    .atMost(VISIBILITY.plusSeconds(30))
                    .pollInterval(Duration.ofSeconds(3))
                    .until(() -> {
                        ingester.pass();
                        return session.sqs(queue)
                                .receiveMessage(receive -> receive.queueUrl(queue))
                                .messages()
                                .isEmpty();
                    });
            assertThat(Duration.between(hidden, Instant.now())).isGreaterThan(VISIBILITY);
            assertThat(arrived()).contains("slow");
            positions.confirm(broker.stored().committed());
            ingester.pass();
        }
        assertThat(messages()).isZero();

        queue = other;
        try (BucketIngester next = open(null)) {
            await().atMost(VISIBILITY).until(() -> {
                next.pass();
                return arrived().contains("killed-2");
            });
            positions.confirm(broker.stored().committed());
            next.pass();
        }
        assertThat(arrived().stream().distinct()).contains("killed-1", "killed-2");
        assertThat(messages()).isZero();
    }

    @Test
    void what_is_there_already_is_read_by_prefix_and_time_and_goes_on_where_it_was_killed() throws Exception {
        put(BUCKET, "history/AWSLogs/old.json.gz", "too-old");
        Instant old = session.s3()
                .headObject(head -> head.bucket(BUCKET).key("history/AWSLogs/old.json.gz"))
                .lastModified();
        Instant from = old.plusSeconds(1);
        await().until(() -> Instant.now().isAfter(from.plusMillis(500)));
        for (int i = 0; i < 25; i++) {
            put(BUCKET, "history/AWSLogs/%02d.json.gz".formatted(i), "h-" + i);
        }
        put(BUCKET, "history-elsewhere/x.json.gz", "elsewhere");
        Backfill backfill =
                new Backfill(List.of("history/"), from, Instant.now().plusSeconds(60));
        int[] sent = {0};
        BucketIngester killed = open(backfill, (point, object) -> {
            if (point == FailPoint.AFTER_SEND && ++sent[0] == 10) {
                throw new Killed();
            }
        });
        assertThatThrownBy(killed::pass).isInstanceOf(Killed.class);
        broker.store();
        positions.confirm(broker.stored().committed());

        try (BucketIngester ingester = open(backfill)) {
            ingester.pass();
        }

        List<String> arrived = arrived();
        assertThat(arrived).doesNotContain("too-old", "elsewhere");
        assertThat(arrived.stream().distinct()).hasSize(25);
        assertThat(arrived).hasSizeLessThan(25 + 10);
    }

    @Test
    void a_bucket_that_is_not_configured_is_not_read_and_its_message_leaves_the_queue() throws Exception {
        put(STRANGERS, "evil.json.gz", "evil");
        send(s3Notification(STRANGERS, "evil.json.gz"));
        try (BucketIngester ingester = open(null)) {
            ingester.pass();
            assertThat(deadLetters())
                    .singleElement()
                    .extracting(DeadLetter::message)
                    .isEqualTo("its bucket is not configured (expected: one of [example-trail])");
            positions.confirm(broker.stored().committed());
            ingester.pass();
        }

        assertThat(arrived()).isEmpty();
        assertThat(messages()).isZero();
    }

    @Test
    void wrong_credentials_are_refused_by_the_server_and_said() throws Exception {
        System.setProperty("aws.secretAccessKey", "another");
        try (AwsSessions strangers = new AwsSessions(Clock.systemUTC(), Pause.SLEEP);
                BucketIngester ingester = new BucketIngester(
                        config(new Backfill(List.of(), Instant.EPOCH, null)),
                        strangers.of(new AwsAccess("us-east-1", null, null, null, servers.s3())),
                        broker.connect(),
                        positions,
                        Clock.systemUTC())) {
            assertThatThrownBy(ingester::pass)
                    .isInstanceOf(IngestException.class)
                    .hasMessageContaining("s3:ListBucket failed")
                    .hasMessageContaining("SignatureDoesNotMatch");
        } finally {
            System.setProperty("aws.secretAccessKey", RealServers.SECRET);
        }
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private BucketConfig config(@Nullable Backfill backfill) {
        return new BucketConfig(
                "s3", queue, Set.of(BUCKET), null, backfill, VISIBILITY, Duration.ZERO, ObjectLimits.DEFAULT);
    }

    private BucketIngester open(@Nullable Backfill backfill) {
        return open(backfill, FailPoint.Listener.NONE);
    }

    private BucketIngester open(@Nullable Backfill backfill, FailPoint.Listener failPoints) {
        return new BucketIngester(
                config(backfill), session, broker.connect(), positions, Clock.systemUTC(), failPoints);
    }

    private static void put(String bucket, String key, String... ids) {
        writer.put(
                bucket, key, gzip(Arrays.stream(ids).map(TrailObjects::record).toList()), Map.of());
    }

    private void send(String body) {
        session.sqs(queue).sendMessage(send -> send.queueUrl(queue).messageBody(body));
    }

    /** Of the queue, hidden ones too. */
    private int messages() {
        Map<QueueAttributeName, String> attributes = session.sqs(queue)
                .getQueueAttributes(get -> get.queueUrl(queue)
                        .attributeNames(
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                .attributes();
        return attributes.values().stream().mapToInt(Integer::parseInt).sum();
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
}
