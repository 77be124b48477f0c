package io.trailwarden.detection.rules;

import io.trailwarden.sigma.correlation.Family;
import java.util.List;

/**
 * One partition of one family of correlations.
 *
 * @param family see {@link Family#key()}; written by the rules' authors, so not bounded
 * @param partition see {@link Family#partitions}; texts of bounded fields
 */
public record CorrelationKey(String family, List<String> partition) {}
