/** Real servers for tests, apart from everything else because their libraries would not go with ours. */
@NullMarked
package io.trailwarden.testing.servers;

import org.jspecify.annotations.NullMarked;
