/** Findings to AWS Security Hub. */
@NullMarked
package io.trailwarden.sinks.securityhub;

import org.jspecify.annotations.NullMarked;
