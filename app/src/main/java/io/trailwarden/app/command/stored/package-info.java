/** The commands over what a pipeline has stored or tells. */
@NullMarked
package io.trailwarden.app.command.stored;

import org.jspecify.annotations.NullMarked;
