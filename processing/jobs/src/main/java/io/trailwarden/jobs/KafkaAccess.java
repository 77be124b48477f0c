package io.trailwarden.jobs;

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
