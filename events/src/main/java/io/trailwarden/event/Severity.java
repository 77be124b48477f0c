package io.trailwarden.event;

/** How bad a finding is, in ascending order; the same five levels as Sigma and the AWS Security Finding Format. */
public enum Severity {
    INFORMATIONAL,
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL
}
