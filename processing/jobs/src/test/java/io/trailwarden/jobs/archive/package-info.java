@NullMarked
package io.trailwarden.jobs.archive;

import org.jspecify.annotations.NullMarked;
