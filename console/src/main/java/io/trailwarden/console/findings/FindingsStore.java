package io.trailwarden.console.findings;

import io.trailwarden.event.Claim;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.event.codec.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The findings, the highest revision of each, and people's decisions about them, in one SQLite file.
 *
 * <p>Findings, and how far the topic was read, change in one transaction: after a crash reading goes on exactly where
 * the findings stop. Applying the same findings again, in any order, changes nothing. Every change gets the next
 * {@code seq}; listeners hear of changes after they are durable, in the order of {@code seq}.
 *
 * <p>Safe for any number of threads: one writes at a time, readers see a consistent snapshot and never wait for it.
 */
public final class FindingsStore implements AutoCloseable {

    private static final int SCHEMA = 1;
    private static final int READERS = 4;
    private static final int FACET_VALUES = 20;
    private static final long[] STEPS = {
        1_000,
        5_000,
        10_000,
        30_000,
        60_000,
        300_000,
        600_000,
        1_800_000,
        3_600_000,
        10_800_000,
        21_600_000,
        43_200_000,
        86_400_000,
        604_800_000,
        2_592_000_000L,
        31_536_000_000L
    };

    private static final String ROW =
            "SELECT f.number, f.seq, f.id, f.revision, f.status, f.severity, f.detection, f.title,"
                    + " f.subject, f.account, f.region, f.principal, f.first_time, f.last_time, f.detected_at, f.event_count,"
                    + " d.number, d.finding_id, d.verdict, d.reason, d.note, d.by, d.at, d.revision, d.event_count, d.severity"
                    + " FROM finding f LEFT JOIN decision d ON d.number = f.decision ";

    private final Path file;
    private final Clock clock;
    private final Connection writer;
    private final BlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);
    private final List<Consumer<List<Change>>> listeners = new CopyOnWriteArrayList<>();
    private final String identity;
    private long seq;
    private volatile long durableSeq;

    private FindingsStore(Path file, Clock clock, Connection writer) throws SQLException {
        this.file = file;
        this.clock = clock;
        this.writer = writer;
        this.identity = prepare(writer);
        for (int i = 0; i < READERS; i++) {
            Connection reader = connect(file);
            reader.setAutoCommit(false);
            readers.add(reader);
        }
        this.seq = one(writer, "SELECT COALESCE(MAX(seq), 0) FROM finding");
        this.durableSeq = seq;
    }

    /**
     * Opens the file, making it and its folder where they are missing.
     *
     * @throws IOException if the file is not a findings store that this version can read
     */
    public static FindingsStore open(Path file, Clock clock) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            return new FindingsStore(file, clock, connect(file));
        } catch (SQLException e) {
            throw new IOException(
                    "cannot open the findings store " + file + ": " + e.getMessage()
                            + " (moved away, it is made anew from the topic; decisions are only in it)",
                    e);
        }
    }

    private static Connection connect(Path file) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = NORMAL");
            statement.execute("PRAGMA busy_timeout = 10000");
            statement.execute("PRAGMA temp_store = MEMORY");
        }
        return connection;
    }

    /** Makes or checks the tables; returns the store's identity. */
    private static String prepare(Connection connection) throws SQLException {
        long version = one(connection, "PRAGMA user_version");
        if (version > SCHEMA) {
            throw new SQLException("it has layout " + version + " (expected: at most " + SCHEMA + ")");
        }
        if (version < SCHEMA) {
            create(connection);
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT value FROM meta WHERE key = 'identity'")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void create(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT");
            statement.execute("CREATE TABLE finding (number INTEGER PRIMARY KEY, seq INTEGER NOT NULL UNIQUE,"
                    + " id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, status TEXT NOT NULL,"
                    + " severity INTEGER NOT NULL, detection TEXT NOT NULL, title TEXT NOT NULL, subject TEXT NOT NULL,"
                    + " account TEXT NOT NULL, region TEXT NOT NULL, principal TEXT NOT NULL,"
                    + " first_time INTEGER NOT NULL, last_time INTEGER NOT NULL, detected_at INTEGER NOT NULL,"
                    + " event_count INTEGER NOT NULL, decision INTEGER) STRICT");
            statement.execute("CREATE INDEX finding_time ON finding (last_time, number)");
            statement.execute("CREATE INDEX finding_severity ON finding (severity, number)");
            // Apart from the slim table, so that counting does not read every description.
            statement.execute("CREATE TABLE finding_text (number INTEGER PRIMARY KEY, body BLOB NOT NULL,"
                    + " search TEXT NOT NULL) STRICT");
            statement.execute("CREATE TABLE decision (number INTEGER PRIMARY KEY, finding_id TEXT NOT NULL,"
                    + " verdict TEXT NOT NULL, reason TEXT, note TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,"
                    + " revision INTEGER NOT NULL, event_count INTEGER NOT NULL, severity INTEGER NOT NULL) STRICT");
            statement.execute("CREATE INDEX decision_finding ON decision (finding_id, number)");
            statement.execute("CREATE TABLE position (topic_id TEXT NOT NULL, partition INTEGER NOT NULL,"
                    + " next INTEGER NOT NULL, PRIMARY KEY (topic_id, partition)) STRICT");
            statement.execute("CREATE TABLE unreadable (topic_id TEXT NOT NULL, partition INTEGER NOT NULL,"
                    + " offset INTEGER NOT NULL, message TEXT NOT NULL, payload BLOB NOT NULL,"
                    + " PRIMARY KEY (topic_id, partition, offset)) STRICT");
            statement.execute("PRAGMA user_version = " + SCHEMA);
            try (PreparedStatement meta =
                    connection.prepareStatement("INSERT INTO meta (key, value) VALUES ('identity', ?)")) {
                meta.setString(1, UUID.randomUUID().toString());
                meta.execute();
            }
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Calls the listener with every change from now on, on the thread that made it; it must return at once. */
    public void listen(Consumer<List<Change>> listener) {
        listeners.add(listener);
    }

    /** Another value means another store, whose {@code seq} starts anew. */
    public String identity() {
        return identity;
    }

    /** The last change. */
    public long seq() {
        return durableSeq;
    }

    /** Stores the batch; returns what it changed, in order of {@code seq}. */
    public List<Change> apply(Batch batch) {
        return write(false, changes -> {
            try (Upsert upsert = new Upsert(writer)) {
                for (Finding finding : batch.findings()) {
                    Change change = upsert.apply(finding);
                    if (change != null) {
                        changes.add(change);
                    }
                }
            }
            try (PreparedStatement position =
                    writer.prepareStatement("INSERT INTO position (topic_id, partition, next) VALUES (?, ?, ?)"
                            + " ON CONFLICT (topic_id, partition) DO UPDATE SET next = excluded.next")) {
                for (Batch.Position each : batch.positions()) {
                    position.setString(1, each.topicId());
                    position.setInt(2, each.partition());
                    position.setLong(3, each.next());
                    position.execute();
                }
            }
            try (PreparedStatement insert = writer.prepareStatement(
                    "INSERT OR IGNORE INTO unreadable (topic_id, partition, offset, message, payload)"
                            + " VALUES (?, ?, ?, ?, ?)")) {
                for (Batch.Unreadable each : batch.unreadable()) {
                    insert.setString(1, each.topicId());
                    insert.setInt(2, each.partition());
                    insert.setLong(3, each.offset());
                    insert.setString(4, each.message());
                    insert.setBytes(5, each.payload());
                    insert.execute();
                }
            }
        });
    }

    /**
     * Adds a decision about each of these findings; ids that are not known are passed over.
     *
     * @param reason required for {@link Decision.Verdict#CLOSED}
     * @return the findings as they are now
     * @throws IllegalArgumentException if a closing reason is missing or superfluous, or the note is too long
     */
    public List<FindingRow> decide(
            Collection<String> ids,
            Decision.Verdict verdict,
            Decision.@Nullable Reason reason,
            String note,
            String by) {
        if ((verdict == Decision.Verdict.CLOSED) != (reason != null)) {
            throw new IllegalArgumentException(
                    verdict == Decision.Verdict.CLOSED
                            ? "reason: missing (expected: one of "
                                    + Arrays.toString(Decision.Reason.values()).toLowerCase(Locale.ROOT) + ")"
                            : "reason: only a closed finding has one");
        }
        if (note.length() > Decision.MAX_NOTE) {
            throw new IllegalArgumentException(
                    "note: " + note.length() + " characters (expected: at most " + Decision.MAX_NOTE + ")");
        }
        List<Change> changed = write(true, changes -> {
            try (Upsert upsert = new Upsert(writer)) {
                for (String id : ids) {
                    Change change = upsert.decide(id, verdict, reason, note, by, clock.instant());
                    if (change != null) {
                        changes.add(change);
                    }
                }
            }
        });
        return changed.stream().map(Change::row).toList();
    }

    private interface Write {
        void into(List<Change> changes) throws SQLException;
    }

    private synchronized List<Change> write(boolean forced, Write write) {
        List<Change> changes = new ArrayList<>();
        long before = seq;
        try {
            // The topic can be read again after a power cut, a person cannot.
            synchronous(forced ? "FULL" : "NORMAL");
            writer.setAutoCommit(false);
            try {
                write.into(changes);
                writer.commit();
            } catch (SQLException | RuntimeException e) {
                seq = before;
                writer.rollback();
                throw e;
            } finally {
                writer.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw failure(e);
        }
        durableSeq = seq;
        if (!changes.isEmpty()) {
            listeners.forEach(listener -> listener.accept(changes));
        }
        return changes;
    }

    private void synchronous(String level) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            statement.execute("PRAGMA synchronous = " + level);
        }
    }

    /** The statements that change findings, within one transaction. */
    private final class Upsert implements AutoCloseable {

        private final PreparedStatement known;
        private final PreparedStatement insert;
        private final PreparedStatement insertText;
        private final PreparedStatement update;
        private final PreparedStatement updateText;
        private final PreparedStatement lastDecision;

        Upsert(Connection connection) throws SQLException {
            known = connection.prepareStatement("SELECT f.number, f.revision, t.body, t.search FROM finding f"
                    + " JOIN finding_text t ON t.number = f.number WHERE f.id = ?");
            insert = connection.prepareStatement("INSERT INTO finding (seq, revision, status, severity, detection,"
                    + " title, subject, account, region, principal, first_time, last_time, detected_at, event_count,"
                    + " decision, number, id) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
            insertText =
                    connection.prepareStatement("INSERT INTO finding_text (body, search, number) VALUES (?, ?, ?)");
            update = connection.prepareStatement("UPDATE finding SET seq = ?, revision = ?, status = ?, severity = ?,"
                    + " detection = ?, title = ?, subject = ?, account = ?, region = ?, principal = ?, first_time = ?,"
                    + " last_time = ?, detected_at = ?, event_count = ?, decision = ? WHERE number = ? AND id = ?");
            updateText = connection.prepareStatement("UPDATE finding_text SET body = ?, search = ? WHERE number = ?");
            lastDecision = connection.prepareStatement(
                    "SELECT number, finding_id, verdict, reason, note, by, at,"
                            + " revision, event_count, severity FROM decision WHERE finding_id = ? ORDER BY number DESC LIMIT 1");
        }

        /** Keeps the finding if it is new or of a higher revision. */
        @Nullable
        Change apply(Finding finding) throws SQLException {
            known.setString(1, finding.id());
            long number = 0;
            try (ResultSet row = known.executeQuery()) {
                if (row.next()) {
                    if (row.getLong(2) >= finding.revision()) {
                        return null;
                    }
                    number = row.getLong(1);
                }
            }
            String search = searchText(finding);
            PreparedStatement text = number == 0 ? insertText : updateText;
            FindingRow row = put(number, finding);
            text.setBytes(1, RecordCodec.FINDING.encode(finding));
            text.setString(2, search);
            text.setLong(3, row.number());
            text.execute();
            return new Change(row, number == 0, search);
        }

        /** Adds a decision to a finding; null if there is no such finding. */
        @Nullable
        Change decide(
                String id,
                Decision.Verdict verdict,
                Decision.@Nullable Reason reason,
                String note,
                String by,
                Instant at)
                throws SQLException {
            known.setString(1, id);
            long number;
            Finding finding;
            String search;
            try (ResultSet row = known.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                number = row.getLong(1);
                finding = RecordCodec.FINDING.decode(row.getBytes(3));
                search = row.getString(4);
            }
            try (PreparedStatement statement = writer.prepareStatement("INSERT INTO decision (finding_id, verdict,"
                    + " reason, note, by, at, revision, event_count, severity) VALUES (?,?,?,?,?,?,?,?,?)")) {
                statement.setString(1, id);
                statement.setString(2, verdict.name());
                statement.setString(3, reason == null ? null : reason.name());
                statement.setString(4, note);
                statement.setString(5, by);
                statement.setLong(6, at.toEpochMilli());
                statement.setLong(7, finding.revision());
                statement.setLong(8, finding.evidence().count());
                statement.setInt(9, finding.detection().severity().ordinal());
                statement.execute();
            }
            return new Change(put(number, finding), false, search);
        }

        private FindingRow put(long known, Finding finding) throws SQLException {
            Decision decision = null;
            lastDecision.setString(1, finding.id());
            try (ResultSet row = lastDecision.executeQuery()) {
                if (row.next()) {
                    decision = decision(row, 1);
                }
            }
            long next = ++seq;
            Claim claim = finding.claim();
            Claim.Subject subject = claim.subject();
            FindingRow row = new FindingRow(
                    known == 0 ? next : known,
                    next,
                    finding.id(),
                    finding.revision(),
                    Status.of(finding, decision),
                    claim.detection().severity(),
                    claim.detection().name(),
                    claim.words().title(),
                    new FindingRow.About(
                            subject.name(),
                            orEmpty(subject.account()),
                            orEmpty(subject.region()),
                            orEmpty(subject.principal())),
                    new FindingRow.Seen(
                            millis(claim.evidence().first()),
                            millis(claim.evidence().last()),
                            millis(finding.detectedAt()),
                            claim.evidence().count()),
                    decision);
            PreparedStatement statement = known == 0 ? insert : update;
            int i = 0;
            statement.setLong(++i, row.seq());
            statement.setLong(++i, row.revision());
            statement.setString(++i, row.status().name());
            statement.setInt(++i, row.severity().ordinal());
            statement.setString(++i, row.detection());
            statement.setString(++i, row.title());
            statement.setString(++i, row.about().subject());
            statement.setString(++i, row.about().account());
            statement.setString(++i, row.about().region());
            statement.setString(++i, row.about().principal());
            statement.setLong(++i, row.seen().firstTime().toEpochMilli());
            statement.setLong(++i, row.seen().lastTime().toEpochMilli());
            statement.setLong(++i, row.seen().detectedAt().toEpochMilli());
            statement.setLong(++i, row.seen().eventCount());
            if (decision == null) {
                statement.setNull(++i, Types.INTEGER);
            } else {
                statement.setLong(++i, decision.number());
            }
            statement.setLong(++i, row.number());
            statement.setString(++i, row.id());
            statement.execute();
            return row;
        }

        @Override
        public void close() throws SQLException {
            for (PreparedStatement each : List.of(known, insert, insertText, update, updateText, lastDecision)) {
                each.close();
            }
        }
    }

    private static String searchText(Finding finding) {
        StringBuilder text = new StringBuilder();
        for (String part : Arrays.asList(
                finding.id(),
                finding.words().title(),
                finding.words().description(),
                finding.detection().name(),
                finding.subject().name(),
                finding.subject().account(),
                finding.subject().region(),
                finding.subject().principal())) {
            if (part != null) {
                text.append(part).append('\n');
            }
        }
        finding.detection().techniques().forEach(each -> text.append(each).append('\n'));
        finding.evidence().eventIds().forEach(each -> text.append(each).append('\n'));
        finding.words().facts().values().forEach(each -> text.append(each).append('\n'));
        return text.toString().toLowerCase(Locale.ROOT);
    }

    /** How far each partition was read, of the topic with this id. */
    public Map<Integer, Long> positions(String topicId) {
        return read(connection -> {
            Map<Integer, Long> positions = new TreeMap<>();
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT partition, next FROM position WHERE topic_id = ?")) {
                statement.setString(1, topicId);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        positions.put(row.getInt(1), row.getLong(2));
                    }
                }
            }
            return positions;
        });
    }

    /** How many records of the topic were not findings. */
    public long unreadable() {
        return read(connection -> one(connection, "SELECT COUNT(*) FROM unreadable"));
    }

    /** How many findings there are. */
    public long size() {
        return read(connection -> one(connection, "SELECT COUNT(*) FROM finding"));
    }

    /**
     * One page of the list.
     *
     * @param cursor {@link FindingPage#next()} of the page before; null for the first
     * @throws BadFilterException if the cursor is not one of ours
     */
    public FindingPage list(FindingFilter filter, FindingPage.Sort sort, @Nullable String cursor, int limit) {
        FindingFilter.Condition condition = filter.condition();
        StringBuilder sql = new StringBuilder(ROW).append("WHERE ").append(condition.sql());
        List<Object> values = new ArrayList<>(condition.values());
        String key =
                switch (sort) {
                    case ARRIVAL -> "f.number";
                    case TIME -> "f.last_time";
                    case SEVERITY -> "f.severity";
                };
        if (cursor != null) {
            sql.append(" AND (").append(key).append(", f.number) < (?, ?)");
            values.addAll(cursorParts(cursor));
        }
        sql.append(" ORDER BY ").append(key).append(" DESC, f.number DESC LIMIT ?");
        values.add(limit + 1);
        return read(connection -> {
            List<FindingRow> rows = rows(connection, sql.toString(), values);
            String next = null;
            if (rows.size() > limit) {
                rows = rows.subList(0, limit);
                FindingRow last = rows.get(limit - 1);
                long part =
                        switch (sort) {
                            case ARRIVAL -> last.number();
                            case TIME -> last.seen().lastTime().toEpochMilli();
                            case SEVERITY -> last.severity().ordinal();
                        };
                next = part + "." + last.number();
            }
            return new FindingPage(rows, next, one(connection, "SELECT COALESCE(MAX(seq), 0) FROM finding"));
        });
    }

    private static List<Object> cursorParts(String cursor) {
        int dot = cursor.indexOf('.');
        try {
            return List.of(Long.parseLong(cursor.substring(0, dot)), Long.parseLong(cursor.substring(dot + 1)));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new BadFilterException("cursor: \"" + cursor + "\" (expected: \"next\" of the page before)");
        }
    }

    /** What changed after {@code after}, in order, at most {@code limit}: how the live stream catches up. */
    public List<Change> changes(long after, int limit) {
        return read(connection -> {
            List<Change> changes = new ArrayList<>();
            String sql = ROW.replace(
                            " FROM finding f", ", t.search FROM finding f JOIN finding_text t ON t.number = f.number")
                    + "WHERE f.seq > ? ORDER BY f.seq LIMIT ?";
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                bind(statement, List.of(after, limit));
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        FindingRow finding = row(row);
                        changes.add(new Change(finding, finding.number() == finding.seq(), row.getString(27)));
                    }
                }
            }
            return changes;
        });
    }

    /** One finding, or null if there is none with this id. */
    public @Nullable StoredFinding find(String id) {
        Optional<StoredFinding> found = read(connection -> {
            List<FindingRow> rows = rows(connection, ROW + "WHERE f.id = ?", List.of(id));
            if (rows.isEmpty()) {
                return Optional.empty();
            }
            Finding finding;
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT body FROM finding_text WHERE number = ?")) {
                statement.setLong(1, rows.get(0).number());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    finding = RecordCodec.FINDING.decode(row.getBytes(1));
                }
            }
            List<Decision> decisions = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement("SELECT number, finding_id, verdict, reason,"
                    + " note, by, at, revision, event_count, severity FROM decision WHERE finding_id = ?"
                    + " ORDER BY number DESC")) {
                statement.setString(1, id);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        decisions.add(decision(row, 1));
                    }
                }
            }
            return Optional.of(new StoredFinding(finding, rows.get(0), decisions));
        });
        return found.orElse(null);
    }

    /** Counts per value of every field. */
    public Facets facets(FindingFilter filter) {
        return read(connection -> {
            Map<String, Facets.Facet> fields = new LinkedHashMap<>();
            for (FindingFilter.Field field : FindingFilter.Field.values()) {
                fields.put(field.parameter(), facet(connection, field, filter.without(field)));
            }
            FindingFilter.Condition condition = filter.condition();
            long total = one(connection, "SELECT COUNT(*) FROM finding f WHERE " + condition.sql(), condition.values());
            return new Facets(total, one(connection, "SELECT COUNT(*) FROM finding"), fields);
        });
    }

    private static Facets.Facet facet(Connection connection, FindingFilter.Field field, FindingFilter filter)
            throws SQLException {
        FindingFilter.Condition condition = filter.condition();
        String column = "f." + field.parameter();
        String sql = "SELECT " + column + ", COUNT(*) FROM finding f WHERE " + condition.sql() + " GROUP BY 1 ORDER BY "
                + (field == FindingFilter.Field.SEVERITY ? "1 DESC" : "2 DESC, 1") + " LIMIT " + (FACET_VALUES + 1);
        List<Facets.Count> counts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, condition.values());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String value = field == FindingFilter.Field.SEVERITY
                            ? Severity.values()[row.getInt(1)].name()
                            : row.getString(1);
                    counts.add(new Facets.Count(value, row.getLong(2)));
                }
            }
        }
        boolean more = counts.size() > FACET_VALUES;
        return new Facets.Facet(more ? counts.subList(0, FACET_VALUES) : counts, more);
    }

    /**
     * Findings over event time.
     *
     * @param buckets how many bars at most
     */
    public Histogram histogram(FindingFilter filter, int buckets) {
        FindingFilter.Condition condition = filter.condition();
        return read(connection -> {
            long first;
            long last;
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT MIN(f.last_time), MAX(f.last_time) FROM finding f WHERE " + condition.sql())) {
                bind(statement, condition.values());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    first = row.getLong(1);
                    last = row.getLong(2);
                }
            }
            long from = filter.from() == null ? first : filter.from().toEpochMilli();
            long to = filter.to() == null ? last + 1 : filter.to().toEpochMilli();
            long step = STEPS[STEPS.length - 1];
            for (long candidate : STEPS) {
                if (Math.floorDiv(to - 1, candidate) - Math.floorDiv(from, candidate) < buckets) {
                    step = candidate;
                    break;
                }
            }
            long begin = Math.floorDiv(from, step) * step;
            long end = (Math.floorDiv(Math.max(to - 1, from), step) + 1) * step;
            TreeMap<Long, long[]> bars = new TreeMap<>();
            try (PreparedStatement statement = connection.prepareStatement("SELECT (f.last_time - " + begin + ") / "
                    + step + ", f.severity, COUNT(*) FROM finding f WHERE " + condition.sql() + " GROUP BY 1, 2")) {
                bind(statement, condition.values());
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        bars.computeIfAbsent(row.getLong(1), unused -> new long[Severity.values().length])[
                                        row.getInt(2)] =
                                row.getLong(3);
                    }
                }
            }
            List<Histogram.Bucket> result = new ArrayList<>();
            for (Map.Entry<Long, long[]> bar : bars.entrySet()) {
                result.add(new Histogram.Bucket(
                        Instant.ofEpochMilli(begin + bar.getKey() * step),
                        Arrays.stream(bar.getValue()).boxed().toList()));
            }
            return new Histogram(Instant.ofEpochMilli(begin), Instant.ofEpochMilli(end), step, result);
        });
    }

    private static List<FindingRow> rows(Connection connection, String sql, List<Object> values) throws SQLException {
        List<FindingRow> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(row(row));
                }
            }
        }
        return rows;
    }

    private static FindingRow row(ResultSet row) throws SQLException {
        row.getLong(17);
        boolean decided = !row.wasNull();
        return new FindingRow(
                row.getLong(1),
                row.getLong(2),
                row.getString(3),
                row.getLong(4),
                Status.valueOf(row.getString(5)),
                Severity.values()[row.getInt(6)],
                row.getString(7),
                row.getString(8),
                new FindingRow.About(row.getString(9), row.getString(10), row.getString(11), row.getString(12)),
                new FindingRow.Seen(
                        Instant.ofEpochMilli(row.getLong(13)),
                        Instant.ofEpochMilli(row.getLong(14)),
                        Instant.ofEpochMilli(row.getLong(15)),
                        row.getLong(16)),
                decided ? decision(row, 17) : null);
    }

    private static Decision decision(ResultSet row, int at) throws SQLException {
        String reason = row.getString(at + 3);
        return new Decision(
                row.getLong(at),
                row.getString(at + 1),
                Decision.Verdict.valueOf(row.getString(at + 2)),
                reason == null ? null : Decision.Reason.valueOf(reason),
                row.getString(at + 4),
                row.getString(at + 5),
                Instant.ofEpochMilli(row.getLong(at + 6)),
                row.getLong(at + 7),
                row.getLong(at + 8),
                Severity.values()[row.getInt(at + 9)]);
    }

    private static void bind(PreparedStatement statement, List<?> values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            statement.setObject(i + 1, values.get(i));
        }
    }

    private static long one(Connection connection, String sql) throws SQLException {
        return one(connection, sql, List.of());
    }

    private static long one(Connection connection, String sql, List<Object> values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    private interface Read<T> {
        T from(Connection connection) throws SQLException;
    }

    /** Reads from one snapshot. */
    private <T> T read(Read<T> read) {
        Connection connection;
        try {
            connection = readers.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the findings store", e);
        }
        try {
            try {
                return read.from(connection);
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            readers.add(connection);
        }
    }

    private IllegalStateException failure(SQLException cause) {
        return new IllegalStateException("the findings store " + file + " failed: " + cause.getMessage(), cause);
    }

    private static Instant millis(Instant time) {
        return Instant.ofEpochMilli(time.toEpochMilli());
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    @Override
    public synchronized void close() {
        try {
            for (int i = 0; i < READERS; i++) {
                readers.take().close();
            }
            writer.close();
        } catch (SQLException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
