package io.trailwarden.app.command.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * JSON records of any kind in files: one object, a list, {@code {"Records": [...]}}, {@code {"Events": [...]}} of
 * LookupEvents, or many of these one after the other (JSON Lines); gzipped or not.
 */
final class RecordFiles {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private RecordFiles() {}

    /** Takes what is read. */
    interface Sink {

        /** A record: the {@code number}th of its file, from 0. */
        void record(Path file, long number, byte[] json);

        /** A file, or the rest of it, is not JSON. */
        void unreadable(Path file, String why);
    }

    /** Hands on every record of a file, or of all files below a folder, in order of their paths. */
    static void read(Path input, Sink sink) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(input)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            readFile(file, sink);
        }
    }

    private static void readFile(Path file, Sink sink) throws IOException {
        long[] count = {0};
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                InputStream in = unpacked(raw);
                MappingIterator<JsonNode> values =
                        JSON.readerFor(JsonNode.class).readValues(in)) {
            while (values.hasNextValue()) {
                unwrap(file, values.nextValue(), count, sink);
            }
        } catch (JsonProcessingException e) {
            sink.unreadable(file, "after " + count[0] + " records: " + e.getOriginalMessage());
        } catch (java.util.zip.ZipException | java.io.EOFException e) {
            sink.unreadable(file, "after " + count[0] + " records: " + e.getMessage());
        }
    }

    private static InputStream unpacked(InputStream in) throws IOException {
        in.mark(2);
        int magic = in.read() | in.read() << 8;
        in.reset();
        return magic == GZIPInputStream.GZIP_MAGIC ? new GZIPInputStream(in) : in;
    }

    private static void unwrap(Path file, JsonNode value, long[] count, Sink sink) {
        if (value.isArray()) {
            value.forEach(item -> unwrap(file, item, count, sink));
        } else if (value.path("Records").isArray()) {
            value.get("Records").forEach(item -> unwrap(file, item, count, sink));
        } else if (value.path("Events").isArray() && value.get("Events").path(0).has("CloudTrailEvent")) {
            value.get("Events").forEach(item -> unwrap(file, item, count, sink));
        } else if (value.path("CloudTrailEvent").isTextual()) {
            try {
                unwrap(file, JSON.readTree(value.get("CloudTrailEvent").asText()), count, sink);
            } catch (JsonProcessingException e) {
                sink.unreadable(file, "record " + count[0]++ + ": CloudTrailEvent: " + e.getOriginalMessage());
            }
        } else if (value.isObject()) {
            sink.record(file, count[0]++, value.toString().getBytes(StandardCharsets.UTF_8));
        } else {
            sink.unreadable(file, "record " + count[0]++ + ": " + value.getNodeType() + " (expected: an object)");
        }
    }
}
