package io.trailwarden.testing.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * SNS (query protocol), Security Hub (REST JSON) and a web hook behind one address, which keep AWS's limits and can be
 * told to fail. Whether an answer is planted is decided per request by {@link #plant}; what was taken is remembered.
 */
public final class FakeEndpoints implements AutoCloseable {

    /** Planted answers, used up one by one before anything is taken. */
    public enum Planted {
        /** 503 without a body that anybody understands. */
        OUTAGE,
        /** Too many requests. */
        THROTTLING,
        /** The even entries of a batch fail, the others are taken. */
        PARTIAL
    }

    /** One SNS message as it was taken. */
    public record Message(
            String subject, String body, Map<String, String> attributes, String deduplicationId, String groupId) {}

    /** One web hook request as it was taken. */
    public record Call(String path, Map<String, String> headers, String body) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        // Otherwise the JDK's server holds each answer back until the client's delayed acknowledgement, for 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final AtomicInteger requests = new AtomicInteger();
    private final ConcurrentLinkedQueue<Planted> planted = new ConcurrentLinkedQueue<>();
    public final List<Message> messages = new CopyOnWriteArrayList<>();
    public final List<Call> calls = new CopyOnWriteArrayList<>();
    public final List<JsonNode> imported = new CopyOnWriteArrayList<>();
    public final List<String> broken = new CopyOnWriteArrayList<>();
    public volatile Predicate<String> poison = text -> false;
    public volatile boolean down;
    public volatile String retryAfter = "";

    public FakeEndpoints() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
        // The SDK's chain looks here first; nothing checks them.
        System.setProperty("aws.accessKeyId", "AKIDEXAMPLE");
        System.setProperty("aws.secretAccessKey", "example");
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on only every so manieth request gets a planted answer. */
    public volatile int plantedEvery = 1;

    /** So many requests get this answer. */
    public void plant(Planted answer, int requests) {
        for (int i = 0; i < requests; i++) {
            planted.add(answer);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            Planted now =
                    down ? Planted.OUTAGE : requests.incrementAndGet() % plantedEvery == 0 ? planted.poll() : null;
            if (now == Planted.OUTAGE) {
                send(exchange, 503, "<html>Service Unavailable</html>");
            } else if (exchange.getRequestURI().getPath().equals("/findings/import")) {
                require(authorization.contains("/securityhub/aws4_request"), "signed for Security Hub");
                securityHub(exchange, JSON.readTree(body), now);
            } else if (exchange.getRequestURI().getPath().startsWith("/hook")) {
                webhook(exchange, body, now);
            } else {
                require(authorization.contains("/sns/aws4_request"), "signed for SNS");
                sns(exchange, form(body), now);
            }
        } catch (IOException | RuntimeException e) {
            broken.add(e.toString());
            throw e;
        }
    }

    private void sns(HttpExchange exchange, Map<String, String> form, Planted now) throws IOException {
        require("PublishBatch".equals(form.get("Action")), "Action " + form.get("Action"));
        require(form.getOrDefault("TopicArn", "").startsWith("arn:aws:sns:"), "TopicArn");
        if (now == Planted.THROTTLING) {
            send(exchange, 400, snsError("Throttling", "Rate exceeded"));
            return;
        }
        boolean fifo = form.get("TopicArn").endsWith(".fifo");
        List<Message> taken = new ArrayList<>();
        StringBuilder successful = new StringBuilder();
        StringBuilder failed = new StringBuilder();
        Set<String> ids = new HashSet<>();
        int total = 0;
        int entries = 0;
        for (int i = 1; form.containsKey(entry(i) + "Id"); i++) {
            entries++;
            String id = form.get(entry(i) + "Id");
            require(ids.add(id) && id.matches("[A-Za-z0-9_-]{1,80}"), "distinct id " + id);
            Message message = message(form, entry(i));
            total += size(message);
            require(message.attributes().size() <= 10, "attributes " + message.attributes());
            require(message.subject().matches("[\\x20-\\x7e]{1,99}"), "subject " + message.subject());
            require(fifo == !message.deduplicationId().isEmpty(), "de-duplication id");
            require(fifo == !message.groupId().isEmpty(), "group id");
            if (poison.test(message.body())) {
                failed.append(failure(id, "InvalidParameter", "Invalid parameter: Message", true));
            } else if (now == Planted.PARTIAL && i % 2 == 0) {
                failed.append(failure(id, "InternalError", "try again", false));
            } else {
                taken.add(message);
                successful
                        .append("<member><MessageId>m-")
                        .append(id)
                        .append("</MessageId><Id>")
                        .append(id)
                        .append("</Id></member>");
            }
        }
        if (entries > 10) {
            send(exchange, 400, snsError("TooManyEntriesInBatchRequest", entries + " entries"));
        } else if (total > 262_144) {
            send(exchange, 400, snsError("BatchRequestTooLong", total + " bytes"));
        } else {
            messages.addAll(taken);
            send(
                    exchange,
                    200,
                    "<PublishBatchResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishBatchResult>"
                            + "<Successful>" + successful + "</Successful><Failed>" + failed + "</Failed>"
                            + "</PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
                            + "</PublishBatchResponse>");
        }
    }

    private static Message message(Map<String, String> form, String entry) {
        Map<String, String> attributes = new TreeMap<>();
        for (int i = 1; form.containsKey(entry + "MessageAttributes.entry." + i + ".Name"); i++) {
            String attribute = entry + "MessageAttributes.entry." + i;
            require("String".equals(form.get(attribute + ".Value.DataType")), "data type");
            attributes.put(form.get(attribute + ".Name"), form.get(attribute + ".Value.StringValue"));
        }
        return new Message(
                form.getOrDefault(entry + "Subject", ""),
                form.getOrDefault(entry + "Message", ""),
                attributes,
                form.getOrDefault(entry + "MessageDeduplicationId", ""),
                form.getOrDefault(entry + "MessageGroupId", ""));
    }

    private static int size(Message message) {
        int size = message.body().getBytes(UTF_8).length;
        for (Map.Entry<String, String> attribute : message.attributes().entrySet()) {
            size += attribute.getKey().length()
                    + "String".length()
                    + attribute.getValue().getBytes(UTF_8).length;
        }
        return size;
    }

    private void securityHub(HttpExchange exchange, JsonNode request, Planted now) throws IOException {
        if (now == Planted.THROTTLING) {
            exchange.getResponseHeaders().set("x-amzn-ErrorType", "TooManyRequestsException");
            send(exchange, 429, "{\"Message\":\"Rate exceeded\"}");
            return;
        }
        require(
                request.get("Findings").size() <= 100,
                "findings " + request.get("Findings").size());
        var response = JSON.createObjectNode();
        var failed = response.putArray("FailedFindings");
        int taken = 0;
        int i = 0;
        for (JsonNode finding : request.get("Findings")) {
            i++;
            String id = finding.get("Id").textValue();
            boolean poisoned = poison.test(finding.toString());
            if (poisoned || now == Planted.PARTIAL && i % 2 == 0) {
                failed.addObject()
                        .put("Id", id)
                        .put("ErrorCode", poisoned ? "InvalidInput" : "InternalException")
                        .put("ErrorMessage", "planted");
            } else {
                imported.add(finding);
                taken++;
            }
        }
        response.put("FailedCount", failed.size()).put("SuccessCount", taken);
        send(exchange, 200, response.toString());
    }

    private void webhook(HttpExchange exchange, String body, Planted now) throws IOException {
        if (now == Planted.THROTTLING) {
            if (!retryAfter.isEmpty()) {
                exchange.getResponseHeaders().set("Retry-After", retryAfter);
            }
            send(exchange, 429, "slow down");
        } else if (poison.test(body)) {
            send(exchange, 400, "invalid_payload");
        } else if (now == Planted.PARTIAL) {
            send(exchange, 500, "oops");
        } else {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
            calls.add(new Call(exchange.getRequestURI().getPath(), headers, body));
            send(exchange, 202, "{\"status\":\"success\"}");
        }
    }

    private static String entry(int index) {
        return "PublishBatchRequestEntries.member." + index + ".";
    }

    private static String failure(String id, String code, String message, boolean senderFault) {
        return "<member><Id>" + id + "</Id><Code>" + code + "</Code><Message>" + message + "</Message><SenderFault>"
                + senderFault + "</SenderFault></member>";
    }

    private static String snsError(String code, String message) {
        return "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>"
                + code + "</Code><Message>" + message + "</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    }

    private static Map<String, String> form(String body) {
        Map<String, String> form = new TreeMap<>();
        for (String pair : body.split("&")) {
            int equals = pair.indexOf('=');
            form.put(
                    URLDecoder.decode(pair.substring(0, equals), UTF_8),
                    URLDecoder.decode(pair.substring(equals + 1), UTF_8));
        }
        return form;
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static void require(boolean kept, String what) {
        if (!kept) {
            throw new IllegalStateException("against the API: " + what);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        if (!broken.isEmpty()) {
            throw new AssertionError(broken.toString());
        }
    }
}
