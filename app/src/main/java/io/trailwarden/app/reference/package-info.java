/** Reference data that people wrote down, on its way to {@code audit.reference}. */
@NullMarked
package io.trailwarden.app.reference;

import org.jspecify.annotations.NullMarked;
