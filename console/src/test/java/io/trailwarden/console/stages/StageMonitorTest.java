package io.trailwarden.console.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trailwarden.console.stages.StageReport.GroupStage;
import io.trailwarden.console.stages.StageReport.Health;
import io.trailwarden.console.stages.StageReport.JobPart;
import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The monitor over a real broker. */
class StageMonitorTest {

    private EmbeddedKafka kafka;
    private Map<String, String> connection;
    private KafkaProducer<String, byte[]> producer;

    @BeforeEach
    void start(@TempDir Path folder) {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"));
        connection = Map.of("bootstrap.servers", kafka.bootstrapServers());
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
        Topics.ALL.forEach(topic -> kafka.createTopic(topic.name(), 1, topic.compacted()));
    }

    @AfterEach
    void stop() {
        producer.close(Duration.ofSeconds(5));
        kafka.close();
    }

    private void send(Topic<?> topic, String key, byte[] value) {
        try {
            producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void stored(long offset) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.alterConsumerGroupOffsets(
                            Topics.STORED_GROUP,
                            Map.of(new TopicPartition(Topics.CLOUDTRAIL.name(), 0), new OffsetAndMetadata(offset)))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void status(String run, int subtask, Instant at, Instant watermark, long received) {
        JobStatus status = new JobStatus(
                run, "intake", subtask, 2, at, watermark, Map.of("received", received, "lagMillis", 10L * subtask));
        send(Topics.STATUS, "intake/" + subtask, RecordCodec.JOB_STATUS.encode(status));
    }

    @Test
    void tells_what_waits_to_be_stored_and_when_it_is() {
        for (int i = 0; i < 5; i++) {
            send(Topics.CLOUDTRAIL, "k" + i, new byte[] {'{', '}'});
        }
        try (StageMonitor monitor = new StageMonitor(connection, Clock.systemUTC())) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> monitor.report().groups().stream().anyMatch(group -> group.lagRecords() == 5));
            GroupStage waiting = monitor.report().groups().get(0);
            assertThat(waiting.group()).isEqualTo(Topics.STORED_GROUP);
            assertThat(waiting.lagAtLeast()).isTrue();

            stored(5);

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> monitor.report().groups().get(0).lagRecords() == 0);
            GroupStage done = monitor.report().groups().get(0);
            assertThat(done.health()).isEqualTo(Health.WELL);
            assertThat(done.lagMillis()).isZero();
            assertThat(done.lastCommit()).isNotNull();
            assertThat(done.perSecond()).isPositive();
        }
    }

    @Test
    void sums_the_subtasks_of_the_latest_run() {
        Instant now = Instant.now();
        status("old", 0, now.minusSeconds(600), now.minusSeconds(700), 1_000_000);
        status("new", 0, now.minusSeconds(4), now.minusSeconds(30), 100);
        status("new", 1, now.minusSeconds(4), now.minusSeconds(20), 50);
        status("new", 0, now.minusSeconds(2), now.minusSeconds(28), 300);
        status("new", 1, now.minusSeconds(1), now.minusSeconds(18), 150);
        try (StageMonitor monitor = new StageMonitor(connection, Clock.systemUTC())) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !monitor.report().job().isEmpty());
            JobPart part = monitor.report().job().get(0);

            assertThat(part.part()).isEqualTo("intake");
            assertThat(part.run()).isEqualTo("new");
            assertThat(part.reported()).isEqualTo(2);
            assertThat(part.subtasks()).isEqualTo(2);
            assertThat(part.numbers()).containsEntry("received", 450L).containsEntry("lagMillis", 10L);
            assertThat(part.perSecond().get("received")).isBetween(130.0, 140.0);
            assertThat(part.watermark()).isEqualTo(now.minusSeconds(28));
            assertThat(part.watermarkDelayMillis()).isGreaterThanOrEqualTo(28_000);
            assertThat(part.health()).isEqualTo(Health.WELL);
            assertThat(monitor.report().sentence()).startsWith("All is well");
        }
    }

    @Test
    void a_silent_job_is_stalled() {
        Instant now = Instant.now();
        status("run", 0, now.minusSeconds(300), now.minusSeconds(300), 1);
        try (StageMonitor monitor = new StageMonitor(connection, Clock.systemUTC())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> monitor.report().health() == Health.STALLED);
            assertThat(monitor.report().sentence()).isEqualTo("The detection job has not reported for 5 min.");
        }
    }

    @Test
    void spans_read_like_speech() {
        assertThat(StageMonitor.words(40_000)).isEqualTo("40 s");
        assertThat(StageMonitor.words(240_000)).isEqualTo("4 min");
        assertThat(StageMonitor.words(7_200_000)).isEqualTo("2 h");
    }
}
