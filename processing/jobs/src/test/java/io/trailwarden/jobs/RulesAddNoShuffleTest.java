package io.trailwarden.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.EventDetector;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.rules.CorrelationDetector;
import io.trailwarden.detection.rules.RuleDetector;
import io.trailwarden.jobs.intake.Detection;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.runtime.jobgraph.JobEdge;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules run in the source chain, correlations in the operator of the other detectors: the job is the same without them. */
class RulesAddNoShuffleTest {

    @TempDir
    Path directory;

    @Test
    void the_job_has_the_same_edges_with_and_without_rules() {
        Detection with = Detection.standard();
        List<EventDetector> eventDetectors = with.eventDetectors().stream()
                .filter(detector -> !(detector instanceof RuleDetector))
                .toList();
        List<KeyedDetector<?, ?, ?>> keyedDetectors = with.keyedDetectors().stream()
                .filter(detector -> !(detector instanceof CorrelationDetector))
                .toList();
        assertThat(eventDetectors).hasSizeLessThan(with.eventDetectors().size());
        assertThat(keyedDetectors).hasSizeLessThan(with.keyedDetectors().size());

        TreeSet<String> edges = edges(with);

        assertThat(edges).isEqualTo(edges(new Detection(eventDetectors, keyedDetectors)));
        assertThat(edges.stream().filter(edge -> edge.contains("HASH")))
                .as("one shuffle for each round of the keyed detectors")
                .hasSize(with.rounds());
    }

    private TreeSet<String> edges(Detection detection) {
        KafkaAccess access = new KafkaAccess("127.0.0.1:1", Map.of());
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        new DetectionJob(
                        new DetectionSources("feed", new KafkaEnds(access).records(), ListFeed.empty()),
                        DetectionSinks.ofKafka(access, ArchiveConfig.local(directory.resolve("archive"))),
                        detection,
                        JobSettings.local(2, directory.resolve("checkpoints").toUri()))
                .build(environment);
        TreeSet<String> edges = new TreeSet<>();
        for (JobVertex vertex : environment.getStreamGraph().getJobGraph().getVertices()) {
            for (JobEdge edge : vertex.getInputs()) {
                edges.add(edge.getSource().getProducer().getName() + " " + edge.getShipStrategyName() + " "
                        + vertex.getName());
            }
        }
        return edges;
    }
}
