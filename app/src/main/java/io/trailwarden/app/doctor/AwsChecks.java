package io.trailwarden.app.doctor;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.ingest.aws.AccessProbe;
import io.trailwarden.ingest.aws.AccessProbe.Verdict;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSession;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.ingest.aws.AwsSource;
import io.trailwarden.ingest.aws.Pause;
import io.trailwarden.sinks.aws.TargetProbe;
import io.trailwarden.sinks.securityhub.SecurityHubConfig;
import io.trailwarden.sinks.securityhub.SecurityHubSink;
import io.trailwarden.sinks.sns.SnsChannel;
import io.trailwarden.sinks.sns.SnsConfig;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Each permission that the configured inputs and sinks need in AWS, one check for each. */
final class AwsChecks {

    private final Configuration config;
    private final Clock clock;
    private final Pause pause;

    AwsChecks(Configuration config, Clock clock) {
        this(config, clock, Pause.SLEEP);
    }

    AwsChecks(Configuration config, Clock clock, Pause pause) {
        this.config = config;
        this.clock = clock;
        this.pause = pause;
    }

    List<Check> run() throws InterruptedException {
        List<Check> checks = new ArrayList<>();
        try (AwsSessions sessions = new AwsSessions(clock, pause)) {
            Map<AwsAccess, AccessProbe.Outcome> identities = new HashMap<>();
            for (AwsSource input : config.inputs().aws()) {
                AwsSession session = sessions.of(input.access());
                AccessProbe probe = new AccessProbe(session);
                AccessProbe.Outcome identity = identities.computeIfAbsent(input.access(), unused -> probe.identity());
                checks.add(check(input, identity));
                if (identity.verdict() == Verdict.GRANTED) {
                    for (AccessProbe.Outcome outcome : input.probe(probe)) {
                        checks.add(check(input, outcome));
                    }
                }
            }
        }
        SnsConfig sns = config.sinks().sns();
        if (sns != null) {
            TargetProbe.sns(sns.topic(), sns.target()).forEach(outcome -> checks.add(check(SnsChannel.NAME, outcome)));
        }
        SecurityHubConfig hub = config.sinks().securityHub();
        if (hub != null) {
            TargetProbe.securityHub(hub.account(), hub.target())
                    .forEach(outcome -> checks.add(check(SecurityHubSink.NAME, outcome)));
        }
        return checks;
    }

    private static Check check(AwsSource input, AccessProbe.Outcome outcome) {
        String name = input.source() + " " + outcome.permission();
        String on = outcome.on().isEmpty() ? "" : outcome.on() + ": ";
        return switch (outcome.verdict()) {
            case GRANTED ->
                outcome.advice() == null
                        ? Check.well(name, on + outcome.found())
                        : Check.warning(name, on + outcome.found(), outcome.advice());
            case UNTRIED -> Check.well(name, outcome.found());
            case FAILED ->
                Check.bad(
                        name,
                        on + outcome.found(),
                        outcome.advice() == null
                                ? "look at the network, the endpoint, the Region and the credentials"
                                        + " (environment, profile) of this input"
                                : outcome.advice());
            case DENIED -> Check.bad(name, on + outcome.found(), grant(input, outcome));
        };
    }

    private static String grant(AwsSource input, AccessProbe.Outcome outcome) {
        if (outcome.permission().equals("sts:AssumeRole")) {
            return "grant sts:AssumeRole on " + outcome.on() + " to whom the credentials belong"
                    + " (deploy/iam/ingest-assume-role.json), and let the role's trust policy name them"
                    + (input.access().externalId() == null
                            ? "; perhaps it asks for an external-id"
                            : " and this external-id");
        }
        return "grant " + outcome.permission() + " on " + outcome.on() + " to "
                + (input.access().role() == null
                        ? "whom the credentials belong"
                        : input.access().role())
                + " (deploy/iam/ingest.json)";
    }

    private static Check check(String sink, TargetProbe.Outcome outcome) {
        String name = sink + " " + outcome.permission();
        if (outcome.denied()) {
            return Check.bad(
                    name,
                    outcome.on() + ": " + outcome.problem(),
                    "grant " + outcome.permission() + " on " + outcome.on() + " (deploy/iam/sinks.json)");
        }
        if (outcome.problem() != null) {
            return Check.bad(
                    name, outcome.on() + ": " + outcome.problem(), outcome.advice() == null ? "" : outcome.advice());
        }
        return outcome.advice() == null
                ? Check.well(name, outcome.on() + " is there; publishing itself is not tried")
                : Check.warning(name, outcome.on() + " is there; publishing itself is not tried", outcome.advice());
    }
}
