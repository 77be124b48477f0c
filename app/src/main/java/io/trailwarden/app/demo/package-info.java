/** A scenario of our own making, replayed as if it happened now. */
@NullMarked
package io.trailwarden.app.demo;

import org.jspecify.annotations.NullMarked;
