package io.trailwarden.app.command.stored;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.pipeline.RunSummary;
import io.trailwarden.app.pipeline.StoredTables;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.JsonOut;
import io.trailwarden.app.terminal.TextTable;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.Ledger;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ledger}: whether every record has its one outcome. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        description = "Prints what became of every record received, by source.",
        footer = {
            "",
            "Examples:",
            "  trailwarden ledger --data d             sums that every commit carries on",
            "  trailwarden ledger --data d --verify    counts the rows and names objects that do not add up;",
            "                                          exit code 1 when something is missing or twice"
        })
public final class LedgerCommand implements Callable<Integer> {

    private static final int MISMATCHES = 20;

    private final Io io;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Option(names = "--verify", description = "Count the rows themselves, object by object.")
    boolean verify;

    public LedgerCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        try (Archive archive = StoredTables.open(options.read(io))) {
            Ledger ledger = archive.ledger();
            return verify ? verified(ledger) : shown(ledger.read());
        }
    }

    private int shown(List<Ledger.Line> lines) {
        if (json) {
            io.out().println(JsonOut.document(json(lines)));
        } else {
            RunSummary.printLedger(lines, io.out());
        }
        return ExitCode.FINE;
    }

    private int verified(Ledger ledger) throws IOException {
        Ledger.Verification verification = ledger.verify();
        List<Ledger.Mismatch> mismatches = ledger.mismatches(MISMATCHES);
        boolean well = verification.agrees() && mismatches.isEmpty();
        if (json) {
            ObjectNode document = json(verification.counted());
            document.put("agrees", verification.agrees());
            ArrayNode list = document.putArray("mismatches");
            for (Ledger.Mismatch miss : mismatches) {
                list.addObject()
                        .put("source", miss.counts().source())
                        .put("object", miss.object())
                        .put("sha256", miss.objectSha256())
                        .put("received", miss.counts().received())
                        .put("stored", miss.counts().stored())
                        .put("duplicate", miss.counts().duplicate())
                        .put("deadLettered", miss.counts().deadLettered());
            }
            io.out().println(JsonOut.document(document));
        } else {
            RunSummary.printLedger(verification.counted(), io.out());
            if (!verification.agrees()) {
                io.out().println("The carried sums say otherwise:");
                RunSummary.printLedger(verification.carried(), io.out());
            }
            if (!mismatches.isEmpty()) {
                io.out().println();
                TextTable table =
                        new TextTable("object that does not add up", ">received", ">stored", ">duplicate", ">dead");
                mismatches.forEach(miss -> table.row(
                        miss.object(),
                        miss.counts().received(),
                        miss.counts().stored(),
                        miss.counts().duplicate(),
                        miss.counts().deadLettered()));
                table.print(io.out());
            }
        }
        return well ? ExitCode.FINE : ExitCode.FAILED;
    }

    private static ObjectNode json(List<Ledger.Line> lines) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("version", 1);
        document.put("balanced", lines.stream().allMatch(Ledger.Line::balances));
        document.set("total", RunSummary.line(Ledger.total(lines)));
        ArrayNode sources = document.putArray("sources");
        lines.forEach(line -> sources.add(RunSummary.line(line)));
        return document;
    }
}
