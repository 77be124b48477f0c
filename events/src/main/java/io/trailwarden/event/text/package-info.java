/** How a stranger's words are shown without being obeyed. */
@NullMarked
package io.trailwarden.event.text;

import org.jspecify.annotations.NullMarked;
