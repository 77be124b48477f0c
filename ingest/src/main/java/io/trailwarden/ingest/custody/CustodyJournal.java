package io.trailwarden.ingest.custody;

import io.trailwarden.event.Receipt;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.custody.DigestBucket.Fetched;
import io.trailwarden.ingest.custody.DigestBucket.Listed;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far custody is watched, in the file that also holds the positions: the digests and hashes of the last day, what was
 * read, and the observations that were sent.
 *
 * <p>Everything but the observations and the times at which things were first seen can be had from AWS again. An observation
 * is written down when Kafka has it; a process that dies before that sends it once more.
 */
final class CustodyJournal implements AutoCloseable {

    /**
     * A digest that was fetched.
     *
     * @param seen when first
     */
    record Known(Listed listed, Fetched fetched, Instant seen) {}

    private interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private final String source;
    private final Connection connection;

    private CustodyJournal(String source, Connection connection) throws SQLException {
        this.source = source;
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA busy_timeout = 10000");
            statement.execute("CREATE TABLE IF NOT EXISTS custody_digests (source TEXT NOT NULL, bucket TEXT NOT NULL,"
                    + " key TEXT NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL, content BLOB NOT NULL,"
                    + " signature TEXT, signed INTEGER NOT NULL, seen INTEGER NOT NULL, made INTEGER NOT NULL,"
                    + " PRIMARY KEY (source, bucket, key))");
            statement.execute("CREATE TABLE IF NOT EXISTS custody_objects (source TEXT NOT NULL, object TEXT NOT NULL,"
                    + " etag TEXT NOT NULL, modified INTEGER NOT NULL, sha256 TEXT NOT NULL, seen INTEGER NOT NULL,"
                    + " PRIMARY KEY (source, object))");
            statement.execute("CREATE TABLE IF NOT EXISTS custody_read (source TEXT NOT NULL, object TEXT NOT NULL,"
                    + " sha256 TEXT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (source, object, sha256))");
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS custody_offsets (source TEXT NOT NULL,"
                            + " kafka_partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (source, kafka_partition))");
            statement.execute("CREATE TABLE IF NOT EXISTS custody_keys (source TEXT NOT NULL, region TEXT NOT NULL,"
                    + " fingerprint TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (source, region, fingerprint))");
            statement.execute("CREATE TABLE IF NOT EXISTS custody_observations (source TEXT NOT NULL,"
                    + " scope TEXT NOT NULL, key TEXT NOT NULL, seen INTEGER NOT NULL, watched_until INTEGER NOT NULL,"
                    + " observation BLOB NOT NULL, PRIMARY KEY (source, scope, key))");
            statement.execute("CREATE TABLE IF NOT EXISTS custody_times (source TEXT NOT NULL, name TEXT NOT NULL,"
                    + " time INTEGER NOT NULL, PRIMARY KEY (source, name))");
        }
    }

    /** Opens the file that also holds the positions. */
    static CustodyJournal open(Path file, String source) throws IngestException {
        try {
            return new CustodyJournal(source, DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath()));
        } catch (SQLException e) {
            throw new IngestException("positions: " + file + " cannot be opened", e);
        }
    }

    // ---- times

    /** The time of this name; null if there is none. */
    @Nullable
    Instant time(String name) throws IngestException {
        List<Instant> times = select(
                "SELECT time FROM custody_times WHERE source = ? AND name = ?",
                row -> Instant.ofEpochMilli(row.getLong(1)),
                name);
        return times.isEmpty() ? null : times.get(0);
    }

    void time(String name, Instant time) throws IngestException {
        run("INSERT OR REPLACE INTO custody_times VALUES (?, ?, ?)", name, time.toEpochMilli());
    }

    // ---- digests

    /** The folders of which digests are known. */
    Set<String> digestFolders(String bucket) throws IngestException {
        Set<String> folders = new HashSet<>();
        for (String key : select(
                "SELECT key FROM custody_digests WHERE source = ? AND bucket = ?", row -> row.getString(1), bucket)) {
            int region = key.indexOf('/', key.indexOf(TrailFolder.DIGESTS + "/") + TrailFolder.DIGESTS.length() + 1);
            if (region > 0) {
                folders.add(key.substring(0, region + 1));
            }
        }
        return folders;
    }

    /** The digests of a folder that were made later than this, by key. */
    Map<String, Known> digests(TrailFolder folder, Instant since) throws IngestException {
        String prefix = folder.digests();
        Map<String, Known> digests = new LinkedHashMap<>();
        select(
                        "SELECT key, etag, modified, content, signature, signed, seen FROM custody_digests"
                                + " WHERE source = ? AND bucket = ? AND key >= ? AND key < ? AND made > ? ORDER BY key",
                        row -> new Known(
                                new Listed(row.getString(1), row.getString(2), Instant.ofEpochMilli(row.getLong(3))),
                                new Fetched(
                                        new DigestFile(
                                                folder.bucket(), row.getString(1), row.getBytes(4), row.getString(5)),
                                        Instant.ofEpochMilli(row.getLong(6))),
                                Instant.ofEpochMilli(row.getLong(7))),
                        folder.bucket(),
                        prefix,
                        prefix + '\uffff',
                        since.toEpochMilli())
                .forEach(known -> digests.put(known.listed().key(), known));
        return digests;
    }

    void digest(Listed listed, Fetched fetched, Instant seen) throws IngestException {
        DigestFile file = fetched.file();
        run(
                "INSERT INTO custody_digests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, bucket, key) DO"
                        + " UPDATE SET etag = excluded.etag, modified = excluded.modified, content = excluded.content,"
                        + " signature = excluded.signature, signed = excluded.signed",
                file.bucket(),
                file.key(),
                listed.etag(),
                listed.modified().toEpochMilli(),
                file.content(),
                file.signature(),
                fetched.signed().toEpochMilli(),
                seen.toEpochMilli(),
                Custody.time(file.key()).toEpochMilli());
    }

    // ---- objects

    /** The hash of this very object; null if it is not known. */
    @Nullable
    String hash(String bucket, Listed listed) throws IngestException {
        List<String> hashes = select(
                "SELECT sha256 FROM custody_objects WHERE source = ? AND object = ? AND etag = ? AND modified = ?",
                row -> row.getString(1),
                bucket + '/' + listed.key(),
                listed.etag(),
                listed.modified().toEpochMilli());
        return hashes.isEmpty() ? null : hashes.get(0);
    }

    void hash(String bucket, Listed listed, String sha256, Instant now) throws IngestException {
        run(
                "INSERT OR REPLACE INTO custody_objects VALUES (?, ?, ?, ?, ?, ?)",
                bucket + '/' + listed.key(),
                listed.etag(),
                listed.modified().toEpochMilli(),
                sha256,
                now.toEpochMilli());
    }

    // ---- what was read

    Map<Integer, Long> offsets() throws IngestException {
        Map<Integer, Long> offsets = new HashMap<>();
        select(
                        "SELECT kafka_partition, next FROM custody_offsets WHERE source = ?",
                        row -> Map.entry(row.getInt(1), row.getLong(2)))
                .forEach(entry -> offsets.put(entry.getKey(), entry.getValue()));
        return offsets;
    }

    /** These were read, and those behind the offsets come next. */
    void read(List<Receipt> receipts, Map<Integer, Long> next, Instant now) throws IngestException {
        together(() -> {
            for (Receipt receipt : receipts) {
                run(
                        "INSERT OR IGNORE INTO custody_read VALUES (?, ?, ?, ?)",
                        receipt.object(),
                        receipt.objectSha256(),
                        now.toEpochMilli());
            }
            for (Map.Entry<Integer, Long> one : next.entrySet()) {
                run("INSERT OR REPLACE INTO custody_offsets VALUES (?, ?, ?)", one.getKey(), one.getValue());
            }
        });
    }

    /** The hashes of an object whenever it was read. */
    Set<String> read(String object) throws IngestException {
        return new HashSet<>(select(
                "SELECT sha256 FROM custody_read WHERE source = ? AND object = ?", row -> row.getString(1), object));
    }

    // ---- keys

    PublicKeys keys(String region) throws IngestException {
        PublicKeys keys = new PublicKeys();
        select("SELECT value FROM custody_keys WHERE source = ? AND region = ?", row -> row.getBytes(1), region)
                .forEach(keys::add);
        return keys;
    }

    void key(String region, byte[] value) throws IngestException {
        run("INSERT OR IGNORE INTO custody_keys VALUES (?, ?, ?, ?)", region, PublicKeys.fingerprint(value), value);
    }

    // ---- observations

    /** What was sent about this last, by key. */
    Map<String, CustodyObservation> said(String scope) throws IngestException {
        Map<String, CustodyObservation> said = new LinkedHashMap<>();
        select(
                        "SELECT observation FROM custody_observations WHERE source = ? AND scope = ?",
                        CustodyJournal::observation,
                        scope)
                .forEach(one -> said.put(EventKeys.of(one), one));
        return said;
    }

    /** What was sent since then about anything, in the order in which it was. */
    List<CustodyObservation> saidSince(Instant time) throws IngestException {
        return select(
                "SELECT observation FROM custody_observations WHERE source = ? AND seen >= ? ORDER BY seen",
                CustodyJournal::observation,
                time.toEpochMilli());
    }

    private static CustodyObservation observation(ResultSet row) throws SQLException {
        return RecordCodec.CUSTODY.decode(row.getBytes(1));
    }

    void said(String scope, List<CustodyObservation> all) throws IngestException {
        together(() -> {
            for (CustodyObservation one : all) {
                Instant until = one.times().watchedUntil();
                run(
                        "INSERT OR REPLACE INTO custody_observations VALUES (?, ?, ?, ?, ?, ?)",
                        scope,
                        EventKeys.of(one),
                        one.times().seen().toEpochMilli(),
                        until == null ? Long.MAX_VALUE : until.toEpochMilli(),
                        RecordCodec.CUSTODY.encode(one));
            }
        });
    }

    /**
     * Forgets what is of no use any more.
     *
     * @param made digests that were made before
     * @param seen objects that were seen before
     * @param watched observations that were watched until before that: they stand as they are
     */
    void forget(Instant made, Instant seen, Instant watched) throws IngestException {
        together(() -> {
            run("DELETE FROM custody_digests WHERE source = ? AND made <= ?", made.toEpochMilli());
            run("DELETE FROM custody_objects WHERE source = ? AND seen < ?", seen.toEpochMilli());
            run("DELETE FROM custody_read WHERE source = ? AND seen < ?", seen.toEpochMilli());
            run("DELETE FROM custody_observations WHERE source = ? AND watched_until < ?", watched.toEpochMilli());
        });
    }

    // ---- SQL

    /** What is written down at once or not at all. */
    private interface Writing {
        void write() throws IngestException;
    }

    private void together(Writing writing) throws IngestException {
        try {
            connection.setAutoCommit(false);
            boolean written = false;
            try {
                writing.write();
                connection.commit();
                written = true;
            } finally {
                if (!written) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new IngestException("custody cannot be written down", e);
        }
    }

    /** The first parameter is always the source. */
    private void run(String sql, @Nullable Object... values) throws IngestException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IngestException("custody cannot be written down", e);
        }
    }

    private <T> List<T> select(String sql, Row<T> read, @Nullable Object... values) throws IngestException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            List<T> all = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    all.add(read.of(row));
                }
            }
            return all;
        } catch (SQLException e) {
            throw new IngestException("what is written down of custody cannot be read", e);
        }
    }

    private void set(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        statement.setString(1, source);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 2, values[i]);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("custody's file cannot be closed", e);
        }
    }
}
