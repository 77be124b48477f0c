package io.trailwarden.app;

import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.testing.SampleFinding;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Findings whose every text a stranger wrote, for what only shows them. */
public final class HostileFinding {

    /** What a stranger may write into any text. */
    public static final String HOSTILE = "\u001b[2J\u202egone";

    private HostileFinding() {}

    public static Finding of(String id, Severity severity, Instant lastTime) {
        return of(id, severity, lastTime, Finding.State.OPEN, null);
    }

    public static Finding of(
            String id, Severity severity, Instant lastTime, Finding.State state, @Nullable String suppression) {
        return SampleFinding.of(id)
                .state(state)
                .detection("unexpected-principal")
                .severity(severity)
                .title("A newcomer" + HOSTILE)
                .description("It was never seen before. " + "word ".repeat(40) + HOSTILE)
                .subject("subject-" + id)
                .account("111122223333")
                .region("eu-central-1")
                .principal("arn:aws:iam::111122223333:role/Deploy")
                .between(lastTime.minusSeconds(60), lastTime)
                .detectedAt(lastTime)
                .events(List.of("e-" + id))
                .techniques(List.of("T1078"))
                .facts(Map.of("seen" + HOSTILE, HOSTILE))
                .nextSteps(List.of("Ask the owner.", "Then " + HOSTILE))
                .suppression(suppression)
                .build();
    }
}
