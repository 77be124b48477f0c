/** What people and inventories told us: accounts, expectations, settings, state machines, as an immutable view. */
@NullMarked
package io.trailwarden.detection.reference;

import org.jspecify.annotations.NullMarked;
