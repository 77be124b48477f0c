package io.trailwarden.benchmarks.rules;

import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.match.RuleMatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import software.amazon.event.ruler.Machine;

/**
 * The same as {@link RuleBenchmark} by JMH: one event, JSON bytes in, rule ids out, beside Event Ruler with the same
 * rules in its faster build.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RuleMatch {

    /** How many rules. */
    @Param({"10", "1000", "5000"})
    public int rules;

    /** Folder of CloudTrail JSON files. */
    @Param("../shared/data/cloudtrail")
    public String events;

    private List<byte[]> records = List.of();
    private RuleMatcher matcher = RuleMatcher.of(List.of());
    private Machine machine = Machine.builder().build();
    private int next;

    /** Runs it: the folder of events, then seconds for each measurement. */
    public static void main(String[] args) throws RunnerException {
        TimeValue time = TimeValue.seconds(args.length > 1 ? Long.parseLong(args[1]) : 1);
        new Runner(new OptionsBuilder()
                        .include(RuleMatch.class.getName())
                        .param("events", args.length > 0 ? args[0] : "../shared/data/cloudtrail")
                        .forks(1)
                        .warmupIterations(3)
                        .warmupTime(time)
                        .measurementIterations(5)
                        .measurementTime(time)
                        .build())
                .run();
    }

    /** Compiles the rules. */
    @Setup(Level.Trial)
    public void compile() throws IOException {
        records = RuleBenchmark.cloudTrail(Path.of(events));
        List<CloudTrailRules.Shape> shapes = CloudTrailRules.shapes(rules, RuleBenchmark.calls(records));
        Map<String, String> files = new LinkedHashMap<>();
        machine = Machine.builder().build();
        for (int i = 0; i < shapes.size(); i++) {
            files.put("rule-" + i + ".yml", shapes.get(i).sigma(i));
            machine.addRule("rule-" + i, shapes.get(i).eventBridge());
        }
        matcher = RuleMatcher.of(RuleSet.parse(files, Map.of()).rules());
    }

    /** Ours. */
    @Benchmark
    public List<String> sigma() {
        return matcher.ids(record());
    }

    /** Event Ruler. */
    @Benchmark
    public List<String> eventRuler() throws Exception {
        return machine.rulesForJSONEvent(new String(record(), StandardCharsets.UTF_8));
    }

    private byte[] record() {
        next = (next + 1) % records.size();
        return records.get(next);
    }
}
