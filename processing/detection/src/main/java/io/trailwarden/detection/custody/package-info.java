/** <em>Custody</em>: whether CloudTrail's objects and digests are those that CloudTrail wrote. */
@NullMarked
package io.trailwarden.detection.custody;

import org.jspecify.annotations.NullMarked;
