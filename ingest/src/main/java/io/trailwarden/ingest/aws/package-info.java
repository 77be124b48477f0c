/**
 * How AWS is called: with which credentials, how often, and what is tried again.
 *
 * <p>Entry point: {@link io.trailwarden.ingest.aws.AwsSessions}.
 */
@NullMarked
package io.trailwarden.ingest.aws;

import org.jspecify.annotations.NullMarked;
