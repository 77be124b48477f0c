package io.trailwarden.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A record's JSON made readable, with the values of secrets hidden: by the name of the member, also inside JSON that
 * travels as text (the payloads of state machines). Access key ids are not secrets; they tell who acted.
 */
final class Masking {

    private static final ObjectWriter PRETTY = Json.MAPPER.writerWithDefaultPrettyPrinter();
    private static final int DEPTH = 60;

    /** Names without separators in lower case; a member whose name ends in one of these is hidden. */
    private static final List<String> SECRET_ENDINGS = List.of(
            "password",
            "passwd",
            "passphrase",
            "secret",
            "secretaccesskey",
            "secretkey",
            "secretstring",
            "secretbinary",
            "clientsecret",
            "sessiontoken",
            "accesstoken",
            "refreshtoken",
            "idtoken",
            "authtoken",
            "bearertoken",
            "securitytoken",
            "privatekey",
            "apikey",
            "authorization",
            "credentials");

    /** Names that end like a secret and are none. */
    private static final Set<String> HARMLESS =
            Set.of("forgotpassword", "hassecret", "taskcredentials", "mustchangepassword");

    private Masking() {}

    /**
     * A readable record.
     *
     * @param text JSON over several lines
     * @param hidden how many values are hidden in it
     */
    record Masked(String text, int hidden) {}

    /** The node over several lines; secrets hidden unless they are wanted. */
    static Masked pretty(JsonNode record, boolean showSecrets) {
        Masking.Walk walk = new Walk();
        JsonNode shown = showSecrets ? record : walk.mask(record, 0);
        try {
            return new Masked(PRETTY.writeValueAsString(shown), walk.hidden);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was read can be written", e);
        }
    }

    private static final class Walk {

        private int hidden;

        JsonNode mask(JsonNode node, int depth) {
            if (node instanceof ObjectNode object) {
                ObjectNode copy = Json.MAPPER.createObjectNode();
                for (Map.Entry<String, JsonNode> member : object.properties()) {
                    JsonNode value = member.getValue();
                    if (isSecret(member.getKey()) && value.isValueNode() && !value.isNull() && !value.isBoolean()) {
                        hidden++;
                        copy.put(member.getKey(), "‹hidden: " + value.asText().length() + " characters›");
                    } else {
                        copy.set(member.getKey(), mask(value, depth + 1));
                    }
                }
                return copy;
            }
            if (node instanceof ArrayNode array) {
                ArrayNode copy = Json.MAPPER.createArrayNode();
                array.forEach(each -> copy.add(mask(each, depth + 1)));
                return copy;
            }
            if (node instanceof TextNode text) {
                return text(text, depth);
            }
            return node;
        }

        private JsonNode text(TextNode node, int depth) {
            String text = node.textValue();
            if (text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----")) {
                hidden++;
                return TextNode.valueOf("‹hidden: private key, " + text.length() + " characters›");
            }
            String stripped = text.strip();
            if (depth > DEPTH || !(stripped.startsWith("{") || stripped.startsWith("["))) {
                return node;
            }
            try {
                int before = hidden;
                JsonNode inner = mask(Json.MAPPER.readTree(stripped), depth + 1);
                return hidden == before ? node : TextNode.valueOf(inner.toString());
            } catch (JsonProcessingException e) {
                return node;
            }
        }

        private static boolean isSecret(String name) {
            String plain = name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
            return !HARMLESS.contains(plain) && SECRET_ENDINGS.stream().anyMatch(plain::endsWith);
        }
    }
}
