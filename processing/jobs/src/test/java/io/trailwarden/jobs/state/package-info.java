@NullMarked
package io.trailwarden.jobs.state;

import org.jspecify.annotations.NullMarked;
