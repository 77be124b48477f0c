package io.trailwarden.event.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Hides the values of secrets where people look at records: by the name of the member, also inside JSON that travels as
 * text (the payloads of state machines). Access key ids are not secrets; they tell who acted.
 *
 * <p>A courtesy to whoever looks over a shoulder or pastes an answer into a ticket, not a permission: a query can give a
 * secret another name.
 */
public final class Secrets {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
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

    /** {@code ://user:password@}: up to the last {@code @}, unless what follows the colon is a port and a path. */
    private static final Pattern USER_INFO =
            Pattern.compile("(://[^\\s/:@]{0,256}):(?![0-9]{1,5}[/?#])[^\\s\"']{1,1024}@");

    /** A secret by its name anywhere, as in an address, a JAAS line or a property; a key or signature only in an address. */
    private static final Pattern PARAMETER = Pattern.compile(
            "(?i)((?:[?&;][\\w.-]{0,64}(?:token|sig|signature|key)"
                    + "|[\\w.-]{0,64}(?:password|passwd|pwd|secret))=)(?:\"[^\"]{0,4096}\"|'[^']{0,4096}'|[^&;\\s\"']{1,4096})");

    private static final String HIDDEN_IN_URI = "***";

    private Secrets() {}

    /** The text without the passwords, tokens and signatures of the addresses in it: libraries repeat whole addresses. */
    public static String withoutThoseOfAddresses(String text) {
        String rest = USER_INFO.matcher(text).replaceAll("$1:" + HIDDEN_IN_URI + "@");
        return PARAMETER.matcher(rest).replaceAll("$1" + HIDDEN_IN_URI);
    }

    /**
     * JSON with its secrets hidden.
     *
     * @param json the very same where nothing was hidden
     * @param hidden how many values are hidden in it
     */
    public record MaskedJson(JsonNode json, int hidden) {}

    /** A text with its secrets hidden; see {@link MaskedJson}. */
    public record MaskedText(String text, int hidden) {}

    /** The node without the values of secrets. */
    public static MaskedJson mask(JsonNode json) {
        Walk walk = new Walk();
        JsonNode masked = walk.mask(json, 0);
        return walk.hidden == 0 ? new MaskedJson(json, 0) : new MaskedJson(masked, walk.hidden);
    }

    /** The text without the values of secrets where it is JSON, or holds a private key; else the text. */
    public static MaskedText mask(String text) {
        Walk walk = new Walk();
        String masked = walk.mask(text, 0);
        return new MaskedText(masked, walk.hidden);
    }

    /** The value of a member or column of this name: hidden where the name is a secret's. */
    public static MaskedText mask(String name, String text) {
        return isSecret(name) && !text.isEmpty() ? new MaskedText(hidden(text), 1) : mask(text);
    }

    private static String hidden(String text) {
        return "‹hidden: " + text.length() + " characters›";
    }

    private static boolean isSecret(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
        return !HARMLESS.contains(plain) && SECRET_ENDINGS.stream().anyMatch(plain::endsWith);
    }

    private static final class Walk {

        private int hidden;

        JsonNode mask(JsonNode node, int depth) {
            if (node instanceof ObjectNode object) {
                ObjectNode copy = JSON.createObjectNode();
                for (Map.Entry<String, JsonNode> member : object.properties()) {
                    JsonNode value = member.getValue();
                    if (isSecret(member.getKey()) && value.isValueNode() && !value.isNull() && !value.isBoolean()) {
                        hidden++;
                        copy.put(member.getKey(), Secrets.hidden(value.asText()));
                    } else {
                        copy.set(member.getKey(), mask(value, depth + 1));
                    }
                }
                return copy;
            }
            if (node instanceof ArrayNode array) {
                ArrayNode copy = JSON.createArrayNode();
                array.forEach(each -> copy.add(mask(each, depth + 1)));
                return copy;
            }
            if (node instanceof TextNode text) {
                String masked = mask(text.textValue(), depth);
                return masked.equals(text.textValue()) ? text : TextNode.valueOf(masked);
            }
            return node;
        }

        private String mask(String text, int depth) {
            if (text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----")) {
                hidden++;
                return "‹hidden: private key, " + text.length() + " characters›";
            }
            String stripped = text.strip();
            if (depth > DEPTH || !(stripped.startsWith("{") || stripped.startsWith("["))) {
                return text;
            }
            try {
                int before = hidden;
                JsonNode inner = mask(JSON.readTree(stripped), depth + 1);
                return hidden == before ? text : inner.toString();
            } catch (JsonProcessingException e) {
                return text;
            }
        }
    }
}
