@NullMarked
package io.trailwarden.kafka;

import org.jspecify.annotations.NullMarked;
