package io.trailwarden.detection.throttling;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.Events;
import io.trailwarden.detection.Rehearsal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.FindingId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BurstsTest {

    /** Two hours around midnight, where runs are cut by the day, and hours begin. */
    private static final Instant START = Instant.parse("2026-03-01T22:30:00Z");

    @Property(tries = 150)
    void agree_with_the_definition_applied_by_hand(
            @ForAll @Size(min = 10, max = 120) List<@IntRange(max = 150) Integer> minutes) {
        Rehearsal<ThrottlingKey, ThrottlingNews, ThrottlingState> rehearsal =
                new Rehearsal<>(new ThrottlingDetector(), Reference.EMPTY, 2).lazily();
        for (int i = 0; i < minutes.size(); i++) {
            // Half of the generated minutes are moved onto few, so that bursts come about.
            int minute = i % 2 == 0 ? minutes.get(i) : minutes.get(i) / 30 * 30 + minutes.get(i) % 7;
            rehearsal.deliver(throttled(i, START.plus(minute, ChronoUnit.MINUTES)));
            minutes = replaced(minutes, i, minute);
        }
        rehearsal.settle();

        Map<String, Long> found = new TreeMap<>();
        rehearsal
                .open()
                .forEach(finding -> found.put(finding.id(), finding.evidence().count()));
        assertThat(found).isEqualTo(byHand(minutes));
    }

    private static List<Integer> replaced(List<Integer> list, int index, int value) {
        List<Integer> copy = new ArrayList<>(list);
        copy.set(index, value);
        return copy;
    }

    /** The definition in {@code docs/reference/detections.md}, minute by minute and without any memory of its own. */
    private static Map<String, Long> byHand(List<Integer> minutes) {
        long[] calls = new long[400];
        minutes.forEach(minute -> calls[minute]++);
        Map<String, Long> expected = new TreeMap<>();
        int minute = 0;
        while (minute < 200) {
            if (calls[minute] == 0) {
                minute++;
                continue;
            }
            int begin = minute;
            int last = minute;
            for (int next = minute + 1; next - last <= 5; next++) {
                if (calls[next] > 0 && day(next) == day(begin)) {
                    last = next;
                }
            }
            long total = 0;
            long peak = 0;
            for (int from = begin; from <= last; from++) {
                total += calls[from];
                long window = 0;
                for (int at = from; at < from + 5 && at <= last; at++) {
                    window += calls[at];
                }
                peak = Math.max(peak, window);
            }
            if (peak >= 10) {
                String hour = START.plus(begin, ChronoUnit.MINUTES)
                        .truncatedTo(ChronoUnit.HOURS)
                        .toString();
                expected.merge(
                        FindingId.of("throttling-spike", "111122223333", "eu-west-1", "ssm", "PutParameter", hour),
                        total,
                        Long::sum);
            }
            minute = last + 1;
        }
        return expected;
    }

    private static long day(int minute) {
        return START.plus(minute, ChronoUnit.MINUTES).getEpochSecond() / 86_400;
    }

    private static AuditEvent throttled(int id, Instant time) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'IAMUser','arn':'arn:aws:iam::111122223333:user/u%d','accountId':'111122223333'},
                'eventTime':'%s','eventSource':'ssm.amazonaws.com','eventName':'PutParameter','awsRegion':'eu-west-1',
                'errorCode':'Throttling','eventID':'e%d','recipientAccountId':'111122223333'}"""
                        .formatted(id % 3, time, id));
    }
}
