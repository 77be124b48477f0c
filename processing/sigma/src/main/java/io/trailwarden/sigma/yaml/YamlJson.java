package io.trailwarden.sigma.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON that was written as YAML. */
public final class YamlJson {

    private YamlJson() {}

    /** The same value as JSON; dates become text. */
    public static JsonNode of(YamlNode node) {
        JsonNodeFactory factory = JsonNodeFactory.instance;
        if (node instanceof YamlNode.Mapping mapping) {
            ObjectNode object = factory.objectNode();
            mapping.entries().forEach(entry -> object.set(entry.key(), of(entry.value())));
            return object;
        }
        if (node instanceof YamlNode.Sequence list) {
            ArrayNode array = factory.arrayNode();
            list.items().forEach(item -> array.add(of(item)));
            return array;
        }
        if (node instanceof YamlNode.Text text) {
            return factory.textNode(text.value());
        }
        if (node instanceof YamlNode.Numeric number) {
            return factory.numberNode(number.value());
        }
        if (node instanceof YamlNode.Truth truth) {
            return factory.booleanNode(truth.value());
        }
        return node instanceof YamlNode.Moment moment ? factory.textNode(moment.value()) : factory.nullNode();
    }
}
