@NullMarked
package io.trailwarden.storage.maintenance;

import org.jspecify.annotations.NullMarked;
