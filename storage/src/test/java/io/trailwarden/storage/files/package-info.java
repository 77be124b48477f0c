@NullMarked
package io.trailwarden.storage.files;

import org.jspecify.annotations.NullMarked;
