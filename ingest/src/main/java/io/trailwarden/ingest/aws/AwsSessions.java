package io.trailwarden.ingest.aws;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * One session for each access, so that all inputs that share an access share its limits. Thread-safe.
 *
 * <p>Two accesses that lead to the same account do not know of each other; each alone leaves some of the quota.
 */
public final class AwsSessions implements AutoCloseable {

    private final Clock clock;
    private final Pause pause;
    private final Map<AwsAccess, AwsSession> sessions = new HashMap<>();

    /** Sessions that wait on this clock. */
    public AwsSessions(Clock clock, Pause pause) {
        this.clock = clock;
        this.pause = pause;
    }

    /** The session for this access; nothing is called yet. */
    public synchronized AwsSession of(AwsAccess access) {
        return sessions.computeIfAbsent(access, unused -> new AwsSession(access, clock, pause));
    }

    @Override
    public synchronized void close() {
        sessions.values().forEach(AwsSession::close);
        sessions.clear();
    }
}
