@NullMarked
package io.trailwarden.detection.custody;

import org.jspecify.annotations.NullMarked;
