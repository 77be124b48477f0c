package io.trailwarden.app.command.rules;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.pipeline.JobNumbers;
import io.trailwarden.app.pipeline.PipelineException;
import io.trailwarden.app.pipeline.Running;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.JsonOut;
import io.trailwarden.app.terminal.TextTable;
import io.trailwarden.console.rules.RuleFeed;
import io.trailwarden.console.rules.RuleTable;
import io.trailwarden.console.rules.RuleTable.Row;
import io.trailwarden.console.rules.RuleTable.State;
import io.trailwarden.detection.rules.LoadedRules;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rules status}: what became of each rule in the running job. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Says of every rule in the pipeline that runs on the same data directory or Kafka whether it is loaded,"
                    + " staged (with what it counted), muted because it floods, switched off, or why it failed.",
            "Exit code 1 when a rule failed."
        },
        footer = {
            "",
            "Examples:",
            "  trailwarden rules status --data d           of a run or demo in another terminal",
            "  trailwarden rules status --json             for scripts, one rule a line"
        })
final class RulesStatus implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Io io;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Option(names = "--json", description = "Print JSON, one object a line.")
    boolean json;

    RulesStatus(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, String> connection = Running.connection(options.read(io));
        LoadedRules rules;
        try (RuleFeed feed = new RuleFeed(connection)) {
            rules = feed.await(PATIENCE);
        }
        if (rules == null) {
            throw new PipelineException(
                    "the rules cannot be read from Kafka within " + PATIENCE.toSeconds() + " s", null);
        }
        RuleTable table = RuleTable.of(rules, JobNumbers.read(connection).ofRules());
        if (json) {
            table.rules().forEach(row -> io.out().println(JsonOut.line(line(row))));
        } else {
            print(table);
        }
        return table.numbers().containsKey(State.FAILED) ? ExitCode.FAILED : ExitCode.FINE;
    }

    private void print(RuleTable table) {
        TextTable text = new TextTable("state", ">counted", "level", "rule", "where", "why");
        table.rules()
                .forEach(row -> text.row(
                        word(row.state()),
                        row.count() == null ? "" : row.count(),
                        row.level(),
                        row.title(),
                        row.file() + ":" + row.line() + ":" + row.column(),
                        row.detail()));
        text.print(io.out());
        io.err()
                .println(table.numbers().entrySet().stream()
                        .map(entry -> entry.getValue() + " " + word(entry.getKey()))
                        .collect(Collectors.joining(", ")));
    }

    private static ObjectNode line(Row row) {
        return JSON.createObjectNode()
                .put("state", word(row.state()))
                .put("rule", row.rule())
                .put("title", row.title())
                .put("level", row.level())
                .put("correlation", row.correlation())
                .put("count", row.count())
                .put("file", row.file())
                .put("line", row.line())
                .put("column", row.column())
                .put("detail", row.detail());
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
