@NullMarked
package io.trailwarden.detection.organization;

import org.jspecify.annotations.NullMarked;
