@NullMarked
package io.trailwarden.benchmarks.baseline;

import org.jspecify.annotations.NullMarked;
