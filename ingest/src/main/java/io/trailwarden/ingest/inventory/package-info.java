/**
 * Inventories of AWS as reference data: whose accounts are, which state machines there are and how they are set up.
 *
 * <p>Entry points: {@link io.trailwarden.ingest.inventory.OrganizationIngester} and
 * {@link io.trailwarden.ingest.inventory.StateMachineIngester}.
 */
@NullMarked
package io.trailwarden.ingest.inventory;

import org.jspecify.annotations.NullMarked;
