package io.trailwarden.testing.generator;

import java.time.Instant;
import java.util.List;

/**
 * The truth about one planted finding: exactly one open finding must tell of it.
 *
 * @param kind what was planted
 * @param account where it happens
 * @param principal stable actor key of who does it; of a throttled execution, the execution's ARN
 * @param eventSource of the call; of a throttled execution the resource type, for example {@code lambda}
 * @param eventName of the call; of an outsider's session {@code AssumeRole}
 * @param subject the foreign account and principal, the caller that is throttled, or the state machine that was started
 * @param firstTime event time of the first evidence
 * @param lastTime event time of the last evidence
 * @param eventIds all evidence, by event time
 */
public record PlantedFinding(
        Kind kind,
        String account,
        String region,
        String principal,
        String eventSource,
        String eventName,
        String subject,
        Instant firstTime,
        Instant lastTime,
        List<String> eventIds) {

    /** What can be planted. */
    public enum Kind {
        /** A stranger's account assumes a role; calls with the session's credentials follow. */
        OUTSIDER_SESSION,
        /** One caller runs into one quota, tens of times in two minutes. */
        THROTTLED_CALLS,
        /** One execution's task is throttled, tens of times in a minute. */
        THROTTLED_EXECUTION,
        /** Somebody starts a state machine that only another role is expected to start. */
        UNEXPECTED_PRINCIPAL
    }
}
