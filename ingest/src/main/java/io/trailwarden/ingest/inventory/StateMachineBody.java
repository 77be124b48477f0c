package io.trailwarden.ingest.inventory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.codec.EventKeys;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sfn.model.DescribeStateMachineResponse;
import software.amazon.awssdk.services.sfn.model.EncryptionConfiguration;
import software.amazon.awssdk.services.sfn.model.LogDestination;
import software.amazon.awssdk.services.sfn.model.LoggingConfiguration;
import software.amazon.awssdk.services.sfn.model.StateMachineListItem;
import software.amazon.awssdk.services.sfn.model.Tag;

/**
 * A state machine's entry ({@code docs/reference/reference-data.md}): what {@code DescribeStateMachine} said, under its
 * names, and the tags.
 */
final class StateMachineBody {

    private static final ObjectMapper JSON = new ObjectMapper();

    private StateMachineBody() {}

    /**
     * As described.
     *
     * @param tags null: not read yet
     */
    static String json(DescribeStateMachineResponse machine, @Nullable ObjectNode tags) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        put(body, "name", machine.name());
        put(body, "type", machine.typeAsString());
        put(body, "status", machine.statusAsString());
        put(body, "roleArn", machine.roleArn());
        put(body, "creationDate", machine.creationDate());
        put(body, "revisionId", machine.revisionId());
        put(body, "description", machine.description());
        LoggingConfiguration logging = machine.loggingConfiguration();
        if (logging != null) {
            ObjectNode configuration = body.putObject("loggingConfiguration");
            put(configuration, "level", logging.levelAsString());
            configuration.put("includeExecutionData", Boolean.TRUE.equals(logging.includeExecutionData()));
            ArrayNode groups = configuration.putArray("logGroups");
            for (LogDestination destination : logging.destinations()) {
                if (destination.cloudWatchLogsLogGroup() != null) {
                    groups.add(destination.cloudWatchLogsLogGroup().logGroupArn());
                }
            }
        }
        if (machine.tracingConfiguration() != null) {
            body.putObject("tracingConfiguration")
                    .put(
                            "enabled",
                            Boolean.TRUE.equals(machine.tracingConfiguration().enabled()));
        }
        EncryptionConfiguration encryption = machine.encryptionConfiguration();
        if (encryption != null) {
            ObjectNode configuration = body.putObject("encryptionConfiguration");
            put(configuration, "type", encryption.typeAsString());
            put(configuration, "kmsKeyId", encryption.kmsKeyId());
            put(configuration, "kmsDataKeyReusePeriodSeconds", encryption.kmsDataKeyReusePeriodSeconds());
        }
        if (tags != null) {
            body.set("tags", tags);
        }
        String definition = machine.definition();
        if (definition != null && !definition.isEmpty()) {
            byte[] bytes = definition.getBytes(StandardCharsets.UTF_8);
            body.put("definitionSha256", EventKeys.idOf(bytes, 0, bytes.length).substring("sha256:".length()));
            body.set("definition", definition(definition));
        }
        return body.toString();
    }

    /** As listed, of a machine that may not be described. */
    static String json(StateMachineListItem item) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        put(body, "name", item.name());
        put(body, "type", item.typeAsString());
        put(body, "creationDate", item.creationDate());
        return body.toString();
    }

    /** Tags by key. */
    static ObjectNode tags(List<Tag> tags) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        tags.stream().sorted(Comparator.comparing(Tag::key)).forEach(tag -> all.put(tag.key(), tag.value()));
        return all;
    }

    /** The tags in an entry; null if there are none. */
    static @Nullable ObjectNode tags(@Nullable String body) {
        try {
            return body != null && JSON.readTree(body).get("tags") instanceof ObjectNode tags ? tags : null;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what json() wrote can be read", e);
        }
    }

    /** As JSON in JSON, without the backslashes that a text would need; a text if AWS ever keeps something else. */
    private static JsonNode definition(String definition) {
        try {
            JsonNode json = JSON.readTree(definition);
            if (json != null && json.isObject()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            // Kept as it is.
        }
        return JsonNodeFactory.instance.textNode(definition);
    }

    private static void put(ObjectNode body, String member, @Nullable Object value) {
        if (value instanceof Integer number) {
            body.put(member, number);
        } else if (value != null && !value.toString().isBlank()) {
            body.put(member, value.toString());
        }
    }
}
