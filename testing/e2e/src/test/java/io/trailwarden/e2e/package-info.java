/** End to end, through the real command in a process of its own. */
@NullMarked
package io.trailwarden.e2e;

import org.jspecify.annotations.NullMarked;
