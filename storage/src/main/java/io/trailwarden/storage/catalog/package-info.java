/** What each table holds, and how tables are opened, written and committed. */
@NullMarked
package io.trailwarden.storage.catalog;

import org.jspecify.annotations.NullMarked;
