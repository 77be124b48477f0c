@NullMarked
package io.trailwarden.storage.ids;

import org.jspecify.annotations.NullMarked;
