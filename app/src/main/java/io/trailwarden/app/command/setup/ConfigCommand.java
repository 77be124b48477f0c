package io.trailwarden.app.command.setup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.reference.ReferenceSource;
import io.trailwarden.app.reference.ReferenceSources;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.JsonOut;
import io.trailwarden.app.terminal.TextTable;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code config}: checks and explains the configuration. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "Checks and explains the configuration.",
        synopsisSubcommandLabel = "(check | explain)",
        footer = {
            "",
            "Examples:",
            "  trailwarden config check --config trailwarden.yaml    every problem as file:line:column",
            "  trailwarden config explain                            every setting, its value and where it came from"
        })
public final class ConfigCommand implements Runnable {

    private final Io io;

    @Spec
    CommandSpec spec;

    public ConfigCommand(Io io) {
        this.io = io;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "check or explain is missing");
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Checks settings and reference data; exit code 4 when something is wrong.")
    int check(@Mixin ConfigOptions options) {
        Configuration config = options.read(io);
        List<ConfigProblem> problems = new ArrayList<>();
        int entries = 0;
        for (ReferenceSource source : ReferenceSources.of(config, io.clock())) {
            entries += source.read(problems).size();
        }
        if (!problems.isEmpty()) {
            throw new BadConfigException(problems);
        }
        io.out()
                .println((config.file() == null ? "No file; the defaults are" : config.file() + " is") + " fine, with "
                        + entries + " entries of reference data.");
        return ExitCode.FINE;
    }

    @Command(
            name = "explain",
            mixinStandardHelpOptions = true,
            description = "Prints every setting, its value and where it came from.")
    int explain(@Mixin ConfigOptions options, @Option(names = "--json", description = "Print JSON.") boolean json) {
        Configuration config = options.read(io);
        if (json) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            config.explained().forEach(one -> list.addObject()
                    .put("key", one.key())
                    .put("value", one.value())
                    .put("origin", one.origin())
                    .put("meaning", one.meaning()));
            io.out().println(JsonOut.document(list));
            return ExitCode.FINE;
        }
        TextTable table = new TextTable("setting", "value", "from", "meaning");
        config.explained().forEach(one -> table.row(one.key(), one.value(), one.origin(), one.meaning()));
        table.print(io.out());
        return ExitCode.FINE;
    }
}
