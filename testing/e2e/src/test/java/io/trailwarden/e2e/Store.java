package io.trailwarden.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * What a data directory holds, asked through the command like anybody would, and its rows through Iceberg
 * and an engine of its own.
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
        return JSON.readTree(
                Command.run(directory.getParent(), patience, arguments).mustBeFine());
    }

    /** One text column of a table: its files as Iceberg plans them, read by an engine that knows nothing of ours. */
    List<String> column(String table, String column) throws IOException, SQLException {
        List<String> files = new ArrayList<>();
        Map<String, String> properties =
                new HashMap<>(ArchiveConfig.local(directory).catalogProperties());
        Catalog catalog = CatalogUtil.loadCatalog(properties.remove("catalog-impl"), "trailwarden", properties, null);
        try (CloseableIterable<FileScanTask> tasks = catalog.loadTable(
                        TableIdentifier.of(ArchiveConfig.NAMESPACE, table))
                .newScan()
                .planFiles()) {
            for (FileScanTask task : tasks) {
                if (!task.deletes().isEmpty()) {
                    throw new AssertionError(table + " has delete files, which are not read here");
                }
                files.add('\'' + URI.create(task.file().location()).getPath() + '\'');
            }
        } finally {
            ((Closeable) catalog).close();
        }
        List<String> values = new ArrayList<>();
        if (files.isEmpty()) {
            return values;
        }
        String sql =
                "SELECT \"" + column + "\" FROM read_parquet([" + String.join(", ", files) + "], union_by_name = true)";
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
        }
        return values;
    }

    /** How many rows a table has for each value of a column. */
    Map<String, Integer> count(String table, String column) throws IOException, SQLException {
        Map<String, Integer> counts = new TreeMap<>();
        column(table, column).forEach(value -> counts.merge(value, 1, Integer::sum));
        return counts;
    }

    /** The ids of all stored events, of both tables. */
    List<String> eventIds() throws IOException, SQLException {
        List<String> ids = column("cloudtrail", "event_id");
        ids.addAll(column("executions", "event_id"));
        return ids;
    }

    /** All findings, as JSON, by id. */
    Map<String, JsonNode> findings() throws IOException, InterruptedException {
        return findings(null);
    }

    private Map<String, JsonNode> findings(@Nullable Path config) throws IOException, InterruptedException {
        Map<String, JsonNode> byId = new TreeMap<>();
        for (String line : ask(config, "findings", "--all", "--json").lines().toList()) {
            JsonNode finding = JSON.readTree(line);
            byId.put(finding.get("id").textValue(), finding);
        }
        return byId;
    }

    /** Ids of the findings that stand. */
    Set<String> openFindings() throws IOException, InterruptedException {
        return openFindings(null);
    }

    /** The same, of tables that this configuration names. */
    Set<String> openFindings(@Nullable Path config) throws IOException, InterruptedException {
        Set<String> open = new TreeSet<>();
        findings(config).forEach((id, finding) -> {
            if (finding.get("state").textValue().equalsIgnoreCase("open")) {
                open.add(id);
            }
        });
        return open;
    }

    /** The ledger, its rows counted one by one; fails when it does not add up. */
    JsonNode verifiedLedger() throws IOException, InterruptedException {
        return verifiedLedger(null);
    }

    /** The same, of tables that this configuration names. */
    JsonNode verifiedLedger(@Nullable Path config) throws IOException, InterruptedException {
        return JSON.readTree(ask(config, "ledger", "--verify", "--json"));
    }

    /** What a command that must be fine prints over these tables. */
    String ask(@Nullable Path config, String command, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(command, "--data", directory.toString()));
        if (config != null) {
            arguments.addAll(List.of("--config", config.toString()));
        }
        arguments.addAll(List.of(more));
        return Command.run(directory.getParent(), PATIENCE, arguments.toArray(String[]::new))
                .mustBeFine();
    }
}
