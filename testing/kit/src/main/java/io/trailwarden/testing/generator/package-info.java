/**
 * A seeded generator of realistic audit data: an organization at work, delivered as AWS delivers it (late, out of
 * order, twice), with findings planted in it and a file that tells the truth about them.
 *
 * <p>The same scenario gives the same records, byte for byte, on every JDK, in every locale and zone. Compressed files
 * may differ in their compression only.
 */
@NullMarked
package io.trailwarden.testing.generator;

import org.jspecify.annotations.NullMarked;
