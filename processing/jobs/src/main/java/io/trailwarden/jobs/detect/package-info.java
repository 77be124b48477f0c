/** Detection that needs memory: signals by key, one operator a round. */
@NullMarked
package io.trailwarden.jobs.detect;

import org.jspecify.annotations.NullMarked;
