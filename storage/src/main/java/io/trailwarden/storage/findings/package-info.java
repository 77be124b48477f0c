/** The stored findings: of each id, the highest revision stands. */
@NullMarked
package io.trailwarden.storage.findings;

import org.jspecify.annotations.NullMarked;
