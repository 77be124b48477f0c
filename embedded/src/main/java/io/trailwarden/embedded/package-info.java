/** Kafka and Flink inside this process, so that the whole pipeline runs with nothing but a JDK. */
@NullMarked
package io.trailwarden.embedded;

import org.jspecify.annotations.NullMarked;
