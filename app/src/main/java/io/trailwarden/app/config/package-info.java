/**
 * What people configure: one YAML file, environment variables and flags, in this order of strength, over defaults that
 * stand in one place, {@link io.trailwarden.app.config.KnownSettings}.
 */
@NullMarked
package io.trailwarden.app.config;

import org.jspecify.annotations.NullMarked;
