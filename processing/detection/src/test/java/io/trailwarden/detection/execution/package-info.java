@NullMarked
package io.trailwarden.detection.execution;

import org.jspecify.annotations.NullMarked;
