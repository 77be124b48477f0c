package io.trailwarden.ingest.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.Broker.Message;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.MemoryBroker;
import io.trailwarden.ingest.Positions;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.Faults;
import io.trailwarden.testing.aws.SimulatedClock;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkGlobalTime;

/**
 * Thirty simulated minutes of an inventory on AWS at its worst, while what it looks at changes: half of all requests
 * throttled, errors 500, lost connections, tokens of roles and of pages that expire in between, lists that are out of
 * date, a clock two hours off, a process that dies at every named step there is (entries have no receipts).
 */
final class InventorySimulation {

    private static final List<FailPoint> STEPS =
            List.of(FailPoint.AFTER_READ, FailPoint.BEFORE_POSITION, FailPoint.AFTER_SEND);
    private static final Duration LENGTH = Duration.ofMinutes(30);

    /** The process is dead. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /** What changes; called before every pass. */
    @FunctionalInterface
    interface Change {
        void happen(Instant now, Random random);
    }

    /** What opens the ingester under test. */
    @FunctionalInterface
    interface Opener {
        Ingester open(EventPublisher publisher, Positions positions, Clock local, FailPoint.Listener failPoints)
                throws IngestException;
    }

    /** Every entry that arrived, in order; a null body for a tombstone. */
    record Arrived(String key, @Nullable ReferenceEntry entry) {}

    private final FakeAws aws;
    private final SimulatedClock clock;
    private final Clock local;
    private final Opener opener;
    private final Path file;
    private final MemoryBroker broker = new MemoryBroker();
    private final Random random = new Random(11);
    private final Map<FailPoint, Integer> kills = new TreeMap<>();
    private final Map<String, Integer> failures = new TreeMap<>();
    private int processes;

    private InventorySimulation(FakeAws aws, SimulatedClock clock, Duration skew, Opener opener, Path folder) {
        this.aws = aws;
        this.clock = clock;
        this.local = Clock.offset(clock, skew.negated());
        this.opener = opener;
        this.file = folder.resolve("positions.db");
        aws.faults(Faults.all(skew));
    }

    /** Runs it; returns what arrived, after a last pass that saw everything at rest. */
    static List<Arrived> run(
            FakeAws aws, SimulatedClock clock, Duration skew, Change change, Opener opener, Path folder)
            throws Exception {
        try {
            return new InventorySimulation(aws, clock, skew, opener, folder).run(change);
        } finally {
            // The SDK keeps what it learned of AWS's clock for the whole process.
            SdkGlobalTime.setGlobalTimeOffset(0);
        }
    }

    /** What holds after these, by key. */
    static Map<String, ReferenceEntry> held(List<Arrived> all) {
        Map<String, ReferenceEntry> held = new TreeMap<>();
        for (Arrived each : all) {
            if (each.entry() == null) {
                held.remove(each.key());
            } else {
                held.put(each.key(), each.entry());
            }
        }
        return held;
    }

    static List<Arrived> arrived(MemoryBroker broker) {
        List<Arrived> arrived = new ArrayList<>();
        for (Message message : broker.store()) {
            assertThat(message.topic()).isEqualTo(Topics.REFERENCE.name());
            String key = message.key().substring(message.key().indexOf('|') + 1);
            arrived.add(
                    new Arrived(key, message.value() == null ? null : RecordCodec.REFERENCE.decode(message.value())));
        }
        return arrived;
    }

    private List<Arrived> run(Change change) throws Exception {
        Instant end = clock.instant().plus(LENGTH);
        Process process = new Process();
        int quiet = 0;
        while (quiet < 3) {
            assertThat(clock.instant())
                    .as("it comes to an end; passes failed so far: %s", failures)
                    .isBefore(end.plus(LENGTH.multipliedBy(4)));
            boolean over = !clock.instant().isBefore(end);
            if (!over) {
                change.happen(clock.instant(), random);
            }
            try {
                process.ingester.pass();
                quiet += over ? 1 : 0;
            } catch (IngestException e) {
                failures.merge(String.valueOf(e.getMessage()).replaceAll(" \\(Service.*", ""), 1, Integer::sum);
            } catch (Killed e) {
                process.vanish();
                process = new Process();
            }
            clock.advance(Duration.ofSeconds(20));
        }
        process.vanish();
        assertThat(aws.exceeded()).as("quotas exceeded").isEmpty();
        assertThat(kills.keySet()).as("steps at which it was killed").containsExactlyInAnyOrderElementsOf(STEPS);
        List<Arrived> all = arrived(broker);
        System.out.printf(
                "30 simulated minutes: %d entries sent; killed %s; passes that failed %s; requests %s%n",
                all.size(), kills, failures, aws.requests());
        return all;
    }

    private final class Process {

        private final EventPublisher publisher = broker.connect();
        private final Positions positions;
        private final Ingester ingester;
        private int left;

        Process() throws IngestException {
            // The first ones die at every step twice, in turn; the one after them lives.
            FailPoint deadly = STEPS.get(processes % STEPS.size());
            left = processes < 2 * STEPS.size() ? 1 + random.nextInt(2) : -1;
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
