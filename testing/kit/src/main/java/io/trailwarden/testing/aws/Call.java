package io.trailwarden.testing.aws;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * A request that got through.
 *
 * @param operation for example {@code LookupEvents}
 * @param region of the signature
 * @param body of JSON protocols; an empty object otherwise
 * @param path of the request, decoded
 * @param query decoded
 */
record Call(String operation, String region, JsonNode body, String path, Map<String, List<String>> query) {

    String text(String name, String otherwise) {
        return body.path(name).asText(otherwise);
    }
}
