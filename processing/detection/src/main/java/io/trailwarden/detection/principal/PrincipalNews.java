package io.trailwarden.detection.principal;

import io.trailwarden.detection.Call;
import io.trailwarden.event.Bounded;
import org.jspecify.annotations.Nullable;

/**
 * What is heard of a principal, a state machine or an account.
 *
 * @param call what was done; null: only that the account was active on that day
 * @param stateMachine the state machine that the call was about, or that ran
 * @param role what the state machine ran with
 * @param learned whether it counts for what is known of the subject
 * @param judged whether some expectation speaks about it
 */
public record PrincipalNews(
        @Nullable Call call, @Nullable String stateMachine, @Nullable Role role, boolean learned, boolean judged) {

    /** An account was active. */
    static final PrincipalNews ACTIVE = new PrincipalNews(null, null, null, false, false);

    /** Bounds what is too long. */
    public PrincipalNews {
        stateMachine = Bounded.textOrNull(stateMachine);
    }

    /**
     * A role of a state machine.
     *
     * @param ofExecution whether the whole execution runs with it, and not one task
     */
    public record Role(String arn, boolean ofExecution) {

        /** Bounds what is too long. */
        public Role {
            arn = Bounded.text(arn);
        }
    }

    /** The role of the whole execution; null when this is about something else. */
    @Nullable
    String executionRole() {
        return role != null && role.ofExecution() ? role.arn() : null;
    }
}
