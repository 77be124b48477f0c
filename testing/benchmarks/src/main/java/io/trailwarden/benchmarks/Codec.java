package io.trailwarden.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.testing.generator.Generator;
import io.trailwarden.testing.generator.Scenario;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** What it costs to read one CloudTrail record: our one pass over the bytes, beside a Jackson tree. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Codec {

    private static final int RECORDS = 4_096;

    private final List<byte[]> records = records();
    private final Origin origin = new Origin("codec", "object", 0, "0".repeat(64), Instant.EPOCH);
    private final CloudTrailCodec codec = new CloudTrailCodec();
    private final ObjectMapper mapper = new ObjectMapper();
    private int next;

    /** Runs it: {@code --seconds N} for each measurement. */
    public static void main(String[] args) throws RunnerException {
        Arguments arguments = Arguments.parse(args, Map.of("seconds", "1", "iterations", "3"));
        new Runner(new OptionsBuilder()
                        .include(Codec.class.getName())
                        .forks(1)
                        .warmupIterations((int) arguments.number("iterations"))
                        .warmupTime(TimeValue.seconds(arguments.number("seconds")))
                        .measurementIterations((int) arguments.number("iterations"))
                        .measurementTime(TimeValue.seconds(arguments.number("seconds")))
                        .build())
                .run();
    }

    /** Ours, to a typed event. */
    @Benchmark
    public Decoded<CloudTrailEvent> onePass() {
        return codec.decode(record(), origin);
    }

    /** Jackson, to a tree that has yet to be read. */
    @Benchmark
    public JsonNode jacksonTree() throws IOException {
        return mapper.readTree(record());
    }

    private byte[] record() {
        next = (next + 1) % records.size();
        return records.get(next);
    }

    private static List<byte[]> records() {
        List<byte[]> records = new ArrayList<>(RECORDS);
        Generator.generate(
                Scenario.of(1, RECORDS).withShares(0.5, 0),
                (kind, account, region, id, time, bytes, length) -> records.add(Arrays.copyOf(bytes, length)));
        return records;
    }
}
