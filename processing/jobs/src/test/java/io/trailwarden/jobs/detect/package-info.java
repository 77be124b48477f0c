@NullMarked
package io.trailwarden.jobs.detect;

import org.jspecify.annotations.NullMarked;
