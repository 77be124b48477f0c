@NullMarked
package io.trailwarden.storage.catalog;

import org.jspecify.annotations.NullMarked;
