package io.trailwarden.ingest.page;

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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pages that were read: their content until it is stored, the ids in them for as long as the API may list them again.
 *
 * <p>A page exists only once: asked again, the API gives a page with other events in it. So it is written down before any
 * of it is sent, and a process that dies in between sends the same page again.
 */
final class PageJournal implements AutoCloseable {

    /** @param content null when it is stored in the archive and only its ids are kept */
    record Page(long number, String object, Instant newest, Instant position, byte[] ids, byte @Nullable [] content) {}

    private final Connection connection;

    private PageJournal(Connection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA busy_timeout = 10000");
            statement.execute("CREATE TABLE IF NOT EXISTS pages (source TEXT NOT NULL, key TEXT NOT NULL,"
                    + " number INTEGER NOT NULL, object TEXT NOT NULL, newest INTEGER NOT NULL,"
                    + " position INTEGER NOT NULL, ids BLOB NOT NULL, content BLOB,"
                    + " PRIMARY KEY (source, key, number))");
        }
    }

    /** Opens the file that also holds the positions. */
    static PageJournal open(Path file) throws IngestException {
        try {
            return new PageJournal(DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath()));
        } catch (SQLException e) {
            throw new IngestException("positions: " + file + " cannot be opened", e);
        }
    }

    void add(String source, String key, Page page) throws IngestException {
        run(
                "INSERT INTO pages (source, key, number, object, newest, position, ids, content)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                source,
                key,
                page.number(),
                page.object(),
                page.newest().toEpochMilli(),
                page.position().toEpochMilli(),
                page.ids(),
                page.content());
    }

    /** In the order in which they were added. */
    List<Page> all(String source, String key) throws IngestException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT number, object, newest, position, ids, content FROM pages"
                        + " WHERE source = ? AND key = ? ORDER BY number")) {
            select.setString(1, source);
            select.setString(2, key);
            List<Page> pages = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    pages.add(new Page(
                            row.getLong(1),
                            row.getString(2),
                            Instant.ofEpochMilli(row.getLong(3)),
                            Instant.ofEpochMilli(row.getLong(4)),
                            row.getBytes(5),
                            row.getBytes(6)));
                }
            }
            return pages;
        } catch (SQLException e) {
            throw new IngestException("pages of " + source + " " + key + " cannot be read", e);
        }
    }

    /** Pages up to this number are stored: only their ids are kept, and those only of pages not older than this. */
    void stored(String source, String key, long number, Instant oldest) throws IngestException {
        run(
                "UPDATE pages SET content = NULL WHERE source = ? AND key = ? AND number <= ? AND content IS NOT NULL",
                source,
                key,
                number);
        run(
                "DELETE FROM pages WHERE source = ? AND key = ? AND number <= ? AND newest < ?",
                source,
                key,
                number,
                oldest.toEpochMilli());
    }

    private void run(String sql, @Nullable Object... values) throws IngestException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IngestException("pages cannot be written", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("pages cannot be closed", e);
        }
    }
}
