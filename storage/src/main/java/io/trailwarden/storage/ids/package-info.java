/** Which records are stored already, in bounded memory. */
@NullMarked
package io.trailwarden.storage.ids;

import org.jspecify.annotations.NullMarked;
