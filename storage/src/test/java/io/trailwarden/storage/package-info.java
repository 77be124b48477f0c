@NullMarked
package io.trailwarden.storage;

import org.jspecify.annotations.NullMarked;
