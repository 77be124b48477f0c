/** What the command prints: colours where they are wanted, progress, tables, and nobody's escape sequences. */
@NullMarked
package io.trailwarden.app.terminal;

import org.jspecify.annotations.NullMarked;
