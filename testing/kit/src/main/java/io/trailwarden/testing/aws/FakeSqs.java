package io.trailwarden.testing.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.testing.aws.Answer.Refused;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** SQS: one queue whose messages can be received, hidden and deleted. */
public final class FakeSqs implements FakeAws.Service {

    private static final class Message {
        final String body;
        Instant visible;
        int received;

        Message(String body, Instant visible) {
            this.body = body;
            this.visible = visible;
        }
    }

    private final Clock clock;
    private boolean deadLetterQueue;
    private final Map<String, Message> messages = new LinkedHashMap<>();
    private int next;

    FakeSqs(Clock clock) {
        this.clock = clock;
    }

    /** A message. */
    public synchronized void send(String body) {
        messages.put("m-" + next++, new Message(body, clock.instant()));
    }

    /** How many messages are not deleted. */
    public synchronized int size() {
        return messages.size();
    }

    /** How often the message that was received most was received. */
    public synchronized int mostReceived() {
        return messages.values().stream()
                .mapToInt(message -> message.received)
                .max()
                .orElse(0);
    }

    /** All messages can be received again: whoever had them is gone. */
    public synchronized void forgetReceivers() {
        messages.values().forEach(message -> message.visible = clock.instant());
    }

    /** What is received too often goes to another queue. */
    public synchronized void deadLetterQueue() {
        deadLetterQueue = true;
    }

    @Override
    public synchronized @Nullable Answer answer(Call call) {
        return switch (call.operation()) {
            case "GetQueueAttributes" -> attributes();
            case "ReceiveMessage" -> receive(call.body());
            case "DeleteMessageBatch" -> delete(call.body());
            case "ChangeMessageVisibilityBatch" -> hide(call.body());
            default -> null;
        };
    }

    private Answer attributes() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ObjectNode attributes = answer.putObject("Attributes");
        if (deadLetterQueue) {
            attributes.put("RedrivePolicy", "{\"maxReceiveCount\":5}");
        }
        return Answer.json(answer);
    }

    private Answer receive(JsonNode body) {
        int left = body.path("MaxNumberOfMessages").asInt(1);
        if (left < 1 || left > 10) {
            throw new Refused(400, "InvalidParameterValue", "MaxNumberOfMessages " + left);
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("Messages");
        for (Map.Entry<String, Message> entry : messages.entrySet()) {
            Message message = entry.getValue();
            if (left > 0 && !message.visible.isAfter(clock.instant())) {
                left--;
                message.received++;
                message.visible = clock.instant()
                        .plusSeconds(body.path("VisibilityTimeout").asLong(30));
                list.addObject()
                        .put("MessageId", entry.getKey())
                        .put("ReceiptHandle", entry.getKey())
                        .put("MD5OfBody", md5(message.body))
                        .put("Body", message.body);
            }
        }
        return Answer.json(answer);
    }

    private Answer delete(JsonNode body) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode successful = answer.putArray("Successful");
        answer.putArray("Failed");
        for (JsonNode entry : body.path("Entries")) {
            messages.remove(entry.path("ReceiptHandle").asText());
            successful.addObject().put("Id", entry.path("Id").asText());
        }
        return Answer.json(answer);
    }

    private Answer hide(JsonNode body) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode successful = answer.putArray("Successful");
        ArrayNode failed = answer.putArray("Failed");
        for (JsonNode entry : body.path("Entries")) {
            Message message = messages.get(entry.path("ReceiptHandle").asText());
            String id = entry.path("Id").asText();
            if (message == null || !message.visible.isAfter(clock.instant())) {
                failed.addObject().put("Id", id).put("SenderFault", true).put("Code", "MessageNotInflight");
            } else {
                message.visible = clock.instant()
                        .plusSeconds(entry.path("VisibilityTimeout").asLong());
                successful.addObject().put("Id", id);
            }
        }
        return Answer.json(answer);
    }

    private static String md5(String body) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has MD5", e);
        }
    }
}
