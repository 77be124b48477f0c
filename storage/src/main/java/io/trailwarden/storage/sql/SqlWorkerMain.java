package io.trailwarden.storage.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Struct;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The child process: reads one request a line from standard input, answers in lines of JSON on standard output, and
 * ends when its input ends. It holds no state between queries: each has a database of its own, in memory.
 *
 * <p>Answers: {@code {"ready":true}} once; per request {@code {"columns":[[name,type]…]}}, any number of
 * {@code {"rows":[[…]…]}}, then {@code {"end":{"rows":n,"truncated":null}}} or {@code {"error":{"reason","message"}}}.
 */
public final class SqlWorkerMain {

    /** Texts longer than this are cut and end in an ellipsis. */
    static final int MAX_CELL = 1 << 20;

    private static final int BATCH_CHARS = 1 << 16;
    private static final Set<String> SELECT_NODES =
            Set.of("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE");
    private static final Pattern LINE = Pattern.compile("(?m)^LINE ([1-9][0-9]{0,5}):");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFactory PLAN_JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(10_000).build())
            .build();

    private final OutputStream out;

    private SqlWorkerMain(OutputStream out) {
        this.out = out;
    }

    /** Runs until standard input ends. */
    public static void main(String[] arguments) throws Exception {
        // Nothing else may write to the channel, so that a stray print cannot pass for an answer.
        PrintStream channel = System.out;
        System.setOut(System.err);
        BlockingQueue<String> requests = new ArrayBlockingQueue<>(1);
        Thread reader = new Thread(() -> readRequests(requests), "requests");
        reader.setDaemon(true);
        reader.start();
        SqlWorkerMain worker = new SqlWorkerMain(channel);
        worker.warmUp();
        while (true) {
            worker.answer(JSON.readTree(requests.take()));
        }
    }

    /** On its own thread, so that the process ends with its parent even while a query runs. */
    private static void readRequests(BlockingQueue<String> requests) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line; (line = in.readLine()) != null; ) {
                requests.put(line);
            }
        } catch (IOException | InterruptedException e) {
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(0);
    }

    private void warmUp() throws SQLException, IOException {
        try (Connection connection = open();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT json_serialize_sql('SELECT 1')")) {
            rows.next();
        }
        line("{\"ready\":true}");
    }

    private static Connection open() throws SQLException {
        return DriverManager.getConnection("jdbc:duckdb:");
    }

    private void answer(JsonNode request) throws IOException {
        try (Connection connection = open()) {
            String sql = request.get("sql").asText();
            requireOneSelect(connection, sql);
            try (Statement statement = connection.createStatement()) {
                for (JsonNode step : request.get("setup")) {
                    statement.execute(step.asText());
                }
            }
            JsonNode export = request.get("export");
            long maxRows = request.get("maxRows").asLong();
            // The gate has seen that the text is one SELECT, so it ends where the bracket does. One row more than
            // wanted tells whether there are more. The driver's streaming would do without, but it loses the reason
            // of an error that comes while rows are fetched.
            String limited = "SELECT * FROM (\n" + withoutSemicolon(sql) + "\n) LIMIT ";
            try (Statement statement = connection.createStatement()) {
                if (export != null) {
                    String file = '\'' + export.asText().replace("'", "''") + '\'';
                    statement.execute("COPY (" + limited + maxRows + ") TO " + file + " (FORMAT parquet)");
                    try (ResultSet count = statement.executeQuery("SELECT count(*) FROM read_parquet(" + file + ")")) {
                        count.next();
                        long rows = count.getLong(1);
                        end(rows, rows == maxRows ? "rows" : null);
                    }
                } else {
                    try (ResultSet result = statement.executeQuery(limited + Math.addExact(maxRows, 1))) {
                        stream(result, maxRows, request.get("maxBytes").asLong());
                    }
                }
            }
        } catch (SQLException e) {
            String message = linesOfTheQuery(String.valueOf(e.getMessage()));
            error(message.contains("Out of Memory") ? "OUT_OF_MEMORY" : "FAILED", message);
        } catch (OutOfMemoryError e) {
            error("OUT_OF_MEMORY", "The worker's heap is full");
            Runtime.getRuntime().halt(3);
        } catch (Refused e) {
            error("REFUSED", e.getMessage());
        }
    }

    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** The engine's own parser says what the text is: one statement, made of nothing but selects. */
    private static void requireOneSelect(Connection connection, String sql) throws SQLException, IOException, Refused {
        String tree;
        try (PreparedStatement serialize = connection.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)")) {
            serialize.setString(1, sql);
            try (ResultSet rows = serialize.executeQuery()) {
                rows.next();
                tree = rows.getString(1);
            }
        }
        int statements = 0;
        int depth = 0;
        boolean error = false;
        String message = "";
        try (JsonParser json = PLAN_JSON.createParser(tree)) {
            String name = "";
            for (JsonToken token; (token = json.nextToken()) != null; ) {
                switch (token) {
                    case START_OBJECT -> {
                        if (depth == 2) {
                            statements++;
                        }
                        depth++;
                    }
                    case START_ARRAY -> depth++;
                    case END_OBJECT, END_ARRAY -> depth--;
                    case FIELD_NAME -> name = json.currentName();
                    case VALUE_TRUE -> error |= depth == 1 && name.equals("error");
                    case VALUE_STRING -> {
                        String text = json.getText();
                        if (depth == 1 && name.equals("error_message")) {
                            message = text;
                        }
                        if (name.equals("type") && text.endsWith("_NODE") && !SELECT_NODES.contains(text)) {
                            throw new Refused("Only SELECT is allowed; the query holds " + text);
                        }
                    }
                    default -> {}
                }
            }
        }
        if (error) {
            throw new Refused(
                    message.contains("Only SELECT")
                            ? "Only SELECT is allowed (expected: one SELECT, WITH … SELECT or FROM)"
                            : message);
        }
        if (statements != 1) {
            throw new Refused("The text holds " + statements + " statements (expected: one SELECT)");
        }
    }

    /** The engine counts the line that we put before the query. */
    private static String linesOfTheQuery(String message) {
        return LINE.matcher(message).replaceAll(found -> "LINE " + (Integer.parseInt(found.group(1)) - 1) + ':');
    }

    private static String withoutSemicolon(String sql) {
        String text = sql.stripTrailing();
        return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
    }

    private void stream(ResultSet result, long maxRows, long maxBytes) throws SQLException, IOException {
        ResultSetMetaData metadata = result.getMetaData();
        int width = metadata.getColumnCount();
        StringBuilderWriter head = new StringBuilderWriter();
        try (JsonGenerator json = JSON.createGenerator(head)) {
            json.writeStartObject();
            json.writeArrayFieldStart("columns");
            for (int column = 1; column <= width; column++) {
                json.writeStartArray();
                json.writeString(metadata.getColumnName(column));
                json.writeString(metadata.getColumnTypeName(column));
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        line(head.toString());
        long rows = 0;
        long chars = 0;
        String truncated = null;
        boolean more = result.next();
        while (more && truncated == null) {
            StringBuilderWriter batch = new StringBuilderWriter();
            try (JsonGenerator json = JSON.createGenerator(batch)) {
                json.writeStartObject();
                json.writeArrayFieldStart("rows");
                while (more && batch.length() < BATCH_CHARS) {
                    if (rows == maxRows) {
                        truncated = "rows";
                        break;
                    }
                    json.writeStartArray();
                    for (int column = 1; column <= width; column++) {
                        value(json, result.getObject(column));
                    }
                    json.writeEndArray();
                    json.flush();
                    rows++;
                    if (chars + batch.length() > maxBytes) {
                        truncated = "bytes";
                        break;
                    }
                    more = result.next();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            chars += batch.length();
            line(batch.toString());
        }
        end(rows, truncated);
    }

    private void end(long rows, @Nullable String truncated) throws IOException {
        line("{\"end\":{\"rows\":" + rows + ",\"truncated\":" + (truncated == null ? "null" : "\"" + truncated + '"')
                + "}}");
    }

    private static void value(JsonGenerator json, @Nullable Object value) throws SQLException, IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isFinite(number)) {
                json.writeNumber(number);
            } else {
                json.writeString(Double.toString(number));
            }
        } else if (value instanceof BigDecimal number) {
            json.writeNumber(number);
        } else if (value instanceof BigInteger number) {
            json.writeNumber(number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else if (value instanceof OffsetDateTime time) {
            json.writeString(time.toInstant().toString());
        } else if (value instanceof Timestamp time) {
            json.writeString(time.toLocalDateTime().toString());
        } else if (value instanceof Array array) {
            json.writeStartArray();
            for (Object element : (Object[]) array.getArray()) {
                value(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof org.duckdb.DuckDBStruct struct) {
            map(json, struct.getMap());
        } else if (value instanceof Struct struct) {
            json.writeStartArray();
            for (Object element : struct.getAttributes()) {
                value(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            map(json, map);
        } else if (value instanceof Blob blob) {
            int length = (int) Math.min(blob.length(), MAX_CELL / 2);
            json.writeString(HexFormat.of().formatHex(blob.getBytes(1, length)));
        } else if (value instanceof byte[] bytes) {
            json.writeString(HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MAX_CELL / 2)));
        } else {
            String text = value.toString();
            json.writeString(text.length() > MAX_CELL ? text.substring(0, MAX_CELL) + '…' : text);
        }
    }

    private static void map(JsonGenerator json, Map<?, ?> map) throws SQLException, IOException {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            json.writeFieldName(String.valueOf(entry.getKey()));
            value(json, entry.getValue());
        }
        json.writeEndObject();
    }

    private void error(String reason, @Nullable String message) throws IOException {
        String text = message == null ? "" : message;
        line(JSON.writeValueAsString(Map.of(
                "error",
                Map.of("reason", reason, "message", text.length() > 10_000 ? text.substring(0, 10_000) + '…' : text))));
    }

    private void line(String json) throws IOException {
        out.write(json.getBytes(StandardCharsets.UTF_8));
        out.write('\n');
        out.flush();
    }

    /** A writer whose length can be asked. */
    private static final class StringBuilderWriter extends java.io.StringWriter {
        int length() {
            return getBuffer().length();
        }
    }
}
