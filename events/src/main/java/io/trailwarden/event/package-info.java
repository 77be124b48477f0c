/**
 * What travels through Trailwarden: typed records beside their original bytes.
 *
 * <p>Every type that crosses an operator edge is a public concrete record of scalars, {@link java.time.Instant}s, enums,
 * nested records, lists and maps, so that Flink serialises it without Kryo.
 */
@NullMarked
package io.trailwarden.event;

import org.jspecify.annotations.NullMarked;
