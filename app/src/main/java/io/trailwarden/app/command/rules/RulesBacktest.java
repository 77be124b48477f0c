package io.trailwarden.app.command.rules;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.Since;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.StoredTables;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.JsonOut;
import io.trailwarden.app.terminal.Progress;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.rule.Logsource;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.StoredRecords;
import io.trailwarden.workbench.RuleBacktest;
import io.trailwarden.workbench.RuleBacktest.Hit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rules backtest}: what a rule would have found in the stored records. */
@Command(
        name = "backtest",
        mixinStandardHelpOptions = true,
        description = {
            "Runs rules over the stored records: the same engine as in the job. Correlations also see the records just"
                    + " before the time asked for.",
            "With --against, prints only the difference: + what RULE finds and OTHER does not, - the other way round."
        },
        footer = {
            "",
            "Examples:",
            "  trailwarden rules backtest new.yml --since 30d --data d",
            "  trailwarden rules backtest new.yml --against old.yml --since 30d --data d"
        })
final class RulesBacktest implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Io io;

    @Spec
    CommandSpec spec;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Parameters(paramLabel = "RULE", description = "A rule file or a folder of them.")
    Path rule = Path.of("");

    @Option(names = "--against", paramLabel = "OTHER", description = "Another version of the rule.")
    @Nullable
    Path against;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            defaultValue = "30d",
            description = "30m, 24h, 7d, or a time such as 2026-03-01T00:00:00Z; 30d unless said otherwise.")
    String since = "30d";

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    RulesBacktest(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        Configuration config = options.read(io);
        Instant start = Since.parse(spec, io.clock(), since);
        RuleBacktest mine = new RuleBacktest(load(rule), start);
        RuleBacktest other = against == null ? null : new RuleBacktest(load(against), start);
        try (Progress progress = new Progress(io);
                Archive archive = StoredTables.open(config)) {
            progress.say("reading the stored records");
            read(archive.records(), StoredRecords.Kind.CLOUDTRAIL, Logsource.CLOUDTRAIL, mine, other);
            read(archive.records(), StoredRecords.Kind.EXECUTIONS, Logsource.EXECUTIONS, mine, other);
        }
        List<Hit> hits = mine.hits();
        if (other == null) {
            hits.forEach(hit -> print("", hit));
            io.err()
                    .printf(
                            Locale.ROOT,
                            "%,d findings in %,d records since %s (%.2f per 1,000)%n",
                            hits.size(),
                            mine.records(),
                            start,
                            1000.0 * hits.size() / Math.max(1, mine.records()));
        } else {
            difference(hits, other.hits(), mine.records(), start);
        }
        if (mine.malformed() > 0) {
            io.err().printf(Locale.ROOT, "%,d records that rules cannot read%n", mine.malformed());
        }
        return ExitCode.FINE;
    }

    private void difference(List<Hit> mine, List<Hit> others, long records, Instant start) {
        List<Hit> gained = without(mine, others);
        List<Hit> lost = without(others, mine);
        gained.forEach(hit -> print("+", hit));
        lost.forEach(hit -> print("-", hit));
        io.err()
                .printf(
                        Locale.ROOT,
                        "%,d findings more, %,d fewer, %,d the same in %,d records since %s%n",
                        gained.size(),
                        lost.size(),
                        mine.size() - gained.size(),
                        records,
                        start);
    }

    private static List<Hit> without(List<Hit> all, List<Hit> known) {
        var keys = new java.util.HashSet<List<Object>>();
        known.forEach(hit -> keys.add(List.of(hit.time(), hit.subject())));
        List<Hit> rest = new ArrayList<>(all);
        rest.removeIf(hit -> keys.contains(List.<Object>of(hit.time(), hit.subject())));
        return rest;
    }

    private static void read(
            StoredRecords records,
            StoredRecords.Kind kind,
            Logsource logsource,
            RuleBacktest mine,
            @Nullable RuleBacktest other)
            throws IOException {
        Instant from = other == null || mine.from().isBefore(other.from()) ? mine.from() : other.from();
        records.read(kind, from, (time, id, raw) -> {
            mine.add(logsource, time, id, raw);
            if (other != null) {
                other.add(logsource, time, id, raw);
            }
        });
    }

    private void print(String sign, Hit hit) {
        if (json) {
            ObjectNode line = JSON.createObjectNode();
            if (!sign.isEmpty()) {
                line.put("difference", sign);
            }
            line.put("time", hit.time().toString()).put("rule", hit.rule()).put("subject", hit.subject());
            hit.eventIds().forEach(line.withArray("event_ids")::add);
            io.out().println(JsonOut.line(line));
        } else {
            io.out()
                    .println(VisibleText.of((sign.isEmpty() ? "" : sign + " ") + hit.time() + "  " + hit.rule() + "  "
                            + hit.subject()
                            + (hit.eventIds().size() > 1 ? "  " + hit.eventIds().size() + " events" : "")));
        }
    }

    private RuleSet load(Path path) throws IOException {
        Path file = io.workingDirectory().resolve(path);
        if (!Files.exists(file)) {
            throw new ParameterException(spec.commandLine(), "RULE: " + path + " (expected: a file or folder)");
        }
        RuleSet rules = RuleSet.load(file, Map.of());
        rules.refused().forEach(problem -> io.err().println(VisibleText.of(problem.toString())));
        if (rules.rules().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "RULE: " + path + " holds no rule that loads");
        }
        return rules;
    }
}
