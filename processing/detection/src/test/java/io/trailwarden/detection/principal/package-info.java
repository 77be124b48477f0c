@NullMarked
package io.trailwarden.detection.principal;

import org.jspecify.annotations.NullMarked;
