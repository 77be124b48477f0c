/** The command line: its subcommands, of which each feature has a package of its own. */
@NullMarked
package io.trailwarden.app.command;

import org.jspecify.annotations.NullMarked;
