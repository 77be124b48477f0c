/**
 * The one way into Kafka: {@link io.trailwarden.kafka.TopicReader} reads a topic, {@link
 * io.trailwarden.kafka.TopicWriter} writes, {@link io.trailwarden.kafka.Follower} reads on and on in a thread of its own.
 */
@NullMarked
package io.trailwarden.kafka;

import org.jspecify.annotations.NullMarked;
