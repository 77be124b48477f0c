/** <em>Unexpected principal</em>: uses that nobody expects, and uses that a principal has never made before. */
@NullMarked
package io.trailwarden.detection.principal;

import org.jspecify.annotations.NullMarked;
