@NullMarked
package io.trailwarden.jobs.operator;

import org.jspecify.annotations.NullMarked;
