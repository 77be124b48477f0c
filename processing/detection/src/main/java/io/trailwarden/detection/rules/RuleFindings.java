package io.trailwarden.detection.rules;

import io.trailwarden.detection.Findings;
import io.trailwarden.event.Claim;
import io.trailwarden.event.Severity;
import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.rule.RuleHeader;
import java.util.List;
import java.util.Map;

/** What rules assert. The author of a rule is named, as the Detection Rule License asks. */
final class RuleFindings {

    private RuleFindings() {}

    /**
     * What a rule asserts: detection from its name, severity from its level (medium without one), words of its own.
     *
     * @param evidence in order of time, at least one
     */
    static Claim claim(
            String id, RuleHeader header, Claim.Subject subject, List<Sighting> evidence, Map<String, String> facts) {
        return new Claim(
                id,
                new Claim.Detection(
                        header.handle(),
                        header.level() == null ? Severity.MEDIUM : header.level(),
                        header.author() == null ? Findings.AUTHOR : header.author(),
                        header.techniques()),
                subject,
                Claim.Evidence.of(
                        evidence.get(0).time(),
                        evidence.get(evidence.size() - 1).time(),
                        evidence.stream().map(Sighting::eventId).toList()),
                RuleWords.of(header, facts));
    }
}
