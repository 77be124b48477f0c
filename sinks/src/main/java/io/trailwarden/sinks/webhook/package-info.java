/** Findings to an HTTP endpoint: our own JSON, Slack, PagerDuty. */
@NullMarked
package io.trailwarden.sinks.webhook;

import org.jspecify.annotations.NullMarked;
