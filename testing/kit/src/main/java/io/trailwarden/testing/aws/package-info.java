/**
 * AWS over HTTP in this process, for the real SDK to talk to: shaped by AWS's service models, on a clock that tests may move,
 * with every fault that AWS is known for, counting requests.
 *
 * <p>Entry point: {@link io.trailwarden.testing.aws.FakeAws}.
 */
@NullMarked
package io.trailwarden.testing.aws;

import org.jspecify.annotations.NullMarked;
