/**
 * What the console asks of others: stored records, the ledger, analysts' SQL. The tables answer through {@code
 * ArchiveSource}; tests bring their own.
 */
@NullMarked
package io.trailwarden.console.source;

import org.jspecify.annotations.NullMarked;
