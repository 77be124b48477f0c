package io.trailwarden.console.findings;

import io.trailwarden.event.Finding;
import java.util.List;

/**
 * One finding with everything known about it here.
 *
 * @param decisions the whole history, the latest first
 */
public record StoredFinding(Finding finding, FindingRow row, List<Decision> decisions) {}
