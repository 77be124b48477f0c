package io.trailwarden.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far each source is read and stored, in one SQLite file.
 *
 * <p>Only what is stored is written down. A position waits in memory until the archive has passed the last message of
 * everything before it; if the process dies first, the source is read again from the position before, and the same
 * records come with the same keys. So there is nothing to repair after a crash, and losing Kafka loses nothing.
 *
 * <p>A source has one position per key (a file, a log group and Region), a text that only it understands. Positions of
 * one key are confirmed in the order they were added. Safe for any number of threads.
 */
public final class Positions implements AutoCloseable {

    /**
     * Keys are stored about in the order of their delivery. After so many that are not, those behind them are not asked
     * yet; a backfill has tens of thousands on their way.
     */
    private static final int MOST_AHEAD = 1000;

    private record Key(String source, String key) {}

    private record Waiting(String position, Delivery delivery, long bytes) {}

    private final Path file;
    private final Connection connection;
    private final PreparedStatement find;
    private final PreparedStatement save;
    private final FailPoint.Listener failPoints;
    // In the order of delivery.
    private final Map<Key, Deque<Waiting>> waiting = new LinkedHashMap<>();
    private long waitingBytes;

    private Positions(Path file, Connection connection, FailPoint.Listener failPoints) throws SQLException {
        this.file = file;
        this.connection = connection;
        this.failPoints = failPoints;
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA busy_timeout = 10000");
            statement.execute("CREATE TABLE IF NOT EXISTS positions (source TEXT NOT NULL, key TEXT NOT NULL,"
                    + " position TEXT NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID");
        }
        find = connection.prepareStatement("SELECT position FROM positions WHERE source = ? AND key = ?");
        save = connection.prepareStatement("INSERT INTO positions (source, key, position) VALUES (?, ?, ?)"
                + " ON CONFLICT (source, key) DO UPDATE SET position = excluded.position");
    }

    /** Opens the file, or makes it and its folder. */
    public static Positions open(Path file) throws IngestException {
        return open(file, FailPoint.Listener.NONE);
    }

    /** Opens the file, or makes it and its folder; tells the listener before positions are written. */
    public static Positions open(Path file, FailPoint.Listener failPoints) throws IngestException {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            return new Positions(
                    file.toAbsolutePath(),
                    DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath()),
                    failPoints);
        } catch (IOException | SQLException e) {
            throw new IngestException("positions: " + file + " cannot be opened", e);
        }
    }

    /** The file; an ingester may keep tables of its own in it. */
    public Path file() {
        return file;
    }

    /** The newest position of this key, on its way or stored; null if there is none. */
    public synchronized @Nullable String newest(String source, String key) throws IngestException {
        Deque<Waiting> queue = waiting.get(new Key(source, key));
        return queue == null ? stored(source, key) : queue.getLast().position();
    }

    /** The stored position of this key; null if there is none. */
    public synchronized @Nullable String stored(String source, String key) throws IngestException {
        try {
            find.setString(1, source);
            find.setString(2, key);
            try (ResultSet row = find.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        } catch (SQLException e) {
            throw new IngestException("positions: " + source + " " + key + " cannot be read", e);
        }
    }

    /**
     * From now on the key is at this position, once what was delivered is stored.
     *
     * @param bytes how much was delivered, uncompressed
     */
    public synchronized void add(String source, String key, String position, Delivery delivery, long bytes) {
        waiting.computeIfAbsent(new Key(source, key), unused -> new ArrayDeque<>(1))
                .addLast(new Waiting(position, delivery, bytes));
        waitingBytes += bytes;
    }

    /** Forgets stored positions that are of no use any more. */
    public synchronized void forget(String source, Collection<String> keys) throws IngestException {
        if (keys.isEmpty()) {
            return;
        }
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM positions WHERE source = ? AND key = ?")) {
            connection.setAutoCommit(false);
            for (String key : keys) {
                delete.setString(1, source);
                delete.setString(2, key);
                delete.addBatch();
            }
            delete.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw new IngestException("positions: " + keys.size() + " cannot be forgotten", e);
        }
    }

    /** What this source has on its way is not counted on any more: the next pass reads it again. */
    public synchronized void forgetWaiting(String source) {
        waiting.keySet().removeIf(key -> key.source().equals(source));
        waitingBytes = waiting.values().stream()
                .flatMap(Deque::stream)
                .mapToLong(Waiting::bytes)
                .sum();
        notifyAll();
    }

    /**
     * Returns when the archive is at most this many bytes behind. Topics keep a bounded past: who ran further ahead than
     * that would see messages deleted that nobody has stored.
     */
    public synchronized void awaitLead(long maxBytes) throws InterruptedException {
        while (waitingBytes > maxBytes) {
            wait();
        }
    }

    /** How many bytes are delivered and not yet stored. */
    public synchronized long waitingBytes() {
        return waitingBytes;
    }

    /** How many positions wait for the archive. */
    public synchronized int waiting() {
        return waiting.values().stream().mapToInt(Deque::size).sum();
    }

    /**
     * Writes down every position that is now stored.
     *
     * @param committed for each partition the offset of the first message that is not stored
     * @return how many
     */
    public synchronized int confirm(Map<TopicPartition, Long> committed) throws IngestException {
        List<Map.Entry<Key, Waiting>> confirmed = new ArrayList<>();
        int ahead = 0;
        for (Map.Entry<Key, Deque<Waiting>> entry : waiting.entrySet()) {
            for (Waiting next : entry.getValue()) {
                if (!next.delivery().isBehind(committed)) {
                    ahead++;
                    break;
                }
                confirmed.add(Map.entry(entry.getKey(), next));
            }
            if (ahead > MOST_AHEAD) {
                break;
            }
        }
        if (confirmed.isEmpty()) {
            return 0;
        }
        failPoints.reached(FailPoint.BEFORE_POSITION, confirmed.get(0).getKey().key());
        try {
            // A transaction only here: one that a look into the file left open would refuse to write after another
            // connection has.
            connection.setAutoCommit(false);
            for (Map.Entry<Key, Waiting> entry : confirmed) {
                save.setString(1, entry.getKey().source());
                save.setString(2, entry.getKey().key());
                save.setString(3, entry.getValue().position());
                save.addBatch();
            }
            save.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw new IngestException("positions: " + confirmed.size() + " cannot be written", e);
        }
        for (Map.Entry<Key, Waiting> entry : confirmed) {
            Deque<Waiting> queue = waiting.get(entry.getKey());
            if (queue != null) {
                waitingBytes -= queue.removeFirst().bytes();
            }
        }
        for (Iterator<Deque<Waiting>> queues = waiting.values().iterator(); queues.hasNext(); ) {
            if (queues.next().isEmpty()) {
                queues.remove();
            }
        }
        notifyAll();
        return confirmed.size();
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("positions cannot be closed", e);
        }
    }
}
