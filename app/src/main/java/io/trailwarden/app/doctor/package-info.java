/** Checks whether all is well, each with a way to mend it. */
@NullMarked
package io.trailwarden.app.doctor;

import org.jspecify.annotations.NullMarked;
