/** What every operator of the job has: settings, reference data, numbers, and findings about the job itself. */
@NullMarked
package io.trailwarden.jobs.operator;

import org.jspecify.annotations.NullMarked;
