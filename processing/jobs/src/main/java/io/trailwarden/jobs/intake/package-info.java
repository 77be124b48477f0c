/** One record's way: decoded, recognised if it came before, written down, judged alone, turned into signals. */
@NullMarked
package io.trailwarden.jobs.intake;

import org.jspecify.annotations.NullMarked;
