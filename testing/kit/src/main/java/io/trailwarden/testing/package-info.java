/** What tests of several modules need: data beside the repository, and below it fakes, generators and oracles. */
@NullMarked
package io.trailwarden.testing;

import org.jspecify.annotations.NullMarked;
