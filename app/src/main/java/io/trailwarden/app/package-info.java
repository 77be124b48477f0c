/** The command {@code trailwarden}: reads the configuration and wires the parts; it thinks nothing of its own. */
@NullMarked
package io.trailwarden.app;

import org.jspecify.annotations.NullMarked;
