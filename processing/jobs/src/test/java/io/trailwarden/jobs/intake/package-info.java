@NullMarked
package io.trailwarden.jobs.intake;

import org.jspecify.annotations.NullMarked;
