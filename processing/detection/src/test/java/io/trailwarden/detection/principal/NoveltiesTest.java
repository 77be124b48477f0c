package io.trailwarden.detection.principal;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.Events;
import io.trailwarden.detection.Rehearsal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.ReferenceEntry.Kind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class NoveltiesTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    private static final Reference THREE_DAYS = Reference.EMPTY.with(
            Rehearsal.entry(Kind.SETTING, "unexpected-principal", "{'learning':'P3D','newPrincipals':'off'}"));

    @Property(tries = 200)
    void are_first_uses_after_the_learning_period_whatever_the_order(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 14 * 24) Integer> hours,
            @ForAll @IntRange(max = 10_000) int seed) {
        Random random = new Random(seed);
        List<AuditEvent> events = new ArrayList<>();
        Map<String, Integer> firstHour = new TreeMap<>();
        Map<String, String> firstId = new TreeMap<>();
        int begin = Integer.MAX_VALUE;
        for (int i = 0; i < hours.size(); i++) {
            String call = "Call" + random.nextInt(12);
            String id = String.format(Locale.ROOT, "e%03d", i);
            events.add(use(id, call, START.plus(hours.get(i), ChronoUnit.HOURS)));
            begin = Math.min(begin, hours.get(i));
            int known = firstHour.getOrDefault(call, Integer.MAX_VALUE);
            if (hours.get(i) < known || hours.get(i) == known && id.compareTo(firstId.get(call)) < 0) {
                firstHour.put(call, hours.get(i));
                firstId.put(call, id);
            }
        }
        Map<Integer, Set<String>> expected = new TreeMap<>();
        for (Map.Entry<String, Integer> first : firstHour.entrySet()) {
            if (first.getValue() >= begin + 72) {
                expected.computeIfAbsent(first.getValue() / 24, day -> new TreeSet<>())
                        .add(firstId.get(first.getKey()));
            }
        }

        Collections.shuffle(events, random);
        Rehearsal<PrincipalKey, PrincipalNews, PrincipalState> rehearsal =
                new Rehearsal<>(new PrincipalDetector(), THREE_DAYS, 1 + random.nextInt(3)).deliver(events);

        Map<Integer, Set<String>> found = new TreeMap<>();
        rehearsal
                .open()
                .forEach(finding -> found.put(
                        (int) ChronoUnit.DAYS.between(START, finding.evidence().first()),
                        new TreeSet<>(finding.evidence().eventIds())));
        assertThat(found).isEqualTo(expected);
    }

    private static AuditEvent use(String id, String call, Instant time) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'AssumedRole','arn':'arn:aws:sts::111122223333:assumed-role/app/%s',
                'accountId':'111122223333','sessionContext':{'sessionIssuer':{'type':'Role',
                'arn':'arn:aws:iam::111122223333:role/app'}}},'eventTime':'%s','eventSource':'ec2.amazonaws.com',
                'eventName':'%s','eventID':'%s','recipientAccountId':'111122223333'}"""
                        .formatted(id, time, call, id));
    }
}
