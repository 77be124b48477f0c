@NullMarked
package io.trailwarden.storage.sql;

import org.jspecify.annotations.NullMarked;
