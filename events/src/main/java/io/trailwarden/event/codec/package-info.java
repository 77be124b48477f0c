/**
 * Bytes to records and back: foreign records leniently and on the hot path, our own ones as plain JSON.
 */
@NullMarked
package io.trailwarden.event.codec;

import org.jspecify.annotations.NullMarked;
