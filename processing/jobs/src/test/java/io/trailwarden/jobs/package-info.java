/** Tests of the jobs, with operator harnesses and with a real broker and cluster in this process. */
@NullMarked
package io.trailwarden.jobs;

import org.jspecify.annotations.NullMarked;
