/** Files: Parquet read and copied column by column, and a local disk that holds what it was told to hold. */
@NullMarked
package io.trailwarden.storage.files;

import org.jspecify.annotations.NullMarked;
