/** When a record counts as stored: files of a complete checkpoint become part of the tables, then offsets. */
@NullMarked
package io.trailwarden.jobs.archive;

import org.jspecify.annotations.NullMarked;
