/** The commands over detection rules; none of them needs a pipeline. */
@NullMarked
package io.trailwarden.app.command.rules;

import org.jspecify.annotations.NullMarked;
