package io.trailwarden.benchmarks.baseline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.topic.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Reads generated gzip objects into Kafka, each parsed to a tree and each record written out of it again. */
final class BaselineIngest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private BaselineIngest() {}

    /** Reads all files in order of their path; returns how many records they hold. */
    static long run(Path input, Properties producerSettings) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(input)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        long records = 0;
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(producerSettings, new StringSerializer(), new ByteArraySerializer())) {
            for (Path file : files) {
                records += file.toString().endsWith(".log.gz") ? lines(file, producer) : object(file, producer);
            }
            producer.flush();
        }
        return records;
    }

    private static long object(Path file, KafkaProducer<String, byte[]> producer) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
            JsonNode records = JSON.readTree(in).get("Records");
            for (JsonNode record : records) {
                producer.send(new ProducerRecord<>(
                        Topics.CLOUDTRAIL.name(), record.path("eventID").asText(), JSON.writeValueAsBytes(record)));
            }
            return records.size();
        }
    }

    private static long lines(Path file, KafkaProducer<String, byte[]> producer) throws IOException {
        long records = 0;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file), 1 << 16), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonNode record = JSON.readTree(line);
                producer.send(new ProducerRecord<>(
                        Topics.EXECUTIONS.name(),
                        record.path("execution_arn").asText()
                                + '#'
                                + record.path("id").asText(),
                        JSON.writeValueAsBytes(record)));
                records++;
            }
        }
        return records;
    }
}
