package io.trailwarden.storage.sql;

/** A list, struct or map in a result, as JSON. */
public record NestedValue(String json) {

    @Override
    public String toString() {
        return json;
    }
}
