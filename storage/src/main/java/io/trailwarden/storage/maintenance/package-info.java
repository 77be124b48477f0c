/** Keeps the tables small while others write and read. */
@NullMarked
package io.trailwarden.storage.maintenance;

import org.jspecify.annotations.NullMarked;
