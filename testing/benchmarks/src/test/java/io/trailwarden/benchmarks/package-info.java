@NullMarked
package io.trailwarden.benchmarks;

import org.jspecify.annotations.NullMarked;
