package io.trailwarden.sigma.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON that was written as YAML. */
public final class YamlJson implements YamlNode.Visitor<JsonNode> {

    private static final JsonNodeFactory FACTORY = JsonNodeFactory.instance;

    private YamlJson() {}

    /** The same value as JSON; dates become text. */
    public static JsonNode of(YamlNode node) {
        return node.accept(new YamlJson());
    }

    @Override
    public JsonNode text(YamlNode.Text text) {
        return FACTORY.textNode(text.value());
    }

    @Override
    public JsonNode numeric(YamlNode.Numeric number) {
        return FACTORY.numberNode(number.value());
    }

    @Override
    public JsonNode truth(YamlNode.Truth truth) {
        return FACTORY.booleanNode(truth.value());
    }

    @Override
    public JsonNode nothing(YamlNode.Nothing nothing) {
        return FACTORY.nullNode();
    }

    @Override
    public JsonNode moment(YamlNode.Moment moment) {
        return FACTORY.textNode(moment.value());
    }

    @Override
    public JsonNode sequence(YamlNode.Sequence sequence) {
        ArrayNode array = FACTORY.arrayNode();
        sequence.items().forEach(item -> array.add(item.accept(this)));
        return array;
    }

    @Override
    public JsonNode mapping(YamlNode.Mapping mapping) {
        ObjectNode object = FACTORY.objectNode();
        mapping.entries().forEach(entry -> object.set(entry.key(), entry.value().accept(this)));
        return object;
    }
}
