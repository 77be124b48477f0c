package io.trailwarden.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a data directory holds, asked through the command like anybody would.
 *
 * @param directory the {@code --data} directory; no process uses it
 */
record Store(Path directory) {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads inputs to their end; returns the summary. */
    JsonNode runOnce(Duration patience, String... more) throws IOException, InterruptedException {
        String[] arguments = new String[more.length + 5];
        arguments[0] = "run";
        arguments[1] = "--once";
        arguments[2] = "--json";
        arguments[3] = "--data";
        arguments[4] = directory.toString();
        System.arraycopy(more, 0, arguments, 5, more.length);
        return JSON.readTree(Command.run(directory.getParent(), patience, arguments).mustBeFine());
    }

    /** The rows of a query of one column. */
    List<String> column(String sql) throws IOException, InterruptedException {
        String csv = Command.run(
                        directory.getParent(),
                        PATIENCE,
                        "query",
                        sql,
                        "--data",
                        directory.toString(),
                        "--format",
                        "csv")
                .mustBeFine();
        List<String> lines = csv.lines().toList();
        return lines.subList(1, lines.size());
    }

    /** Counts by the query's one column. */
    Map<String, Integer> count(String sql) throws IOException, InterruptedException {
        Map<String, Integer> counts = new TreeMap<>();
        column(sql).forEach(value -> counts.merge(value, 1, Integer::sum));
        return counts;
    }

    /** All findings, as JSON, by id. */
    Map<String, JsonNode> findings() throws IOException, InterruptedException {
        String lines = Command.run(
                        directory.getParent(),
                        PATIENCE,
                        "findings",
                        "--all",
                        "--json",
                        "--data",
                        directory.toString())
                .mustBeFine();
        Map<String, JsonNode> byId = new TreeMap<>();
        for (String line : lines.lines().toList()) {
            JsonNode finding = JSON.readTree(line);
            byId.put(finding.get("id").textValue(), finding);
        }
        return byId;
    }

    /** Ids of the findings that stand. */
    Set<String> openFindings() throws IOException, InterruptedException {
        Set<String> open = new TreeSet<>();
        findings().forEach((id, finding) -> {
            if (finding.get("state").textValue().equalsIgnoreCase("open")) {
                open.add(id);
            }
        });
        return open;
    }

    /** The ledger, its rows counted one by one; fails when it does not add up. */
    JsonNode verifiedLedger() throws IOException, InterruptedException {
        return JSON.readTree(Command.run(
                        directory.getParent(),
                        PATIENCE,
                        "ledger",
                        "--verify",
                        "--json",
                        "--data",
                        directory.toString())
                .mustBeFine());
    }
}
