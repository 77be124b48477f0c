package io.trailwarden.sinks.notice;

import io.trailwarden.event.Finding;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import java.util.Comparator;
import java.util.List;

/** One message to people. */
public sealed interface Notice {

    /** The findings it tells of, at least one. */
    List<Finding> findings();

    /** The same for the same content: what a receiver may recognise a repetition by. */
    String id();

    /** The worst severity in it. */
    default Severity severity() {
        return findings().stream()
                .map(finding -> finding.detection().severity())
                .max(Comparator.naturalOrder())
                .orElse(Severity.INFORMATIONAL);
    }

    /** One finding. */
    record One(Finding finding) implements Notice {
        @Override
        public List<Finding> findings() {
            return List.of(finding);
        }

        /** The finding's own id; a withdrawal is another message than the finding was, and must not pass for a repetition. */
        @Override
        public String id() {
            return finding.state() == Finding.State.WITHDRAWN ? finding.id() + "-withdrawn" : finding.id();
        }
    }

    /** Many findings in one message, the worst first. */
    record Digest(List<Finding> findings) implements Notice {

        /** The most findings in one digest: with {@link NoticeJson} it stays below what a message may have. */
        public static final int MOST = 200;

        public Digest {
            findings = List.copyOf(findings);
        }

        @Override
        public String id() {
            String[] parts = findings.stream()
                    .map(finding -> finding.id() + '.' + finding.revision())
                    .toArray(String[]::new);
            return "digest-" + FindingId.of("digest", parts);
        }
    }
}
