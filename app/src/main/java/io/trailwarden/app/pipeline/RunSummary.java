package io.trailwarden.app.pipeline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.app.terminal.TextTable;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.Ledger;
import io.trailwarden.storage.findings.FindingQuery;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code run --once} says at its end: of this run what was read and how fast, and of the data directory what it
 * holds now. The JSON form is described in {@code docs/reference/run-summary.md}; its keys are stable.
 *
 * @param read of this run
 * @param reading from the first file until everything read was in Kafka
 * @param settling from then on until everything was stored and every finding out
 * @param ledger of the data directory, by source
 * @param findings that stand and are not suppressed, of the data directory
 * @param suppressed how many stand and are suppressed
 * @param deadLetters of the data directory, by reason
 * @param learning of the data directory, by detection
 */
public record RunSummary(
        IngestProgress read,
        Duration reading,
        Duration settling,
        List<Ledger.Line> ledger,
        List<Finding> findings,
        long suppressed,
        Map<String, Long> deadLetters,
        Map<String, JobNumbers.Progress> learning) {

    /** Reads what the tables hold now. */
    public static RunSummary of(
            Archive archive, IngestProgress read, Duration reading, Duration settling, JobNumbers numbers)
            throws IOException {
        Ledger ledger = archive.ledger();
        List<Finding> standing = archive.findings().list(FindingQuery.ALL).stream()
                .filter(finding -> finding.state() == Finding.State.OPEN)
                .toList();
        List<Finding> findings = standing.stream()
                .filter(finding -> finding.suppression() == null)
                .toList();
        return new RunSummary(
                read,
                reading,
                settling,
                ledger.read(),
                findings,
                standing.size() - findings.size(),
                ledger.deadLettersByReason(),
                numbers.learning());
    }

    /** How many standing findings are at least this bad. */
    public long atLeast(Severity severity) {
        return findings.stream()
                .filter(finding -> finding.detection().severity().compareTo(severity) >= 0)
                .count();
    }

    private double perSecond(Duration time) {
        return time.isZero() ? 0 : read.records() / seconds(time);
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    /** For scripts. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", 1);
        ObjectNode run = json.putObject("run");
        run.put("objects", read.objects());
        run.put("skippedObjects", read.skipped());
        run.put("records", read.records());
        run.put("rejectedRecords", read.rejected());
        ObjectNode ignored = run.putObject("ignored");
        new TreeMap<>(read.ignored()).forEach(ignored::put);
        run.put("bytes", read.bytes());
        run.put("seconds", seconds(reading.plus(settling)));
        run.put("recordsPerSecond", Math.round(perSecond(reading.plus(settling))));
        run.put("readSeconds", seconds(reading));
        run.put("readRecordsPerSecond", Math.round(perSecond(reading)));
        run.put("settleSeconds", seconds(settling));
        json.set("ledger", line(Ledger.total(ledger)));
        json.put("balanced", ledger.stream().allMatch(Ledger.Line::balances));
        ArrayNode sources = json.putArray("sources");
        ledger.forEach(one -> sources.add(line(one)));
        ObjectNode dead = json.putObject("deadLetters");
        deadLetters.forEach(dead::put);
        ObjectNode found = json.putObject("findings");
        found.put("open", findings.size());
        found.put("suppressed", suppressed);
        ObjectNode bySeverity = found.putObject("bySeverity");
        bySeverity().forEach((severity, count) -> bySeverity.put(name(severity), count));
        ObjectNode byDetection = found.putObject("byDetection");
        byDetection().forEach(byDetection::put);
        ObjectNode known = json.putObject("learning");
        learning.forEach((detection, progress) ->
                known.putObject(detection).put("learning", progress.learning()).put("learned", progress.learned()));
        return json;
    }

    /** One line as JSON. */
    public static ObjectNode line(Ledger.Line line) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("source", line.source());
        json.put("received", line.received());
        json.put("stored", line.stored());
        json.put("duplicate", line.duplicate());
        json.put("deadLettered", line.deadLettered());
        json.put("inFlight", line.inFlight());
        return json;
    }

    /** For people. */
    public void print(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "Read %,d records from %,d files in %.1f s (%,.0f records/s)%s.%n"
                        + "All stored and every finding out %.1f s later.%n%n",
                read.records(),
                read.objects(),
                seconds(reading),
                perSecond(reading),
                read.skipped() == 0 ? "" : String.format(Locale.ROOT, "; %,d files were known", read.skipped()),
                seconds(settling));
        printLedger(ledger, out);
        if (!deadLetters.isEmpty()) {
            out.println();
            TextTable dead = new TextTable("dead letters", ">records");
            deadLetters.forEach(dead::row);
            dead.print(out);
        }
        if (!read.ignored().isEmpty()) {
            out.println();
            TextTable ignored = new TextTable("no records by nature", ">read");
            new TreeMap<>(read.ignored()).forEach(ignored::row);
            ignored.print(out);
        }
        out.println();
        printFindings(out);
        if (suppressed > 0) {
            out.printf(Locale.ROOT, "%,d more are suppressed; findings --all shows them.%n", suppressed);
        }
        learning.forEach((detection, progress) -> out.printf(
                Locale.ROOT,
                "%n%s: %,d learned; %,d still being learned, of which nothing new is a finding yet.%n",
                detection,
                progress.learned(),
                progress.learning()));
    }

    private void printFindings(PrintStream out) {
        if (findings.isEmpty()) {
            out.println("No findings.");
            return;
        }
        TextTable table = new TextTable("findings", ">open", "worst");
        byDetection().forEach((detection, count) -> table.row(detection, count, name(worst(detection))));
        table.row(
                "total",
                findings.size(),
                name(findings.stream()
                        .map(finding -> finding.detection().severity())
                        .max(Severity::compareTo)
                        .orElse(Severity.INFORMATIONAL)));
        table.print(out);
    }

    /** The ledger as a table, with a sentence whether it balances. */
    public static void printLedger(List<Ledger.Line> ledger, PrintStream out) {
        TextTable table = new TextTable("source", ">received", ">stored", ">duplicate", ">dead-lettered", ">in flight");
        ledger.forEach(line -> row(table, line));
        if (ledger.size() != 1) {
            row(table, Ledger.total(ledger));
        }
        table.print(out);
        boolean balances = ledger.stream().allMatch(Ledger.Line::balances);
        out.println(
                balances
                        ? "The ledger balances: every record received is stored, a duplicate, or a dead letter."
                        : "Records are in flight: not all that was received is in the tables yet.");
    }

    private static void row(TextTable table, Ledger.Line line) {
        table.row(
                line.source(), line.received(), line.stored(), line.duplicate(), line.deadLettered(), line.inFlight());
    }

    private Severity worst(String detection) {
        return findings.stream()
                .filter(finding -> finding.detection().name().equals(detection))
                .map(finding -> finding.detection().severity())
                .max(Severity::compareTo)
                .orElse(Severity.INFORMATIONAL);
    }

    private Map<String, Long> byDetection() {
        Map<String, Long> counts = new TreeMap<>();
        findings.forEach(finding -> counts.merge(finding.detection().name(), 1L, Long::sum));
        return counts;
    }

    private Map<Severity, Long> bySeverity() {
        Map<Severity, Long> counts = new TreeMap<>();
        findings.forEach(finding -> counts.merge(finding.detection().severity(), 1L, Long::sum));
        return counts;
    }

    private static String name(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }
}
