/** The architecture holds, and what guards it can fail. */
@NullMarked
package io.trailwarden.e2e.architecture;

import org.jspecify.annotations.NullMarked;
