/** Our own reader of JSON bytes: one pass, no allocation, strict about structure and lenient about text. */
@NullMarked
package io.trailwarden.event.json;

import org.jspecify.annotations.NullMarked;
