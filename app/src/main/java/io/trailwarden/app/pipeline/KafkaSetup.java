package io.trailwarden.app.pipeline;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics that are missing and tells every client how to connect. */
public final class KafkaSetup {

    private static final int MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

    private KafkaSetup() {}

    /** Client properties for this Kafka, as every client takes them. */
    public static Map<String, String> connection(String bootstrap, Configuration.Kafka kafka) {
        Map<String, String> connection = new HashMap<>(kafka.properties());
        connection.put("bootstrap.servers", bootstrap);
        return Map.copyOf(connection);
    }

    /**
     * Makes the topics that are missing; those that are there stay as they are.
     *
     * @throws PipelineException when Kafka does not answer within a minute, or refuses
     */
    public static void createTopics(Map<String, String> connection, Configuration.Kafka kafka) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put("default.api.timeout.ms", "60000");
        try (Admin admin = Admin.create(settings)) {
            Set<String> there = admin.listTopics().names().get(60, TimeUnit.SECONDS);
            List<NewTopic> missing = new ArrayList<>();
            for (Topic<?> topic : Topics.ALL) {
                if (!there.contains(topic.name())) {
                    missing.add(topic(topic, kafka));
                }
            }
            admin.createTopics(missing).all().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (!(cause instanceof TopicExistsException)) {
                throw new PipelineException(
                        "Kafka at " + connection.get("bootstrap.servers") + ": " + cause.getMessage(), cause);
            }
        } catch (TimeoutException e) {
            throw new PipelineException(
                    "Kafka at " + connection.get("bootstrap.servers") + " does not answer within 60 s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PipelineException("interrupted while making topics", e);
        }
    }

    private static NewTopic topic(Topic<?> topic, Configuration.Kafka kafka) {
        boolean parallel =
                topic.equals(Topics.CLOUDTRAIL) || topic.equals(Topics.EXECUTIONS) || topic.equals(Topics.FINDINGS);
        Map<String, String> config = new HashMap<>();
        config.put("max.message.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        if (topic.compacted()) {
            config.put("cleanup.policy", "compact");
        } else if (kafka.embedded() && (topic.equals(Topics.CLOUDTRAIL) || topic.equals(Topics.EXECUTIONS))) {
            // What is stored is deleted (see StoredProgress); what is not stored must not vanish by size or age.
            config.put("retention.ms", "-1");
            config.put("retention.bytes", "-1");
        }
        return new NewTopic(topic.name(), parallel ? kafka.partitions() : 1, (short)
                        (kafka.embedded() ? 1 : kafka.replication()))
                .configs(config);
    }
}
