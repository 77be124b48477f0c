package io.trailwarden.testing.generator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.trailwarden.testing.generator.CallCatalogue.Call;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Generates the records of a {@link Scenario}: ordinary traffic with findings planted in it.
 *
 * <p>One use per instance; not for several threads.
 */
public final class Generator {

    /** Lines of an ordinary execution, on average; only used to keep the share of lines near what was asked. */
    private static final int LINES_PER_RUN = 12;

    private static final double ERROR_SHARE = 0.1;

    private final Scenario scenario;
    private final Organization organization;
    private final CallCatalogue calls = CallCatalogue.bundled();
    private final CloudTrailRecords cloudTrail;
    private final Plants plants;
    private final Randomness random;
    private final JsonBytes out = new JsonBytes();
    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Waiting::time).thenComparingLong(Waiting::sequence));
    private final List<PlantedFinding> truth = new ArrayList<>();
    private final RecordSink sink;
    private long sequence;
    private long ordinaryLeft;

    /** A record whose time has not come: a line of an execution that has begun, or one of a planted finding. */
    private record Waiting(long sequence, boolean ordinary, Plants.Planted record) {

        long time() {
            return record.time();
        }
    }

    private Generator(Scenario scenario, RecordSink sink) {
        this.scenario = scenario;
        this.sink = sink;
        this.organization = new Organization(scenario);
        this.cloudTrail = new CloudTrailRecords(scenario);
        this.plants = new Plants(scenario, calls, cloudTrail);
        this.random = Randomness.of(scenario.seed() * 31 + scenario.start().toEpochMilli(), "traffic");
    }

    /**
     * Gives every record of the scenario to the sink, exactly {@link Scenario#events()} of them.
     *
     * @return the planted findings, by time
     * @throws IllegalArgumentException if the planted findings have more records than the scenario
     */
    public static List<PlantedFinding> generate(Scenario scenario, RecordSink sink) {
        return new Generator(scenario, sink).generate();
    }

    /** The accounts of the scenario's organization. */
    public static List<String> accounts(Scenario scenario) {
        return new Organization(scenario).accounts();
    }

    /** Milliseconds between two records: a minute holds two objects' records for every account, in its two Regions. */
    static double millisPerRecord(Scenario scenario) {
        return 60_000.0 / (2.0 * scenario.objectRecords() * scenario.accounts());
    }

    private List<PlantedFinding> generate() {
        double pace = millisPerRecord(scenario);
        Deque<Plants.Plant> plan = new ArrayDeque<>(plants.plan((long) (pace * scenario.events())));
        long planted = plan.stream().mapToLong(Plants.Plant::records).sum();
        if (planted > scenario.events()) {
            throw new IllegalArgumentException("planted: " + scenario.planted() + " findings have " + planted
                    + " records (expected: at most the " + scenario.events() + " of the scenario)");
        }
        ordinaryLeft = scenario.events() - planted;
        long ordinary = ordinaryLeft;
        double share = scenario.executionShare();
        double runStarts = share / (LINES_PER_RUN - (LINES_PER_RUN - 1) * share);
        double stretch = ordinary == 0 ? 0 : pace * scenario.events() / ordinary;
        while (ordinaryLeft > 0) {
            long time = scenario.start().toEpochMilli() + (long) ((ordinary - ordinaryLeft) * stretch);
            release(plan, time);
            if (ordinaryLeft > 0) {
                ordinary(time + random.nextInt(1000), runStarts);
            }
        }
        release(plan, Long.MAX_VALUE);
        return List.copyOf(truth);
    }

    private void release(Deque<Plants.Plant> plan, long time) {
        while (!plan.isEmpty() && plan.peek().start() <= time) {
            Plants.Grown grown = plants.grow(plan.remove());
            truth.add(grown.truth());
            grown.records().forEach(record -> waiting.add(new Waiting(sequence++, false, record)));
        }
        while (!waiting.isEmpty() && waiting.peek().time() <= time) {
            Waiting next = waiting.remove();
            if (next.ordinary) {
                if (ordinaryLeft == 0) {
                    continue;
                }
                ordinaryLeft--;
            }
            Plants.Planted record = next.record;
            sink.accept(
                    record.kind(),
                    record.account(),
                    record.region(),
                    record.eventId(),
                    record.time(),
                    record.json(),
                    record.json().length);
        }
    }

    private void ordinary(long time, double runStarts) {
        double dice = random.nextDouble();
        Principal principal = organization.someone(random);
        if (dice < runStarts) {
            run(principal, time);
        } else if (dice > 0.998) {
            ordinaryLeft--;
            Plants.Planted start = plants.expectedStart(random.nextInt(scenario.accounts()), time, random);
            sink.accept(
                    start.kind(),
                    start.account(),
                    start.region(),
                    start.eventId(),
                    time,
                    start.json(),
                    start.json().length);
        } else {
            ordinaryLeft--;
            call(principal, time);
        }
    }

    private void run(Principal principal, long time) {
        String machine = text(principal.belongings().project())
                + '-'
                + text(principal.belongings().noun(random));
        String account = text(principal.account());
        String region = text(principal.region());
        for (ExecutionLines.Line line : ExecutionLines.run(account, region, machine, time, random)) {
            waiting.add(new Waiting(
                    sequence++,
                    true,
                    new Plants.Planted(
                            RecordSink.Kind.EXECUTION, account, region, line.eventId(), line.time(), line.json())));
        }
    }

    private void call(Principal principal, long time) {
        Call call = random.chance(scenario.serviceShare())
                ? calls.choose(CallCatalogue.Who.SERVICE, random.nextLong())
                : calls.choose(principal.who(), principal.hash() + habit(principal));
        CallCatalogue.@Nullable Failure failure = call.failure();
        CloudTrailRecords.Error error = failure != null && random.chance(ERROR_SHARE)
                ? new CloudTrailRecords.Error(failure.code(), failure.message())
                : null;
        out.clear();
        String id = cloudTrail.write(out, principal, call, time, null, error, random);
        sink.accept(
                RecordSink.Kind.CLOUDTRAIL,
                text(principal.account()),
                text(CloudTrailRecords.region(principal, call)),
                id,
                time,
                out.array(),
                out.length());
    }

    /** Which of its three to ten habits a principal follows now. */
    private int habit(Principal principal) {
        return 1_000 + random.nextInt(3 + Randomness.pick(principal.hash() + 11, 8));
    }

    private static String text(byte[] ascii) {
        return new String(ascii, US_ASCII);
    }
}
