package io.trailwarden.jobs;

import io.trailwarden.event.topic.Message;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import java.util.function.Predicate;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one of our own topics are written to Kafka. A named class, because Flink's lineage cannot look into
 * a lambda; shipped as the topic's name, because codecs are not.
 */
final class TopicSerializer<T> implements KafkaRecordSerializationSchema<T> {

    private static final long serialVersionUID = 1L;

    private final String name;
    private transient @Nullable Topic<T> topic;

    TopicSerializer(Topic<T> topic) {
        this.name = topic.name();
        this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(T value, KafkaSinkContext context, @Nullable Long timestamp) {
        Topic<T> known = topic;
        if (known == null) {
            known = named(name);
            topic = known;
        }
        Message message = known.encode(value);
        return new ProducerRecord<>(name, message.key(), message.value());
    }

    /** The topic of {@link Topics} with this name; its values are ours, since it was named by one of them. */
    @SuppressWarnings("unchecked")
    private static <T> Topic<T> named(String name) {
        Predicate<Topic<?>> wanted = topic -> topic.name().equals(name);
        return (Topic<T>) Topics.ALL.stream().filter(wanted).findFirst().orElseThrow();
    }
}
