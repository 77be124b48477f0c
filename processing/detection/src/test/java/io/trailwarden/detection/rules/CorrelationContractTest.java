package io.trailwarden.detection.rules;

import io.trailwarden.detection.DetectorContract;
import io.trailwarden.detection.Events;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Rehearsal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.ReferenceEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Correlations keep what every stateful detector promises. */
class CorrelationContractTest extends DetectorContract<CorrelationKey, CorrelationNews, CorrelationState> {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    private static final String RULES =
            """
            title: Failed login
            name: failed
            logsource: {product: aws, service: cloudtrail}
            detection:
              selection: {eventName: ConsoleLogin, errorMessage: Failed authentication}
              condition: selection
            ---
            title: Many failed logins
            name: many
            description: Somebody guesses a password.
            author: Dana
            level: high
            runbook: [Ask the user.]
            correlation:
              type: event_count
              rules: [failed]
              group-by: [requestParameters.user]
              timespan: 5m
              condition: {gte: 3}
            """;

    @Override
    protected KeyedDetector<CorrelationKey, CorrelationNews, CorrelationState> detector() {
        return new CorrelationDetector();
    }

    @Override
    protected Reference reference() {
        return Reference.EMPTY.with(entry(RULES));
    }

    private static ReferenceEntry entry(String rules) {
        return LoadedRules.entry("logins.yml", rules, true, Instant.EPOCH);
    }

    @Override
    protected String detection() {
        return "many";
    }

    @Override
    protected String[] facts() {
        return new String[] {"condition", "within", "fired at"};
    }

    @Override
    protected List<? extends AuditEvent> scenario() {
        List<AuditEvent> events = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            events.add(login("dana", NOON.plusSeconds(40L * i)));
        }
        events.add(login("erik", NOON.plusSeconds(300)));
        events.add(login("erik", NOON.plusSeconds(420)));
        for (int i = 0; i < 3; i++) {
            events.add(login("dana", NOON.plusSeconds(7_200 + i)));
        }
        return events;
    }

    /** The author finds three too few. */
    @Override
    protected void disprove(Rehearsal<CorrelationKey, CorrelationNews, CorrelationState> rehearsal) {
        ReferenceEntry stricter = entry(RULES.replace("gte: 3", "gte: 30"));
        rehearsal.learn(stricter.kind(), stricter.key(), String.valueOf(stricter.body()));
    }

    @Override
    protected Stream<? extends AuditEvent> flood() {
        return IntStream.range(0, 6_000).mapToObj(i -> login("dana", NOON.plusSeconds(20L * i)));
    }

    @Override
    protected int mostCharacters() {
        return 2_000_000;
    }

    @Override
    protected Duration longestMemory() {
        return Duration.ofHours(2);
    }

    private static AuditEvent login(String user, Instant time) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'IAMUser','arn':'arn:aws:iam::111122223333:user/%s','accountId':'111122223333'},
                'eventTime':'%s','eventSource':'signin.amazonaws.com','eventName':'ConsoleLogin','awsRegion':'eu-west-1',
                'eventID':'%s-%s','recipientAccountId':'111122223333','requestParameters':{'user':'%s'},
                'errorMessage':'Failed authentication'}"""
                        .formatted(user, time, user, time, user));
    }
}
