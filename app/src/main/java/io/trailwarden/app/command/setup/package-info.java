/** The commands that say whether a pipeline would run as it is set up. */
@NullMarked
package io.trailwarden.app.command.setup;

import org.jspecify.annotations.NullMarked;
