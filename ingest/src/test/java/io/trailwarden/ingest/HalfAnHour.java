package io.trailwarden.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.Broker.Message;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.Faults;
import io.trailwarden.testing.aws.SimulatedClock;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.core.SdkGlobalTime;

/**
 * Thirty simulated minutes of an ingester on AWS at its worst: half of all requests throttled, errors 500, lost
 * connections, tokens of roles and of pages that expire in between, a clock two hours off, a process that dies at every
 * named step.
 */
public final class HalfAnHour {

    private static final Duration LENGTH = Duration.ofMinutes(30);
    /** An event comes at most so late. */
    public static final Duration LATEST = Duration.ofMinutes(10);

    private static final Duration STEP = Duration.ofSeconds(5);

    /** The process is dead. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /** What puts events into AWS; called every few simulated seconds. */
    @FunctionalInterface
    public interface Feed {

        /** Returns the ids of what it has put there. */
        List<String> put(Instant now, Random random);
    }

    /** What opens the ingester under test. */
    @FunctionalInterface
    public interface Opener {

        /** An ingester whose process takes {@code local} for the time. */
        Ingester open(EventPublisher publisher, Positions positions, Clock local, FailPoint.Listener failPoints)
                throws IngestException;
    }

    private final FakeAws aws;
    private final SimulatedClock clock;
    private final Clock local;
    private final Opener opener;
    private final Path file;
    private final MemoryBroker broker = new MemoryBroker();
    private final Random random = new Random(7);
    private final Map<FailPoint, Integer> kills = new TreeMap<>();
    private int processes;
    private final Map<String, Integer> failures = new TreeMap<>();

    private HalfAnHour(FakeAws aws, SimulatedClock clock, Duration skew, Opener opener, Path folder) {
        this.aws = aws;
        this.clock = clock;
        this.local = Clock.offset(clock, skew.negated());
        this.opener = opener;
        this.file = folder.resolve("positions.db");
        aws.faults(Faults.all(skew));
    }

    /** Runs it, and holds that nothing is lost, nothing is published twice in two places, no quota is exceeded. */
    public static void survives(FakeAws aws, SimulatedClock clock, Duration skew, Feed feed, Opener opener, Path folder)
            throws Exception {
        try {
            new HalfAnHour(aws, clock, skew, opener, folder).run(feed);
        } finally {
            // The SDK keeps what it learned of AWS's clock for the whole process.
            SdkGlobalTime.setGlobalTimeOffset(0);
        }
    }

    private void run(Feed feed) throws Exception {
        Instant end = clock.instant().plus(LENGTH);
        Instant fed = clock.instant();
        Set<String> expected = new TreeSet<>();
        Process process = new Process();
        int quiet = 0;
        while (quiet < 3) {
            assertThat(clock.instant())
                    .as("it comes to an end; passes failed so far: %s", failures)
                    .isBefore(end.plus(LENGTH.multipliedBy(4)));
            for (; fed.isBefore(clock.instant()) && fed.isBefore(end); fed = fed.plus(STEP)) {
                expected.addAll(feed.put(fed, random));
            }
            try {
                process.ingester.pass();
                if (random.nextInt(3) > 0 || !fed.isBefore(end)) {
                    broker.store();
                    process.positions.confirm(broker.stored().committed());
                }
                quiet += clock.instant().isBefore(end.plus(LATEST)) ? 0 : 1;
            } catch (IngestException e) {
                failures.merge(String.valueOf(e.getMessage()).replaceAll(" \\(Service.*", ""), 1, Integer::sum);
            } catch (Killed e) {
                process.vanish();
                process = new Process();
            }
            clock.advance(process.ingester.interval().plus(STEP));
        }
        process.vanish();
        judge(expected);
    }

    private void judge(Set<String> expected) {
        Map<String, Set<String>> places = new TreeMap<>();
        Map<String, Set<Long>> offsets = new HashMap<>();
        List<Receipt> receipts = new ArrayList<>();
        OriginCodec origins = new OriginCodec();
        for (Message message : broker.store()) {
            if (message.topic().equals(Topics.RECEIPTS.name())) {
                receipts.add(RecordCodec.RECEIPT.decode(message.value()));
                continue;
            }
            Origin origin = origins.origin(message.objectHeader(), message.offsetHeader());
            places.computeIfAbsent(message.key(), unused -> new HashSet<>())
                    .add(origin.objectSha256() + '#' + origin.offset());
            offsets.computeIfAbsent(origin.objectSha256(), unused -> new HashSet<>())
                    .add(origin.offset());
        }
        assertThat(places.keySet()).as("ids that arrived").isEqualTo(expected);
        assertThat(places.values()).as("places of every id").allSatisfy(one -> assertThat(one)
                .hasSize(1));
        assertThat(receipts).as("receipts").allSatisfy(receipt -> assertThat(
                        offsets.getOrDefault(receipt.objectSha256(), Set.of()))
                .hasSize((int) receipt.records()));
        assertThat(aws.exceeded()).as("quotas exceeded").isEmpty();
        assertThat(kills.keySet()).as("steps at which it was killed").containsExactly(FailPoint.values());
        System.out.printf(
                "30 simulated minutes: %d events, 0 lost, 0 in two places; killed %s; passes that failed %s; requests %s%n",
                expected.size(), kills, failures, aws.requests());
    }

    private final class Process {

        private final EventPublisher publisher = broker.connect();
        private final Positions positions;
        private final Ingester ingester;
        private int left;

        Process() throws IngestException {
            // The first ones die at every step twice, in turn; the one after them lives.
            FailPoint deadly = FailPoint.values()[processes % FailPoint.values().length];
            left = processes < 2 * FailPoint.values().length ? 1 + random.nextInt(3) : -1;
            processes++;
            FailPoint.Listener listener = (point, object) -> {
                if (point == deadly && --left == 0) {
                    kills.merge(point, 1, Integer::sum);
                    throw new Killed();
                }
            };
            positions = Positions.open(file, listener);
            ingester = opener.open(publisher, positions, local, listener);
        }

        void vanish() {
            ingester.close();
            positions.close();
            publisher.close();
        }
    }
}
