/** The commands over the chain of custody. */
@NullMarked
package io.trailwarden.app.command.custody;

import org.jspecify.annotations.NullMarked;
