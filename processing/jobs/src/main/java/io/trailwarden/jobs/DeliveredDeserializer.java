package io.trailwarden.jobs;

import io.trailwarden.event.topic.AuditHeaders;
import io.trailwarden.jobs.intake.Delivered;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Wraps a Kafka record; reading it is the intake's work, where a bad one has a way out. */
final class DeliveredDeserializer implements KafkaRecordDeserializationSchema<Delivered> {

    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> kafka, Collector<Delivered> out) {
        byte @Nullable [] object = null;
        byte @Nullable [] at = null;
        byte @Nullable [] rejected = null;
        for (Header header : kafka.headers()) {
            switch (header.key()) {
                case AuditHeaders.OBJECT -> object = header.value();
                case AuditHeaders.OFFSET -> at = header.value();
                case AuditHeaders.REJECTED -> rejected = header.value();
                default -> {
                    // A newer ingester may say more than this job understands.
                }
            }
        }
        out.collect(
                new Delivered(kafka.topic(), kafka.partition(), kafka.offset(), kafka.value(), object, at, rejected));
    }

    @Override
    public TypeInformation<Delivered> getProducedType() {
        return TypeInformation.of(Delivered.class);
    }
}
