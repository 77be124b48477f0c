/** One class per command, in the order of the help. */
@NullMarked
package io.trailwarden.app.command;

import org.jspecify.annotations.NullMarked;
