/** How fast rules run over events, beside Event Ruler and a plain loop in the same run. */
@NullMarked
package io.trailwarden.benchmarks.rules;

import org.jspecify.annotations.NullMarked;
