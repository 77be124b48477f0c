/**
 * Analysts' SQL, in processes of its own: it cannot write, read other files, connect out, or take the pipeline down.
 *
 * <p>{@link io.trailwarden.storage.sql.SqlWorkers} is the way in.
 */
@NullMarked
package io.trailwarden.storage.sql;

import org.jspecify.annotations.NullMarked;
