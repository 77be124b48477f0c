/**
 * What can be configured, said once by the component that it concerns: its settings with their defaults, read from one
 * YAML file, variables and flags, and bound to the component's own record.
 *
 * <p>Entry points: {@link io.trailwarden.settings.Setting} to declare one, {@link io.trailwarden.settings.SettingsReader}
 * to read them.
 */
@NullMarked
package io.trailwarden.settings;

import org.jspecify.annotations.NullMarked;
