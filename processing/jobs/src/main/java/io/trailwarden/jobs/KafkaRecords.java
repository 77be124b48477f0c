package io.trailwarden.jobs;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** How our own records are written to Kafka. Named classes, because Flink's lineage cannot look into a lambda. */
final class KafkaRecords {

    private KafkaRecords() {}

    private static ProducerRecord<byte[], byte[]> kafka(Topics.Topic topic, String key, byte[] value) {
        return new ProducerRecord<>(topic.name(), key.getBytes(StandardCharsets.UTF_8), value);
    }

    static final class Findings implements KafkaRecordSerializationSchema<Finding> {
        private static final long serialVersionUID = 1L;

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                Finding finding, KafkaSinkContext context, @Nullable Long timestamp) {
            return kafka(Topics.FINDINGS, EventKeys.of(finding), RecordCodec.FINDING.encode(finding));
        }
    }

    static final class DeadLetters implements KafkaRecordSerializationSchema<DeadLetter> {
        private static final long serialVersionUID = 1L;

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
            return kafka(Topics.DEAD_LETTERS, EventKeys.of(letter), RecordCodec.DEAD_LETTER.encode(letter));
        }
    }

    static final class Statuses implements KafkaRecordSerializationSchema<JobStatus> {
        private static final long serialVersionUID = 1L;

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                JobStatus status, KafkaSinkContext context, @Nullable Long timestamp) {
            return kafka(Topics.STATUS, EventKeys.of(status), RecordCodec.JOB_STATUS.encode(status));
        }
    }
}
