@NullMarked
package io.trailwarden.detection;

import org.jspecify.annotations.NullMarked;
