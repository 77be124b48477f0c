package io.trailwarden.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One piece of reference data, travelling like an event: an account of the organization, an expectation, a rule.
 *
 * <p>The topic is compacted by {@code (kind, key)}; a null body removes the entry. Jobs need no AWS SDK, a change takes
 * effect without a restart, and a replay is reproducible.
 *
 * @param key unique within the kind, for example an account id
 * @param body the entry as JSON, shaped by its kind (see {@code docs/reference/reference-data.md})
 * @param seenAt when Trailwarden learned of it
 */
public record ReferenceEntry(Kind kind, String key, @Nullable String body, Instant seenAt) {

    /** What an entry describes. */
    public enum Kind {
        ACCOUNT,
        STATE_MACHINE,
        RULE,
        POLICY,
        EXPECTATION,
        SUPPRESSION,
        SETTING
    }
}
