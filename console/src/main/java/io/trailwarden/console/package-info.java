/**
 * The console: an HTTP API, a live stream and pages over findings, evidence, the ledger and the stages. {@link
 * io.trailwarden.console.Console} starts it.
 */
@NullMarked
package io.trailwarden.console;

import org.jspecify.annotations.NullMarked;
