@NullMarked
package io.trailwarden.detection.reference;

import org.jspecify.annotations.NullMarked;
