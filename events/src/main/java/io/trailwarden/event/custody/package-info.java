/** What is seen of the digests and objects in which CloudTrail delivers its records. */
@NullMarked
package io.trailwarden.event.custody;

import org.jspecify.annotations.NullMarked;
