/** <em>Caller outside the organization</em>: strangers at the door, and what they do once they hold a role. */
@NullMarked
package io.trailwarden.detection.organization;

import org.jspecify.annotations.NullMarked;
