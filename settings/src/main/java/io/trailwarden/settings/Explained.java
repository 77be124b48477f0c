package io.trailwarden.settings;

/**
 * One setting, its value and where it came from.
 *
 * @param value as one would write it; a secret is only said to be set
 * @param origin {@code default}, {@code file:line:column}, an environment variable or a flag
 */
public record Explained(String key, String value, String origin, String meaning) {}
