@NullMarked
package io.trailwarden.storage.findings;

import org.jspecify.annotations.NullMarked;
