package io.trailwarden.event.json;

/**
 * What a scanner refuses, so that one hostile record cannot hold up the others.
 *
 * @param maxBytes longest text in bytes
 * @param maxDepth deepest nesting of objects and arrays
 * @param maxTokens most names and values in one text
 */
public record JsonLimits(int maxBytes, int maxDepth, int maxTokens) {

    /** The limits on one audit record: 2 MB, 100 levels, 200,000 tokens. */
    public static final JsonLimits RECORD = new JsonLimits(2 * 1024 * 1024, 100, 200_000);

    public JsonLimits {
        if (maxBytes < 1 || maxDepth < 1 || maxTokens < 1) {
            throw new IllegalArgumentException("limits must be positive: " + maxBytes + " bytes, " + maxDepth
                    + " levels, " + maxTokens + " tokens");
        }
    }
}
