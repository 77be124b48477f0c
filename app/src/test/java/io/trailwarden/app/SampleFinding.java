package io.trailwarden.app;

import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Findings as detections make them, for what only shows them. */
public final class SampleFinding {

    /** What a stranger may write into any text. */
    public static final String HOSTILE = "\u001b[2J\u202egone";

    private SampleFinding() {}

    public static Finding of(String id, Severity severity, Instant lastTime) {
        return of(id, severity, lastTime, Finding.State.OPEN, null);
    }

    public static Finding of(
            String id, Severity severity, Instant lastTime, Finding.State state, @Nullable String suppression) {
        return new Finding(
                id,
                1,
                state,
                "unexpected-principal",
                severity,
                "A newcomer" + HOSTILE,
                "It was never seen before. " + "word ".repeat(40) + HOSTILE,
                "Trailwarden",
                "subject-" + id,
                "111122223333",
                "eu-central-1",
                "arn:aws:iam::111122223333:role/Deploy",
                lastTime.minusSeconds(60),
                lastTime,
                lastTime,
                List.of("e-" + id),
                1,
                List.of("T1078"),
                Map.of("seen" + HOSTILE, HOSTILE),
                List.of("Ask the owner.", "Then " + HOSTILE),
                suppression);
    }
}
