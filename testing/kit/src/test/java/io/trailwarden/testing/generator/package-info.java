@NullMarked
package io.trailwarden.testing.generator;

import org.jspecify.annotations.NullMarked;
