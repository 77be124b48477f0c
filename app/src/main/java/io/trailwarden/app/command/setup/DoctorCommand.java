package io.trailwarden.app.command.setup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.doctor.Check;
import io.trailwarden.app.doctor.Checkup;
import io.trailwarden.app.reference.ReferenceSources;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.JsonOut;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.settings.BadConfigException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doctor}: whether all is well, and what to do where it is not. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Checks this machine, the configuration, the data directory and permissions in AWS; changes nothing.",
        footer = {
            "",
            "Examples:",
            "  trailwarden doctor                    exit code 1 when something will not work",
            "  trailwarden doctor --data d --json    for scripts"
        })
public final class DoctorCommand implements Callable<Integer> {

    private final Io io;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    public DoctorCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() {
        Configuration config;
        try {
            config = options.read(io);
        } catch (BadConfigException e) {
            io.err().println("The configuration comes first:");
            throw e;
        }
        List<Check> checks = new Checkup(config, ReferenceSources.of(config, io.clock()), io.clock()).run();
        if (json) {
            printJson(checks);
        } else {
            print(checks);
        }
        boolean bad = checks.stream().anyMatch(check -> check.result() == Check.Result.BAD);
        return bad ? ExitCode.FAILED : ExitCode.FINE;
    }

    private void print(List<Check> checks) {
        for (Check check : checks) {
            io.out().printf(Locale.ROOT, "%-8s %-16s ", mark(check.result()), check.name());
            io.out().println(VisibleText.of(check.found()));
            if (check.fix() != null) {
                io.out().println("         fix: " + VisibleText.of(check.fix()));
            }
        }
        long bad = checks.stream()
                .filter(check -> check.result() == Check.Result.BAD)
                .count();
        long warnings = checks.stream()
                .filter(check -> check.result() == Check.Result.WARNING)
                .count();
        io.out().println(checks.size() + " checks, " + bad + " bad, " + warnings + " to look at.");
    }

    private String mark(Check.Result result) {
        return switch (result) {
            case WELL -> "well";
            case WARNING -> "look";
            case BAD -> "BAD";
        };
    }

    private void printJson(List<Check> checks) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Check check : checks) {
            ObjectNode one = list.addObject();
            one.put("name", check.name());
            one.put("result", check.result().name().toLowerCase(Locale.ROOT));
            one.put("found", check.found());
            if (check.fix() == null) {
                one.putNull("fix");
            } else {
                one.put("fix", check.fix());
            }
        }
        io.out().println(JsonOut.document(list));
    }
}
