/** The rules that the running job has. {@link io.trailwarden.console.rules.RuleFeed} is the way in. */
@NullMarked
package io.trailwarden.console.rules;

import org.jspecify.annotations.NullMarked;
