/** How state is serialised, and which checkpoint a job may start from. */
@NullMarked
package io.trailwarden.jobs.state;

import org.jspecify.annotations.NullMarked;
