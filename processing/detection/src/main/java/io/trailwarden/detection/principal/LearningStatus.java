package io.trailwarden.detection.principal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far Trailwarden knows one principal or state machine: for people, who must be able to see whether silence means
 * "nothing new" or "not learned yet".
 *
 * @param principal the actor key, or the state machine's ARN
 * @param since event time of its first use
 * @param until event time from which something new is a finding; null when learning is switched off for it
 * @param lastSeen event time of the latest use that was noted; it is noted at least once a day
 * @param learned whether {@code lastSeen} has passed {@code until}
 * @param full what is beyond its cap, so that new names of it are no longer noticed
 */
public record LearningStatus(
        String account,
        String principal,
        Instant since,
        @Nullable Instant until,
        Instant lastSeen,
        boolean learned,
        int actions,
        int regions,
        int stateMachines,
        List<String> full) {}
