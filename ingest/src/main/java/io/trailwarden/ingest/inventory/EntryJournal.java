package io.trailwarden.ingest.inventory;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.ingest.IngestException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What inventories saw last, in the file of the positions. A change is written down before it is sent, so that it says the
 * same, and the same time, however often it is sent.
 */
final class EntryJournal implements AutoCloseable {

    /** @param missingSince when it was first not found; null: it was found */
    record Line(ReferenceEntry entry, @Nullable Instant missingSince) {}

    private final Connection connection;
    private final String source;
    private final ReferenceEntry.Kind kind;

    private EntryJournal(Connection connection, String source, ReferenceEntry.Kind kind) throws SQLException {
        this.connection = connection;
        this.source = source;
        this.kind = kind;
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA busy_timeout = 10000");
            statement.execute("CREATE TABLE IF NOT EXISTS inventory (source TEXT NOT NULL, key TEXT NOT NULL,"
                    + " body TEXT, seen TEXT NOT NULL, missing TEXT, PRIMARY KEY (source, key)) WITHOUT ROWID");
        }
    }

    static EntryJournal open(Path file, String source, ReferenceEntry.Kind kind) throws IngestException {
        try {
            return new EntryJournal(DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath()), source, kind);
        } catch (SQLException e) {
            throw new IngestException("positions: " + file + " cannot be opened", e);
        }
    }

    /** Everything, by key. */
    List<Line> all() throws IngestException {
        return select("SELECT key, body, seen, missing FROM inventory WHERE source = ? ORDER BY key", source);
    }

    /** The line of this key; null if there is none. */
    @Nullable
    Line line(String key) throws IngestException {
        List<Line> found =
                select("SELECT key, body, seen, missing FROM inventory WHERE source = ? AND key = ?", source, key);
        return found.isEmpty() ? null : found.get(0);
    }

    /** All of these, or, if the process dies, none. */
    void write(Collection<ReferenceEntry> entries) throws IngestException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO inventory (source, key, body, seen, missing) VALUES (?, ?, ?, ?, NULL)"
                        + " ON CONFLICT (source, key) DO UPDATE"
                        + " SET body = excluded.body, seen = excluded.seen, missing = NULL")) {
            connection.setAutoCommit(false);
            for (ReferenceEntry entry : entries) {
                insert.setString(1, source);
                insert.setString(2, entry.key());
                insert.setString(3, entry.body());
                insert.setString(4, entry.seenAt().toString());
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw new IngestException(source + ": what was seen cannot be written down", e);
        }
    }

    /** Since then it is missing; null: it is there. */
    void missing(String key, @Nullable Instant since) throws IngestException {
        run(
                "UPDATE inventory SET missing = ? WHERE source = ? AND key = ?",
                since == null ? null : since.toString(),
                source,
                key);
    }

    /** Nothing is known of it any more. */
    void forget(String key) throws IngestException {
        run("DELETE FROM inventory WHERE source = ? AND key = ?", source, key);
    }

    private List<Line> select(String sql, String... values) throws IngestException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                select.setString(i + 1, values[i]);
            }
            List<Line> lines = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String missing = row.getString(4);
                    lines.add(new Line(
                            new ReferenceEntry(
                                    kind, row.getString(1), row.getString(2), Instant.parse(row.getString(3))),
                            missing == null ? null : Instant.parse(missing)));
                }
            }
            return lines;
        } catch (SQLException e) {
            throw new IngestException(source + ": what was seen before cannot be read", e);
        }
    }

    private void run(String sql, @Nullable String... values) throws IngestException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IngestException(source + ": what was seen cannot be written down", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("the inventory cannot be closed", e);
        }
    }
}
