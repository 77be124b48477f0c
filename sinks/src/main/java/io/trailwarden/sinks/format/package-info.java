/** Findings in the forms of others: OCSF and the AWS Security Finding Format. */
@NullMarked
package io.trailwarden.sinks.format;

import org.jspecify.annotations.NullMarked;
