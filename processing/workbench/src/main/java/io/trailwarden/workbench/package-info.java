/**
 * Offline tools over the same engines that run live: rules are checked, tested, explained, held against published techniques
 * and stored records. Nothing here runs in the job.
 */
@NullMarked
package io.trailwarden.workbench;

import org.jspecify.annotations.NullMarked;
