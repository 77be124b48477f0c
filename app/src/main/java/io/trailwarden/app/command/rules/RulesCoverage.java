package io.trailwarden.app.command.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.TextTable;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.rule.RuleHeader.Status;
import io.trailwarden.workbench.RuleCoverage;
import io.trailwarden.workbench.RuleCoverage.LabelledCase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rules coverage}: what the rules find of recorded attacks and labelled cases, and what they say of the rest. */
@Command(
        name = "coverage",
        mixinStandardHelpOptions = true,
        description = {
            "Prints which rules find which recorded technique, how many labelled cases are found, and how many findings"
                    + " ordinary records give.",
            "With --check, exit code 1 unless every technique and 95 % of the claimed positive cases are found and"
                    + " stable rules give fewer than 1 finding in 1,000 ordinary records. Without it, exit code 1 only when"
                    + " something in the input cannot be read."
        })
final class RulesCoverage implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double LEAST_FOUND = 0.95;

    private final Io io;

    @Parameters(paramLabel = "RULES", description = "A rule file or a folder of them.")
    Path path = Path.of("rules");

    @Option(names = "--techniques", paramLabel = "FOLDER", description = "Recorded attacks, one file a technique.")
    @Nullable
    Path attacks;

    @Option(
            names = "--labelled",
            paramLabel = "FILE",
            description = "JSON Lines with rule_id, expected, event; has_mocks and has_panther_enrichment leave a case"
                    + " out, because the event alone does not hold what it is about.")
    @Nullable
    Path labelled;

    @Option(names = "--ordinary", paramLabel = "PATH", description = "Ordinary records; repeatable.")
    List<Path> ordinary = new ArrayList<>();

    @Option(
            names = "--attacker",
            paramLabel = "TEXT",
            description = "A record whose user agent begins with this, brackets aside, is not ordinary; repeatable.")
    List<String> attackers = new ArrayList<>();

    @Option(
            names = "--unclaimed",
            paramLabel = "FILE",
            description = "Lines \"rule_id reason\": labelled subjects that the rules do not claim to cover.")
    @Nullable
    Path unclaimed;

    @Option(names = "--verbose", description = "Also list every labelled subject.")
    boolean verbose;

    @Option(names = "--check", description = "Exit code 1 below the bounds.")
    boolean check;

    private long unreadable;

    RulesCoverage(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        RuleSet rules = RuleSet.load(io.workingDirectory().resolve(path), Map.of());
        RuleCoverage coverage = new RuleCoverage(rules);
        boolean enough = true;
        if (attacks != null) {
            enough &= techniques(coverage);
        }
        if (labelled != null) {
            enough &= labelled(coverage);
        }
        if (!ordinary.isEmpty()) {
            enough &= ordinary(coverage);
        }
        return check && !enough || unreadable > 0 ? ExitCode.FAILED : ExitCode.FINE;
    }

    private boolean techniques(RuleCoverage coverage) throws IOException {
        try (Stream<Path> files = Files.list(io.workingDirectory().resolve(attacks))) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                List<byte[]> records = new ArrayList<>();
                read(file, (f, n, json) -> records.add(json));
                coverage.technique(file.getFileName().toString().replaceFirst("\\.json$", ""), records);
            }
        }
        TextTable table = new TextTable("technique", ">records", "found by", ">findings");
        int found = 0;
        for (RuleCoverage.Technique technique : coverage.techniques()) {
            found += technique.rules().isEmpty() ? 0 : 1;
            if (technique.rules().isEmpty()) {
                table.row(technique.name(), technique.records(), "NOTHING", "");
            }
            String name = technique.name();
            for (Map.Entry<String, Integer> rule : technique.rules().entrySet()) {
                table.row(name, name.isEmpty() ? "" : technique.records(), rule.getKey(), rule.getValue());
                name = "";
            }
        }
        table.print(io.out());
        int all = coverage.techniques().size();
        io.out().printf(Locale.ROOT, "techniques found: %d of %d%n%n", found, all);
        return found == all;
    }

    private boolean labelled(RuleCoverage coverage) throws IOException {
        Map<String, String> reasons = reasons();
        Map<String, List<LabelledCase>> cases = new TreeMap<>();
        Path file = io.workingDirectory().resolve(labelled);
        int number = 0;
        int setAside = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            JsonNode labelledCase;
            try {
                labelledCase = JSON.readTree(line);
            } catch (JsonProcessingException e) {
                throw new IOException(file + ":" + number + ": " + e.getOriginalMessage(), e);
            }
            if (labelledCase.path("has_mocks").asBoolean()
                    || labelledCase.path("has_panther_enrichment").asBoolean()) {
                setAside++;
                continue;
            }
            cases.computeIfAbsent(labelledCase.path("rule_id").asText(), id -> new ArrayList<>())
                    .add(new LabelledCase(
                            labelledCase.path("expected").asBoolean(),
                            labelledCase.path("event").toString().getBytes(StandardCharsets.UTF_8)));
        }
        cases.forEach(coverage::labelled);
        TextTable table = new TextTable(
                "labelled subject", ">positives", ">found", ">negatives", ">fired", ">others fired", "remark");
        int[] claimed = new int[5];
        int[] other = new int[5];
        for (RuleCoverage.Claim claim : coverage.claims()) {
            String reason = reasons.get(claim.subject());
            int[] sum = reason == null ? claimed : other;
            sum[0] += claim.positives();
            sum[1] += claim.found();
            sum[2] += claim.negatives();
            sum[3] += claim.fired();
            sum[4] += claim.firedByOthers();
            boolean remarkable =
                    reason != null || claim.found() < claim.positives() || claim.fired() + claim.firedByOthers() > 0;
            if (verbose || remarkable) {
                table.row(
                        claim.subject(),
                        claim.positives(),
                        claim.found(),
                        claim.negatives(),
                        claim.fired(),
                        claim.firedByOthers(),
                        reason == null ? "" : "not claimed: " + reason);
            }
        }
        row(table, "claimed", claimed);
        row(table, "not claimed", other);
        table.print(io.out());
        io.out()
                .printf(
                        Locale.ROOT,
                        "claimed positives found: %d of %d (%.1f %%); their negatives fired: %d of %d; %d cases need data"
                                + " that the event does not hold%n%n",
                        claimed[1],
                        claimed[0],
                        100.0 * claimed[1] / Math.max(1, claimed[0]),
                        claimed[3] + claimed[4],
                        claimed[2],
                        setAside);
        return claimed[1] >= LEAST_FOUND * claimed[0];
    }

    private static void row(TextTable table, String name, int[] sums) {
        table.row("= " + name, sums[0], sums[1], sums[2], sums[3], sums[4], "");
    }

    private Map<String, String> reasons() throws IOException {
        Map<String, String> reasons = new TreeMap<>();
        if (unclaimed != null) {
            for (String line : Files.readAllLines(io.workingDirectory().resolve(unclaimed), StandardCharsets.UTF_8)) {
                String[] parts = line.strip().split("\\s+", 2);
                if (parts.length == 2 && !line.startsWith("#")) {
                    reasons.put(parts[0], parts[1]);
                }
            }
        }
        return reasons;
    }

    private boolean ordinary(RuleCoverage coverage) throws IOException {
        for (Path input : ordinary) {
            read(io.workingDirectory().resolve(input), (file, number, json) -> {
                if (isOrdinary(json)) {
                    coverage.ordinary(file.getFileName() + "#" + number, json);
                }
            });
        }
        RuleCoverage.Noise noise = coverage.noise();
        TextTable table = new TextTable("findings on ordinary records", "maturity", ">count");
        noise.findings()
                .forEach((rule, count) ->
                        table.row(rule, coverage.maturity(rule).name().toLowerCase(Locale.ROOT), count));
        table.print(io.out());
        double all = noise.perThousand();
        double stable = new RuleCoverage.Noise(noise.records(), onlyStable(coverage, noise.findings())).perThousand();
        io.out()
                .printf(
                        Locale.ROOT,
                        "findings per 1,000 ordinary records: %.2f of stable rules, which run by default; %.2f of all (%,d"
                                + " records)%n",
                        stable,
                        all,
                        noise.records());
        return stable < 1;
    }

    private static Map<String, Integer> onlyStable(RuleCoverage coverage, Map<String, Integer> findings) {
        Map<String, Integer> stable = new TreeMap<>(findings);
        stable.keySet().removeIf(rule -> coverage.maturity(rule) != Status.STABLE);
        return stable;
    }

    /** Only CloudTrail records, and none that an attacker made. */
    private boolean isOrdinary(byte[] json) throws IOException {
        JsonNode record = JSON.readTree(json);
        String agent = record.path("userAgent").asText();
        String bare = agent.startsWith("[") ? agent.substring(1) : agent;
        return record.has("eventName")
                && record.has("eventSource")
                && attackers.stream().noneMatch(bare::startsWith);
    }

    private interface Records {
        void record(Path file, long number, byte[] json) throws IOException;
    }

    private void read(Path input, Records records) throws IOException {
        RecordFiles.read(input, new RecordFiles.Sink() {
            @Override
            public void record(Path file, long number, byte[] json) {
                try {
                    records.record(file, number, json);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }

            @Override
            public void unreadable(Path file, String why) {
                unreadable++;
                io.err().println(VisibleText.of(file + ": " + why));
            }
        });
    }
}
