package io.trailwarden.jobs;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param properties further client properties, such as those of TLS and SASL; given to every client
 */
public record KafkaAccess(String bootstrapServers, Map<String, String> properties) implements Serializable {

    /** Where Kafka is. */
    public static final Setting<String> BOOTSTRAP =
            new Setting<>("kafka.bootstrap", Kinds.addresses(true), "", "a real Kafka; empty: the embedded broker");

    /** What its clients are told. */
    public static final Setting<Map<String, String>> PROPERTIES = new Setting<>(
            "kafka.properties", Kinds.map(), "", "further client properties, such as those of TLS and SASL");

    /** As the settings say. */
    public static KafkaAccess of(Values values) {
        return new KafkaAccess(values.get(BOOTSTRAP), values.get(PROPERTIES));
    }

    public KafkaAccess {
        properties = Map.copyOf(properties);
    }

    Map<String, String> connection() {
        Map<String, String> all = new HashMap<>(properties);
        all.put("bootstrap.servers", bootstrapServers);
        return all;
    }

    Properties clientProperties() {
        Properties all = new Properties();
        all.putAll(connection());
        return all;
    }
}
