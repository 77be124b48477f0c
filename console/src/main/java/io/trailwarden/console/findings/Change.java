package io.trailwarden.console.findings;

/**
 * A finding that arrived, was amended or was decided upon.
 *
 * @param row the line as it is now
 * @param arrived whether the finding is new, as opposed to amended
 * @param text what the text filter searches, in lower case
 */
public record Change(FindingRow row, boolean arrived, String text) {}
