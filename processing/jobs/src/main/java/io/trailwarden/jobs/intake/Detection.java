package io.trailwarden.jobs.intake;

import io.trailwarden.detection.EventDetector;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.custody.CustodyDetector;
import io.trailwarden.detection.execution.FailedExecutionDetector;
import io.trailwarden.detection.organization.OrganizationDetector;
import io.trailwarden.detection.principal.PrincipalDetector;
import io.trailwarden.detection.rules.CorrelationDetector;
import io.trailwarden.detection.rules.RuleDetector;
import io.trailwarden.detection.throttling.ThrottlingDetector;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the job runs on every event. What it looks for in detail (rules, expectations, accounts) is reference data.
 *
 * @param eventDetectors judge single events, in this order
 * @param keyedDetectors need memory; names are unique
 */
public record Detection(List<EventDetector> eventDetectors, List<KeyedDetector<?, ?, ?>> keyedDetectors)
        implements Serializable {

    /**
     * Keeps its own copies.
     *
     * @throws IllegalArgumentException if two keyed detectors have one name
     */
    public Detection {
        // Lists of java.util, because the job's graph is shipped by Java serialisation.
        eventDetectors = new ArrayList<>(eventDetectors);
        keyedDetectors = new ArrayList<>(keyedDetectors);
        Set<String> names = new HashSet<>();
        for (KeyedDetector<?, ?, ?> detector : keyedDetectors) {
            if (!names.add(detector.name())) {
                throw new IllegalArgumentException(
                        "detector \"" + detector.name() + "\" (expected: a name of its own)");
            }
        }
    }

    /** Every detection that Trailwarden has. */
    public static Detection standard() {
        return new Detection(
                List.of(new RuleDetector()),
                List.of(
                        new PrincipalDetector(),
                        new ThrottlingDetector(),
                        new OrganizationDetector(),
                        new FailedExecutionDetector(),
                        new CustodyDetector(),
                        new CorrelationDetector()));
    }

    /** How many rounds the longest of them needs. */
    public int rounds() {
        return keyedDetectors.stream().mapToInt(KeyedDetector::rounds).max().orElse(0);
    }

    /** Those that take part in this round, from 1. */
    public List<KeyedDetector<?, ?, ?>> inRound(int round) {
        return new ArrayList<>(keyedDetectors.stream()
                .filter(detector -> detector.rounds() >= round)
                .toList());
    }
}
