package io.trailwarden.app.command;

import io.trailwarden.app.command.custody.CustodyCommand;
import io.trailwarden.app.command.rules.RulesCommand;
import io.trailwarden.app.command.run.ConsoleCommand;
import io.trailwarden.app.command.run.DemoCommand;
import io.trailwarden.app.command.run.IngestCommand;
import io.trailwarden.app.command.run.ProcessCommand;
import io.trailwarden.app.command.run.RunCommand;
import io.trailwarden.app.command.run.SinkCommand;
import io.trailwarden.app.command.setup.ConfigCommand;
import io.trailwarden.app.command.setup.DoctorCommand;
import io.trailwarden.app.command.stored.FindingsCommand;
import io.trailwarden.app.command.stored.LedgerCommand;
import io.trailwarden.app.command.stored.MaintainCommand;
import io.trailwarden.app.command.stored.QueryCommand;
import io.trailwarden.app.command.stored.TailCommand;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.event.text.Secrets;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.settings.BadConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command itself: its subcommands, and what becomes of errors. */
@Command(
        name = "trailwarden",
        description = "An event-driven audit pipeline for AWS: CloudTrail and Step Functions logs in, findings out.",
        mixinStandardHelpOptions = true,
        versionProvider = Trailwarden.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Start here:",
            "  trailwarden demo                                   a scenario, live, without an AWS account",
            "  trailwarden run --once --input FOLDER --data D     read files, print what was found",
            "",
            "Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 findings present (--fail-on), 4 bad configuration."
        })
public final class Trailwarden implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Trailwarden.class);

    private final CommandLine line;
    private final Io io;

    private Trailwarden(Io io) {
        this.io = io;
        this.line = new CommandLine(this);
        for (Object command : List.of(
                new DemoCommand(io),
                new RunCommand(io),
                new IngestCommand(io),
                new ProcessCommand(io),
                new SinkCommand(io),
                new ConsoleCommand(io),
                new FindingsCommand(io),
                new TailCommand(io),
                new QueryCommand(io),
                new LedgerCommand(io),
                new CustodyCommand(io),
                new MaintainCommand(io),
                RulesCommand.with(io),
                new DoctorCommand(io),
                new ConfigCommand(io))) {
            line.addSubcommand(command);
        }
        line.setOut(new PrintWriter(io.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(io.err(), true, StandardCharsets.UTF_8));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(io.colour() ? Ansi.ON : Ansi.OFF));
        line.setUsageHelpAutoWidth(true);
        line.setUsageHelpLongOptionsMaxWidth(32);
        line.setParameterExceptionHandler(this::wrongUsage);
        line.setExecutionExceptionHandler(this::failed);
    }

    /** Runs one command; the exit code is one of {@link ExitCode}. */
    public static int run(Io io, String... args) {
        int code = new Trailwarden(io).line.execute(args);
        io.out().flush();
        return code;
    }

    /** Without a subcommand there is nothing to do but say what there is. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(line, "a command is missing");
    }

    private int wrongUsage(CommandLine.ParameterException e, String[] args) {
        io.err().println("trailwarden: " + VisibleText.of(String.valueOf(e.getMessage())));
        UnmatchedArgumentException.printSuggestions(e, e.getCommandLine().getErr());
        if (e.getCommandLine().getCommand() == this && args.length == 0) {
            line.usage(io.err());
        } else {
            io.err().println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        }
        return ExitCode.USAGE;
    }

    private int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        if (e instanceof BadConfigException bad) {
            bad.problems().forEach(problem -> io.err().println(VisibleText.of(problem.toString())));
            return ExitCode.CONFIG;
        }
        LOG.debug("{} failed", command.getCommandName(), e);
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        message.lines().forEach(part -> io.err()
                .println("trailwarden: " + VisibleText.of(Secrets.withoutThoseOfAddresses(part))));
        return ExitCode.FAILED;
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Trailwarden.class.getPackage().getImplementationVersion();
            return new String[] {"trailwarden " + (version == null ? "(not built from a jar)" : version)};
        }
    }
}
