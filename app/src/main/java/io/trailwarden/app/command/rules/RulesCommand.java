package io.trailwarden.app.command.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.JsonOut;
import io.trailwarden.app.terminal.TextTable;
import io.trailwarden.event.Sighting;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.correlation.Firing;
import io.trailwarden.sigma.match.MalformedEventException;
import io.trailwarden.sigma.match.RuleCost;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Logsource;
import io.trailwarden.sigma.rule.RuleHeader;
import io.trailwarden.sigma.yaml.RuleProblem;
import io.trailwarden.workbench.Explanation;
import io.trailwarden.workbench.RuleCheck;
import io.trailwarden.workbench.RuleRun;
import io.trailwarden.workbench.RuleTests;
import io.trailwarden.workbench.SigmaConformance;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rules}: everything about detection rules. */
@Command(
        name = "rules",
        mixinStandardHelpOptions = true,
        description = "Checks, tests, explains and runs Sigma rules.",
        synopsisSubcommandLabel =
                "(list | check | test | explain | match | conformance | coverage | backtest | status)",
        footer = {
            "",
            "Examples:",
            "  trailwarden rules check rules/                         what is wrong with them, as file:line:column",
            "  trailwarden rules match rules/ --input logs/ --json    which records match which rules",
            "  trailwarden rules explain rule.yml event.json          why a rule matches an event, or not"
        })
public final class RulesCommand implements Runnable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DEAREST = 10;

    private final Io io;

    @Spec
    CommandSpec spec;

    private RulesCommand(Io io) {
        this.io = io;
    }

    /** The command with those of its subcommands that are classes of their own. */
    public static CommandLine with(Io io) {
        return new CommandLine(new RulesCommand(io))
                .addSubcommand(new RulesCoverage(io))
                .addSubcommand(new RulesBacktest(io))
                .addSubcommand(new RulesStatus(io));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "list, check, test, explain, match, conformance, coverage, backtest or status is missing");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the rules that load.")
    int list(
            @Parameters(paramLabel = "RULES", description = "A rule file or a folder of them.") Path path,
            @Option(names = "--json", description = "Print JSON, one object a line.") boolean json)
            throws IOException {
        RuleSet rules = load(path);
        rules.rules().forEach(rule -> list(rule.key(), rule.rule().header(), rules, "rule", json));
        rules.correlations().forEach(rule -> list(rule.key(), rule.rule().header(), rules, "correlation", json));
        sayRefused(rules);
        return ExitCode.FINE;
    }

    private void list(String key, RuleHeader header, RuleSet rules, String kind, boolean json) {
        String level = header.level() == null ? "" : header.level().name().toLowerCase(Locale.ROOT);
        String status = header.status() == null ? "" : header.status().name().toLowerCase(Locale.ROOT);
        if (json) {
            print(JSON.createObjectNode()
                    .put("key", key)
                    .put("kind", kind)
                    .put("title", header.title())
                    .put("level", level)
                    .put("status", status)
                    .put("author", header.author())
                    .put("file", header.at().file())
                    .put("silent", rules.silent().contains(key)));
        } else {
            io.out()
                    .printf(
                            Locale.ROOT,
                            "%-13s %-12s %-11s %s  (%s)%n",
                            level,
                            status,
                            kind,
                            VisibleText.of(header.title()),
                            VisibleText.of(header.at().file()));
        }
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Says what is wrong with rules, and what is doubtful. Exit code 1 when a rule is refused.")
    int check(
            @Parameters(paramLabel = "RULES", description = "A rule file or a folder of them.") Path path,
            @Option(names = "--cost", description = "Also list the dearest rules, and what makes them dear.")
                    boolean cost,
            @Option(names = "--json", description = "Print JSON, one object a line.") boolean json)
            throws IOException {
        RuleSet rules = load(path);
        rules.refused().forEach(problem -> problem("error", problem, json));
        RuleCheck.doubts(rules).forEach(problem -> problem("warning", problem, json));
        if (cost) {
            costs(rules, json);
        }
        io.err().println(summary(rules));
        return rules.refused().isEmpty() ? ExitCode.FINE : ExitCode.FAILED;
    }

    private void costs(RuleSet rules, boolean json) {
        Map<BoundRule, RuleCost> costs = new LinkedHashMap<>();
        rules.rules().forEach(rule -> costs.put(rule, RuleCost.of(rule)));
        TextTable table = new TextTable("rule", ">cost", "tried on an event with", ">tests", ">regexes");
        costs.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<BoundRule, RuleCost> entry) ->
                        -entry.getValue().estimate()))
                .limit(json ? Long.MAX_VALUE : DEAREST)
                .forEach(entry -> {
                    RuleCost cost = entry.getValue();
                    String handle = entry.getKey().rule().header().handle();
                    String clue =
                            switch (cost.clue()) {
                                case VALUE -> "one of " + cost.clues() + " exact values";
                                case STRETCH -> "one of " + cost.clues() + " pieces of text";
                                case PRESENCE -> "a field that is there";
                                case NONE -> "anything: on every event";
                            };
                    if (json) {
                        print(JSON.createObjectNode()
                                .put("rule", handle)
                                .put("cost", cost.estimate())
                                .put("clue", cost.clue().name().toLowerCase(Locale.ROOT))
                                .put("tests", cost.tests())
                                .put("regexes", cost.regexes()));
                    } else {
                        table.row(
                                handle,
                                String.format(Locale.ROOT, "%.0f", cost.estimate()),
                                clue,
                                cost.tests(),
                                cost.regexes());
                    }
                });
        if (!json) {
            table.print(io.out());
        }
    }

    private void problem(String severity, RuleProblem problem, boolean json) {
        if (json) {
            print(JSON.createObjectNode()
                    .put("severity", severity)
                    .put("file", problem.at().file())
                    .put("line", problem.at().line())
                    .put("column", problem.at().column())
                    .put("message", problem.message()));
        } else {
            io.out().println(VisibleText.of(problem.at() + ": " + severity + ": " + problem.message()));
        }
    }

    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            description = {
                "Runs the tests beside the rules: RULE.test.yml, or the key tests: of the rule itself. Each rule wants at"
                        + " least one match and one near miss."
            })
    int test(@Parameters(paramLabel = "RULES", description = "A rule file or a folder of them.") Path path)
            throws IOException {
        RuleSet rules = load(path);
        int passed = 0;
        int failed = 0;
        for (RuleTests.Outcome outcome : RuleTests.run(rules, resolved(path))) {
            passed += outcome.passed() ? 1 : 0;
            failed += outcome.passed() ? 0 : 1;
            if (!outcome.passed()) {
                (outcome.at() + ": " + outcome.problem()).lines().forEach(line -> io.out()
                        .println(VisibleText.of(line)));
            }
        }
        sayRefused(rules);
        io.err().printf(Locale.ROOT, "%d tests passed, %d failed; %s%n", passed, failed, summary(rules));
        return failed == 0 && rules.refused().isEmpty() ? ExitCode.FINE : ExitCode.FAILED;
    }

    @Command(
            name = "explain",
            mixinStandardHelpOptions = true,
            description = "Says which part of a rule holds for an event, and what the event has there.")
    int explain(
            @Parameters(paramLabel = "RULE", description = "A rule file.") Path path,
            @Parameters(paramLabel = "EVENT", description = "A file with one event as JSON.") Path event)
            throws IOException {
        RuleSet rules = load(path);
        sayRefused(rules);
        Explaining explaining = new Explaining(rules);
        RecordFiles.read(resolved(event), explaining);
        if (explaining.records == 0 && explaining.unreadable == 0) {
            explaining.unreadable(event, "no record in it");
        }
        return explaining.unreadable == 0 && rules.refused().isEmpty() ? ExitCode.FINE : ExitCode.FAILED;
    }

    /** Explains parts of events too, as the tests of rules have them: people write these by hand to try a rule. */
    private final class Explaining implements RecordFiles.Sink {
        private final RuleSet rules;
        private long records;
        private long unreadable;

        Explaining(RuleSet rules) {
            this.rules = rules;
        }

        @Override
        public void record(Path file, long number, byte[] json) {
            records++;
            for (BoundRule rule : rules.rules()) {
                explain(rule, json).forEach(line -> io.out().println(VisibleText.of(line)));
            }
        }

        @Override
        public void foreign(Path file, byte[] json, String why) {
            io.err().println(VisibleText.of(file + ": explained as it is; " + why));
            record(file, records, json);
        }

        @Override
        public void unreadable(Path file, String why) {
            unreadable++;
            io.err().println(VisibleText.of(file + ": " + why));
        }
    }

    /** A rule that cannot be explained hides no other. */
    private static List<String> explain(BoundRule rule, byte[] json) {
        try {
            return Explanation.of(rule, json).lines();
        } catch (MalformedEventException e) {
            return List.of("not an event: " + e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            return List.of(RuleProblem.unexpected(rule.rule().header().at(), e).toString());
        }
    }

    @Command(
            name = "match",
            mixinStandardHelpOptions = true,
            description = {
                "Runs rules over records without the pipeline: prints each record that matches with the ids of its"
                        + " rules, then what the correlations conclude.",
                "Every rule is tried on every record, whatever its logsource, unless --cloudtrail says otherwise.",
                "Reads what run reads. Exit code 1 when something in the input cannot be read."
            })
    int match(
            @Parameters(paramLabel = "RULES", description = "A rule file or a folder of them.") Path path,
            @Option(names = "--input", required = true, paramLabel = "PATH", description = "Records; repeatable.")
                    List<Path> inputs,
            @Option(names = "--cloudtrail", description = "Only rules for product aws, service cloudtrail.")
                    boolean cloudTrail,
            @Option(names = "--json", description = "Print JSON, one object a line.") boolean json)
            throws IOException {
        RuleSet loaded = load(path);
        RuleSet rules = cloudTrail ? loaded.routedTo(Logsource.CLOUDTRAIL) : loaded;
        sayRefused(rules);
        RuleRun run = new RuleRun(rules);
        Matching matching = new Matching(run, json);
        for (Path input : inputs) {
            RecordFiles.read(resolved(input), matching);
        }
        List<Firing> firings = run.firings();
        firings.forEach(firing -> print(firing, json));
        io.err()
                .printf(
                        Locale.ROOT,
                        "%,d records, %,d match, %,d findings of correlations, %,d unreadable; %s%n",
                        matching.records,
                        matching.matched,
                        firings.size(),
                        matching.unreadable,
                        summary(rules));
        if (run.withoutTime() > 0) {
            io.err()
                    .printf(
                            Locale.ROOT,
                            "%,d records without a time take part in no correlation (expected: eventTime)%n",
                            run.withoutTime());
        }
        return matching.unreadable == 0 ? ExitCode.FINE : ExitCode.FAILED;
    }

    private final class Matching implements RecordFiles.Sink {
        private final RuleRun run;
        private final boolean json;
        private long records;
        private long matched;
        private long unreadable;

        Matching(RuleRun run, boolean json) {
            this.run = run;
            this.json = json;
        }

        @Override
        public void record(Path file, long number, byte[] record) {
            records++;
            RuleRun.Match match;
            try {
                match = run.add(file.getFileName() + "#" + number, record);
            } catch (MalformedEventException e) {
                unreadable(file, "record " + number + ": " + e.getMessage());
                return;
            }
            if (match.rules().isEmpty()) {
                return;
            }
            matched++;
            if (json) {
                ObjectNode line = JSON.createObjectNode()
                        .put("file", file.toString())
                        .put("record", number)
                        .put("event_id", match.eventId());
                ArrayNode ids = line.putArray("rules");
                match.rules().forEach(rule -> ids.add(rule.key()));
                print(line);
            } else {
                List<String> titles = new ArrayList<>();
                match.rules().forEach(rule -> titles.add(author(rule.rule().header())));
                io.out().println(VisibleText.of(file + "#" + number + "  " + String.join("; ", titles)));
            }
        }

        @Override
        public void unreadable(Path file, String why) {
            unreadable++;
            io.err().println(VisibleText.of(file + ": " + why));
        }
    }

    /** A match of a rule under the Detection Rule License names its author. */
    private static String author(RuleHeader header) {
        return header.author() == null ? header.title() : header.title() + " (by " + header.author() + ")";
    }

    private void print(Firing firing, boolean json) {
        if (json) {
            ObjectNode line = JSON.createObjectNode()
                    .put("correlation", firing.correlation())
                    .put("first_time", firing.firstTime().toString());
            ObjectNode group = line.putObject("group");
            firing.group().forEach(group::put);
            ArrayNode ids = line.putArray("event_ids");
            firing.evidence().stream().map(Sighting::eventId).forEach(ids::add);
            print(line);
        } else {
            io.out()
                    .println(VisibleText.of(firing.firstTime() + "  " + firing.correlation() + "  " + firing.group()
                            + "  " + firing.evidence().size() + " events"));
        }
    }

    @Command(
            name = "conformance",
            mixinStandardHelpOptions = true,
            description = {
                "Runs cases with known answers and prints every difference. Exit code 1 when a case that is not disputed"
                        + " differs.",
                "A line is a unit case (rule_yaml, event, expected) or a correlation case (rules_yaml, events,"
                        + " expected_firings)."
            })
    int conformance(
            @Parameters(paramLabel = "CASES", description = "Cases as JSON Lines.") Path cases,
            @Option(names = "--json", description = "Print every result as JSON, one object a line.") boolean json)
            throws IOException {
        Map<String, int[]> features = new TreeMap<>();
        int differences = 0;
        int line = 0;
        try (BufferedReader reader = Files.newBufferedReader(resolved(cases), StandardCharsets.UTF_8)) {
            String text;
            while ((text = reader.readLine()) != null) {
                line++;
                if (text.isBlank()) {
                    continue;
                }
                SigmaConformance.Result result = result(cases, line, text);
                int[] tally = features.computeIfAbsent(result.feature(), f -> new int[4]);
                tally[(result.disputed() ? 2 : 0) + (result.agrees() ? 0 : 1)]++;
                differences += result.agrees() || result.disputed() ? 0 : 1;
                report(result, json);
            }
        }
        if (!json) {
            features.forEach((feature, tally) -> io.out()
                    .printf(
                            Locale.ROOT,
                            "%-24s %5d agree %3d differ; disputed: %3d agree %3d differ%n",
                            VisibleText.of(feature),
                            tally[0],
                            tally[1],
                            tally[2],
                            tally[3]));
        }
        io.err().printf(Locale.ROOT, "%d differences in cases that are not disputed%n", differences);
        return differences == 0 ? ExitCode.FINE : ExitCode.FAILED;
    }

    private static SigmaConformance.Result result(Path cases, int line, String text) throws IOException {
        try {
            JsonNode golden = JSON.readTree(text);
            return SigmaConformance.check(golden);
        } catch (JsonProcessingException e) {
            throw new IOException(cases + ":" + line + ": " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(cases + ":" + line + ": " + e.getMessage(), e);
        }
    }

    private void report(SigmaConformance.Result result, boolean json) {
        if (json) {
            print(JSON.createObjectNode()
                    .put("name", result.name())
                    .put("feature", result.feature())
                    .put("disputed", result.disputed())
                    .put("expected", result.expected())
                    .put("actual", result.actual())
                    .put("agrees", result.agrees())
                    .put("problem", result.problem()));
        } else if (!result.agrees()) {
            io.out()
                    .println(VisibleText.of(result.name() + (result.disputed() ? " (disputed)" : "") + ": expected "
                            + result.expected() + ", got " + result.actual()
                            + (result.problem().isEmpty() ? "" : " (" + result.problem() + ")")));
        }
    }

    private RuleSet load(Path path) throws IOException {
        Path rules = resolved(path);
        if (!Files.exists(rules)) {
            throw new ParameterException(spec.commandLine(), "RULES: " + path + " (expected: a file or folder)");
        }
        return RuleSet.load(rules, Map.of());
    }

    private Path resolved(Path path) {
        return io.workingDirectory().resolve(path);
    }

    private void sayRefused(RuleSet rules) {
        rules.refused().forEach(problem -> io.err().println(VisibleText.of(problem.toString())));
    }

    private static String summary(RuleSet rules) {
        return String.format(
                Locale.ROOT,
                "%d rules and %d correlations loaded, %d refused, %d tried on every event",
                rules.rules().size(),
                rules.correlations().size(),
                rules.refused().size(),
                RuleMatcher.of(rules.rules()).statistics().ungated());
    }

    private void print(ObjectNode line) {
        io.out().println(JsonOut.line(line));
    }
}
