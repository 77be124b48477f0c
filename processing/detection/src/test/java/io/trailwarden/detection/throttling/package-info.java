@NullMarked
package io.trailwarden.detection.throttling;

import org.jspecify.annotations.NullMarked;
