package io.trailwarden.storage.sql;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a query ended that gave a result.
 *
 * @param truncated null when the result is whole, else which limit cut it and its setting
 */
public record QuerySummary(long rows, @Nullable String truncated, Duration elapsed) {}
