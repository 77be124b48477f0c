/**
 * The console's copy of the findings, fed by the topic {@code findings}, and what people decided about them. {@link
 * io.trailwarden.console.findings.FindingsStore} is the way in.
 */
@NullMarked
package io.trailwarden.console.findings;

import org.jspecify.annotations.NullMarked;
