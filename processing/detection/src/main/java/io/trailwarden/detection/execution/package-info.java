/** Executions that fail after somebody started them who should not have. */
@NullMarked
package io.trailwarden.detection.execution;

import org.jspecify.annotations.NullMarked;
