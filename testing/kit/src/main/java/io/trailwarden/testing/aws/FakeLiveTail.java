package io.trailwarden.testing.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code StartLiveTail}: sessions that stay open and show what tests put in, as messages of
 * {@code application/vnd.amazon.eventstream} (AWS general reference, "Event stream encoding").
 */
public final class FakeLiveTail {

    private static final byte STRING = 7;

    private record Session(List<String> groups, Response response, Callback callback) {}

    private final List<Session> open = new ArrayList<>();
    private int opened;
    private String refusal = "";

    /** From now on sessions are refused for this reason; empty: they are not. */
    public synchronized void refuse(String code) {
        refusal = code;
    }

    synchronized String refusal() {
        return refusal;
    }

    /** How many sessions were ever opened. */
    public synchronized int opened() {
        return opened;
    }

    /** The groups of the sessions that are open, by ARN. */
    public synchronized List<String> groups() {
        return open.stream().flatMap(session -> session.groups().stream()).toList();
    }

    /** An event, in the session of its group; with {@code sampled}, AWS says that there were more. */
    public synchronized void show(String group, String stream, Instant time, String message, boolean sampled) {
        ObjectNode update = JsonNodeFactory.instance.objectNode();
        update.putObject("sessionMetadata").put("sampled", sampled);
        ArrayNode results = update.putArray("sessionResults");
        results.addObject()
                .put("logStreamName", stream)
                .put("logGroupIdentifier", "111122223333:" + group)
                .put("message", message)
                .put("timestamp", time.toEpochMilli())
                .put("ingestionTime", time.toEpochMilli());
        for (Session session : open) {
            if (session.groups().stream().anyMatch(arn -> arn.endsWith(":" + group))) {
                write(session, event("sessionUpdate", update), false);
            }
        }
    }

    /** All sessions end for this reason, as after three hours. */
    public synchronized void end(String exception) {
        TreeMap<String, String> headers = new TreeMap<>(Map.of(
                ":message-type", "exception", ":exception-type", exception, ":content-type", "application/json"));
        for (Session session : open) {
            write(session, message(headers, "{\"message\":\"over\"}"), true);
        }
        open.clear();
    }

    /** All connections break. */
    public synchronized void drop() {
        open.forEach(session -> session.callback().failed(new IOException("dropped by the test")));
        open.clear();
    }

    synchronized void open(JsonNode request, Response response, Callback callback) {
        List<String> groups = new ArrayList<>();
        request.path("logGroupIdentifiers").forEach(arn -> groups.add(arn.asText()));
        Session session = new Session(groups, response, callback);
        open.add(session);
        opened++;
        write(session, event("initial-response", JsonNodeFactory.instance.objectNode()), false);
        write(
                session,
                event("sessionStart", JsonNodeFactory.instance.objectNode().put("sessionId", "s-" + opened)),
                false);
    }

    private static void write(Session session, byte[] message, boolean last) {
        try {
            Content.Sink.write(session.response(), last, ByteBuffer.wrap(message));
            if (last) {
                session.callback().succeeded();
            }
        } catch (IOException e) {
            // The other side has gone; it will open another one.
            session.callback().failed(e);
        }
    }

    private static byte[] event(String type, JsonNode payload) {
        return message(
                new TreeMap<>(
                        Map.of(":message-type", "event", ":event-type", type, ":content-type", "application/json")),
                payload.toString());
    }

    private static byte[] message(TreeMap<String, String> headers, String payload) {
        try {
            ByteArrayOutputStream encoded = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(encoded);
            for (Map.Entry<String, String> header : headers.entrySet()) {
                byte[] name = header.getKey().getBytes(StandardCharsets.UTF_8);
                byte[] value = header.getValue().getBytes(StandardCharsets.UTF_8);
                out.writeByte(name.length);
                out.write(name);
                out.writeByte(STRING);
                out.writeShort(value.length);
                out.write(value);
            }
            byte[] body = payload.getBytes(StandardCharsets.UTF_8);
            ByteBuffer message = ByteBuffer.allocate(12 + encoded.size() + body.length + 4);
            message.putInt(message.capacity()).putInt(encoded.size());
            message.putInt(checksum(message.array(), 8));
            message.put(encoded.toByteArray()).put(body);
            message.putInt(checksum(message.array(), message.position()));
            return message.array();
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
