package io.trailwarden.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The data for developers beside the repository; tests over it are skipped where it is absent. */
public final class SharedData {

    public static final ObjectMapper JSON = new ObjectMapper();

    private SharedData() {}

    /** A file or folder below {@code shared/data}; skips the test when there is none. */
    public static Path path(String below) {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/data"))) {
            folder = folder.getParent();
        }
        assumeTrue(folder != null, "no shared/data beside the repository: skipped");
        Path path = folder.resolve("shared/data").resolve(below);
        assumeTrue(Files.exists(path), path + " is absent: skipped");
        return path;
    }

    /** The lines of a JSON Lines file, gzipped or not. */
    public static List<JsonNode> jsonLines(String below) {
        Path path = path(below);
        try (InputStream raw = Files.newInputStream(path);
                InputStream in = path.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .map(line -> {
                        try {
                            return JSON.readTree(line);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
