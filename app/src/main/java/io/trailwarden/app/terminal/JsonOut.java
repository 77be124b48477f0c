package io.trailwarden.app.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** JSON for scripts: ASCII only, so that it is as safe on a terminal as in a pipe. */
public final class JsonOut {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final ObjectWriter PRETTY = MAPPER.writerWithDefaultPrettyPrinter();

    private JsonOut() {}

    /** On several lines, for one document. */
    public static String document(JsonNode node) {
        return write(PRETTY, node);
    }

    /** On one line, for JSON Lines. DEL is written out too, which JSON itself allows as it is. */
    public static String line(JsonNode node) {
        return write(MAPPER.writer(), node);
    }

    private static String write(ObjectWriter writer, JsonNode node) {
        try {
            return writer.writeValueAsString(node).replace("\u007f", "\\u007f");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every tree can be written", e);
        }
    }
}
