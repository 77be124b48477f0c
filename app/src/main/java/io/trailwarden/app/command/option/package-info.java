/** What several commands ask for alike. */
@NullMarked
package io.trailwarden.app.command.option;

import org.jspecify.annotations.NullMarked;
