/**
 * CloudWatch Logs as a source: execution logs, and CloudTrail that is delivered to a log group.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.logs.LogsIngester}.
 */
@NullMarked
package io.trailwarden.ingest.logs;

import org.jspecify.annotations.NullMarked;
