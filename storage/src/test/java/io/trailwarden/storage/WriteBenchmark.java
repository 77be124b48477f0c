package io.trailwarden.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.PendingFiles;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * CPU time that one stored event costs: writing, flushing and committing, on one thread. Run by hand:
 * {@code WriteBenchmark <folder with .json files> [events]}.
 */
final class WriteBenchmark {

    private WriteBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int total = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200_000;
        List<byte[]> templates = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        try (var files = Files.walk(Path.of(arguments[0]))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".json")).toList()) {
                JsonNode root = json.readTree(file.toFile());
                for (JsonNode record :
                        root.has("Records") ? root.get("Records") : root.isArray() ? root : List.of(root)) {
                    templates.add(json.writeValueAsBytes(record));
                }
            }
        }
        List<CloudTrailEvent> events = new ArrayList<>(20_000);
        for (int i = 0; i < 20_000; i++) {
            byte[] raw = templates.get(i % templates.size());
            String text = new String(raw, StandardCharsets.UTF_8)
                    .replaceFirst("\"eventID\":\"[^\"]*\"", "\"eventID\":\"" + UUID.randomUUID() + "\"")
                    .replaceFirst("\"requestID\":\"[^\"]*\"", "\"requestID\":\"" + UUID.randomUUID() + "\"")
                    .replaceFirst("\"eventTime\":\"[^\"]*\"", "\"eventTime\":\"2026-03-01T10:11:12Z\"");
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            events.add(TestEvents.cloudTrail(
                    bytes,
                    new Origin(
                            "file", "object-" + i / 500, i % 500, TestEvents.sha("o" + i / 500), TestEvents.INGESTED)));
        }
        long bytes = events.stream().mapToLong(event -> event.raw().length).sum() / events.size();
        Path data = Files.createTempDirectory("write-benchmark");
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Archive archive = Archive.open(ArchiveConfig.local(data));
                ArchiveWriter writer = archive.newWriter("run", 0)) {
            for (int round = 1; round <= 6; round++) {
                long cpu = threads.getCurrentThreadCpuTime();
                long wall = System.nanoTime();
                long allocated = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < total; i++) {
                    writer.write(events.get(i % events.size()));
                }
                long written = threads.getCurrentThreadCpuTime();
                PendingFiles pending = writer.flush(round, Map.of());
                long flushed = threads.getCurrentThreadCpuTime();
                archive.commit("run", round, List.of(pending));
                long committed = threads.getCurrentThreadCpuTime();
                System.out.printf(
                        Locale.ROOT,
                        "%d events of %d bytes: write %.2f us, flush %.2f us, commit %.2f us CPU an event; %.0f events/s wall; %d bytes allocated, %.0f stored an event%n",
                        total,
                        bytes,
                        (written - cpu) / 1e3 / total,
                        (flushed - written) / 1e3 / total,
                        (committed - flushed) / 1e3 / total,
                        total * 1e9 / (System.nanoTime() - wall),
                        (threads.getCurrentThreadAllocatedBytes() - allocated) / total,
                        (double) pending.files().get("cloudtrail").stream()
                                        .mapToLong(file -> file.fileSizeInBytes())
                                        .sum()
                                / total);
            }
        }
    }
}
