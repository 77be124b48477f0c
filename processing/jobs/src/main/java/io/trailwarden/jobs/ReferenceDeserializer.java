package io.trailwarden.jobs;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Wraps a record of the reference topic, tombstones included. */
final class ReferenceDeserializer implements KafkaRecordDeserializationSchema<ReferenceDelivered> {

    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> kafka, Collector<ReferenceDelivered> out) {
        byte[] key = kafka.key() == null ? new byte[0] : kafka.key();
        out.collect(new ReferenceDelivered(kafka.partition(), kafka.offset(), key, kafka.value()));
    }

    @Override
    public TypeInformation<ReferenceDelivered> getProducedType() {
        return TypeInformation.of(ReferenceDelivered.class);
    }
}
