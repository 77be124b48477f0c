package io.trailwarden.app.command.stored;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.Severities;
import io.trailwarden.app.command.option.Since;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.StoredTables;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.FindingDetail;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.event.Finding;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.sinks.StdoutSink;
import io.trailwarden.sinks.format.FindingFormat;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.findings.FindingQuery;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code findings}: what is stored, the latest first. */
@Command(
        name = "findings",
        mixinStandardHelpOptions = true,
        description = "Prints stored findings, the one with the latest evidence first.",
        footer = {
            "",
            "Examples:",
            "  trailwarden findings --data d                       the latest 100 that stand",
            "  trailwarden findings --since 24h --severity high    recent and bad",
            "  trailwarden findings --all --format ocsf            for a SIEM: OCSF Detection Finding; or asff",
            "  trailwarden findings --data d 726e3b0d44c8          one of them: why it fired and what to do now",
            "  trailwarden findings --all --json                   everything, withdrawn ones too, one a line"
        })
public final class FindingsCommand implements Callable<Integer> {

    private static final int USUAL_LIMIT = 100;

    private final Io io;

    @Spec
    CommandSpec spec;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Parameters(
            paramLabel = "ID",
            arity = "0..1",
            description = "Only this finding, by its id or the beginning of it, with all that is known about it.")
    @Nullable
    String id;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "Only with evidence since then: 30m, 24h, 7d, or a time such as 2026-03-01T00:00:00Z.")
    @Nullable
    String since;

    @Option(names = "--severity", paramLabel = "SEVERITY", description = "Only this severe or worse.")
    @Nullable
    String severity;

    @Option(
            names = "--all",
            description = "All, withdrawn and suppressed ones too; otherwise the latest 100 that stand.")
    boolean all;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "As other tools take them, one JSON object a line: ocsf (Detection Finding) or asff.")
    @Nullable
    String format;

    public FindingsCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        Configuration config = options.read(io);
        FindingFormat as = format == null ? null : form(format);
        if (id != null) {
            return one(config, id, as);
        }
        FindingQuery filter = new FindingQuery(
                since == null ? null : Since.parse(spec, io.clock(), since),
                severity == null ? null : Severities.parse(spec, "--severity", severity),
                FindingQuery.About.ANYTHING,
                true,
                0);
        List<Finding> findings;
        long suppressed;
        try (Archive archive = StoredTables.open(config)) {
            List<Finding> matching = archive.findings().list(filter);
            suppressed = matching.stream().filter(FindingsCommand::isSuppressed).count();
            findings = matching.stream()
                    .filter(finding -> all || !isSuppressed(finding) && finding.state() == Finding.State.OPEN)
                    .limit(all ? Long.MAX_VALUE : USUAL_LIMIT)
                    .toList();
        }
        for (Finding finding : findings) {
            if (as != null) {
                io.out().println(as.line(finding));
                continue;
            }
            io.out().println(json ? StdoutSink.json(finding) : StdoutSink.line(finding, io.colour()));
        }
        if (!json && as == null && findings.isEmpty()) {
            io.err().println("No findings" + (since == null && severity == null ? "." : " that match."));
        } else if (!json && as == null && findings.size() == USUAL_LIMIT && !all) {
            io.err().println("The latest " + USUAL_LIMIT + "; --all prints all.");
        }
        if (!json && !all && suppressed > 0) {
            io.err().println(suppressed + " suppressed; --all prints them too.");
        }
        return ExitCode.FINE;
    }

    private FindingFormat form(String text) {
        return switch (text) {
            case "ocsf" -> FindingFormat.OCSF;
            case "asff" -> FindingFormat.ASFF;
            default ->
                throw new ParameterException(spec.commandLine(), "--format: \"" + text + "\" (expected: ocsf or asff)");
        };
    }

    private int one(Configuration config, String beginning, @Nullable FindingFormat as) throws IOException {
        List<Finding> found;
        try (Archive archive = StoredTables.open(config)) {
            found = archive.findings().list(FindingQuery.ALL).stream()
                    .filter(finding -> finding.id().startsWith(beginning))
                    .toList();
        }
        if (found.size() != 1) {
            io.err()
                    .println(VisibleText.of("trailwarden: " + found.size() + " findings begin with \"" + beginning + '"'
                            + (found.isEmpty() ? "" : "; write more of the id")));
            return ExitCode.FAILED;
        }
        if (as != null) {
            io.out().println(as.line(found.get(0)));
        } else if (json) {
            io.out().println(StdoutSink.json(found.get(0)));
        } else {
            FindingDetail.print(found.get(0), io.out(), io.colour());
        }
        return ExitCode.FINE;
    }

    private static boolean isSuppressed(Finding finding) {
        return finding.state() == Finding.State.OPEN && finding.suppression() != null;
    }
}
