package io.trailwarden.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What one run in a process of its own took.
 *
 * @param records read, duplicates included
 * @param stored distinct records in the tables at the end
 * @param bytes of the records before compression
 * @param seconds from the first file opened until all was stored
 * @param cpuSeconds in that time, by stage
 * @param peakResidentBytes of the process from its start to its end
 */
public record Measured(
        long records, long stored, long bytes, double seconds, Map<String, Double> cpuSeconds, long peakResidentBytes) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Measured read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Measured.class);
    }

    void write(Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(this));
    }

    double recordsPerSecond() {
        return records / seconds;
    }

    double cpuMicrosPerRecord() {
        return cpuSeconds.values().stream().mapToDouble(Double::doubleValue).sum() * 1e6 / records;
    }

    /** A table for people. */
    String text(String name) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %,d records (%,d distinct stored) in %.1f s = %,.0f records/s, %.0f MB/s; %.0f CPU µs a record;"
                        + " peak memory %.0f MB%n",
                name,
                records,
                stored,
                seconds,
                recordsPerSecond(),
                bytes / seconds / 1e6,
                cpuMicrosPerRecord(),
                peakResidentBytes / 1e6));
        cpuSeconds.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .filter(stage -> stage.getValue() > 0)
                .forEach(stage -> text.append(String.format(
                        Locale.ROOT,
                        "    %6.1f CPU µs a record  %s%n",
                        stage.getValue() * 1e6 / records,
                        stage.getKey())));
        return text.toString();
    }
}
