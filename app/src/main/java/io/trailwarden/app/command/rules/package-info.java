/** The commands over detection rules. */
@NullMarked
package io.trailwarden.app.command.rules;

import org.jspecify.annotations.NullMarked;
