package io.trailwarden.storage.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;

/**
 * What one writer wrote between two checkpoints: files on disk that no table knows yet. Travels to whoever commits, and
 * lives in checkpoints, so its byte form is versioned.
 *
 * <p>Immutable.
 */
public final class PendingFiles {

    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Long> offsets;
    private final Map<String, List<DataFile>> files;
    private final Map<String, Map<String, Long>> rows;

    public PendingFiles(
            Map<String, Long> offsets, Map<String, List<DataFile>> files, Map<String, Map<String, Long>> rows) {
        this.offsets = Map.copyOf(offsets);
        this.files = Map.copyOf(files);
        this.rows = Map.copyOf(rows);
    }

    /** Per topic partition, as the caller names it, the highest offset that these files cover. */
    public Map<String, Long> offsets() {
        return offsets;
    }

    /** Rows per table. */
    public Map<String, Long> rows() {
        Map<String, Long> total = new TreeMap<>();
        files.forEach((table, list) ->
                total.put(table, list.stream().mapToLong(DataFile::recordCount).sum()));
        return total;
    }

    /** Whether there is nothing to commit to any table. */
    public boolean isEmpty() {
        return files.isEmpty();
    }

    /** Files by table. */
    public Map<String, List<DataFile>> files() {
        return files;
    }

    /** Rows by table and source. */
    public Map<String, Map<String, Long>> rowsBySource() {
        return rows;
    }

    /** The byte form. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("version", VERSION);
            json.writeObjectFieldStart("offsets");
            for (Map.Entry<String, Long> offset : new TreeMap<>(offsets).entrySet()) {
                json.writeNumberField(offset.getKey(), offset.getValue());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("tables");
            for (Map.Entry<String, List<DataFile>> table : new TreeMap<>(files).entrySet()) {
                json.writeObjectFieldStart(table.getKey());
                json.writeArrayFieldStart("files");
                for (DataFile file : table.getValue()) {
                    ContentFileParser.toJson(
                            file, TableLayouts.named(table.getKey()).spec(), json);
                }
                json.writeEndArray();
                json.writeObjectFieldStart("rows");
                for (Map.Entry<String, Long> source :
                        rows.getOrDefault(table.getKey(), Map.of()).entrySet()) {
                    json.writeNumberField(source.getKey(), source.getValue());
                }
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads the byte form.
     *
     * @throws IllegalArgumentException when these are not such bytes, or of a newer version
     */
    public static PendingFiles fromBytes(byte[] bytes) {
        try {
            JsonNode root = JSON.readTree(bytes);
            int version = root.path("version").asInt();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "pending files of version " + version + " (expected: " + VERSION + ")");
            }
            Map<String, List<DataFile>> files = new HashMap<>();
            Map<String, Map<String, Long>> rows = new HashMap<>();
            root.get("tables").properties().forEach(table -> {
                List<DataFile> list = new ArrayList<>();
                for (JsonNode file : table.getValue().get("files")) {
                    list.add((DataFile) ContentFileParser.fromJson(
                            file, TableLayouts.named(table.getKey()).spec()));
                }
                files.put(table.getKey(), list);
                rows.put(table.getKey(), longs(table.getValue().get("rows")));
            });
            return new PendingFiles(longs(root.get("offsets")), files, rows);
        } catch (IOException | NullPointerException | ClassCastException e) {
            throw new IllegalArgumentException("not the bytes of pending files", e);
        }
    }

    private static Map<String, Long> longs(JsonNode object) {
        Map<String, Long> values = new TreeMap<>();
        object.properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asLong()));
        return values;
    }

    @Override
    public String toString() {
        return "PendingFiles" + rows() + offsets;
    }
}
