/** The example of {@code docs/guide/new-detection.md}: a whole detection with memory, from its key to its test. */
@NullMarked
package io.trailwarden.detection.example;

import org.jspecify.annotations.NullMarked;
