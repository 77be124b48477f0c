/** How to reach AWS. */
@NullMarked
package io.trailwarden.sinks.aws;

import org.jspecify.annotations.NullMarked;
