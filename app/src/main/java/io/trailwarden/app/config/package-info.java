/**
 * What people configure: one YAML file, environment variables and flags, in this order of strength, over defaults that
 * each component declares with its settings.
 */
@NullMarked
package io.trailwarden.app.config;

import org.jspecify.annotations.NullMarked;
