/**
 * Sigma rules and correlations as detections: what the engine matches becomes findings.
 */
@NullMarked
package io.trailwarden.detection.rules;

import org.jspecify.annotations.NullMarked;
