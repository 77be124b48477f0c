/**
 * Telling people: findings one by one or, in a storm, many in one message. A {@link io.trailwarden.sinks.notice.Channel}
 * carries messages; {@link io.trailwarden.sinks.notice.NoticeSink} decides which.
 */
@NullMarked
package io.trailwarden.sinks.notice;

import org.jspecify.annotations.NullMarked;
