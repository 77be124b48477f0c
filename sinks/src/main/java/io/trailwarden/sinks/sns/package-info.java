/** Findings to an Amazon SNS topic. */
@NullMarked
package io.trailwarden.sinks.sns;

import org.jspecify.annotations.NullMarked;
