package io.trailwarden.storage.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.Ledger;
import io.trailwarden.storage.catalog.TableFiles;
import io.trailwarden.storage.catalog.TableFiles.ColumnInfo;
import io.trailwarden.storage.sql.QueryFailedException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.iceberg.exceptions.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs analysts' SQL over the views {@code cloudtrail}, {@code executions}, {@code findings}, {@code finding_revisions},
 * {@code dead_letters}, {@code duplicates}, {@code receipts} and {@code ledger}, as they stand when the query starts.
 *
 * <p>DuckDB runs in child processes only, since single queries are known that end the process they run in or write to
 * files. A query is one SELECT; it sees hard links to (or copies of) the tables' files, made for it; its process is
 * replaced when it was ended, and keeps nothing from one query to the next.
 *
 * <p>Thread-safe. Queries beyond the number of workers wait.
 */
public final class SqlWorkers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SqlWorkers.class);
    private static final Duration START = Duration.ofSeconds(60);
    private static final int LEND_ATTEMPTS = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Archive archive;
    private final Ledger ledger;
    private final SqlSettings settings;
    private final Path scratch;
    private final Sandbox sandbox;
    private final ExecutorService threads;
    private final ScheduledExecutorService clock;
    private final LinkedBlockingQueue<Worker> idle = new LinkedBlockingQueue<>();
    private final Set<Worker> living = ConcurrentHashMap.newKeySet();
    private final Semaphore permits;
    private volatile boolean closed;

    private SqlWorkers(Archive archive, SqlSettings settings, Path scratch, Sandbox sandbox) {
        this.archive = archive;
        this.ledger = archive.ledger();
        this.settings = settings;
        this.scratch = scratch;
        this.sandbox = sandbox;
        this.permits = new Semaphore(settings.workers(), true);
        AtomicInteger number = new AtomicInteger();
        ThreadFactory daemon = task -> {
            Thread thread = new Thread(task, "sql-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        this.threads = Executors.newCachedThreadPool(daemon);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, daemon);
        scheduler.setRemoveOnCancelPolicy(true);
        this.clock = scheduler;
    }

    /** Starts the workers in the background; a query that comes before they are ready waits. */
    public static SqlWorkers start(Archive archive, SqlSettings settings) throws IOException {
        Path scratch = Scratch.open(settings.scratch());
        return start(archive, settings, scratch, Sandbox.strongest(scratch));
    }

    static SqlWorkers start(Archive archive, SqlSettings settings, Path scratch, Sandbox sandbox) {
        SqlWorkers workers = new SqlWorkers(archive, settings, scratch, sandbox);
        for (int i = 0; i < settings.workers(); i++) {
            workers.prepare();
        }
        return workers;
    }

    /** What holds the queries in on this machine. */
    public SqlConfinement confinement() {
        return confinement(sandbox.level());
    }

    /** What would hold queries in, without starting a worker. */
    public static SqlConfinement probe(Path scratchParent) throws IOException {
        Path scratch = Scratch.open(scratchParent);
        try {
            return confinement(Sandbox.strongest(scratch).level());
        } finally {
            Scratch.delete(scratch);
        }
    }

    private static SqlConfinement confinement(SqlConfinement.Level level) {
        List<String> holds = new ArrayList<>();
        List<String> lacks = new ArrayList<>();
        holds.add("Queries run in processes of their own, which are ended at a time limit and replaced.");
        holds.add("Only one SELECT is run; the engine may open no file but the tables' and load no extension.");
        holds.add("The process has an address-space limit (ulimit -v), no credentials and no environment of ours.");
        if (level == SqlConfinement.Level.PROCESS) {
            holds.add("Files are lent as read-only links where the file system enforces that, else as copies.");
            lacks.add("No namespaces: install bubblewrap (Debian: apt install bubblewrap), or allow unprivileged user"
                    + " namespaces, so that the operating system denies other files and the network too.");
        } else {
            holds.add("The process sees no network, no other process, system libraries and lent files read-only ("
                    + (level == SqlConfinement.Level.BUBBLEWRAP ? "bubblewrap" : "unshare") + ").");
        }
        return new SqlConfinement(level, List.copyOf(holds), List.copyOf(lacks));
    }

    /** Runs a query and collects its result, within the limits of the settings. */
    public QueryResult query(String sql) throws QueryFailedException, InterruptedException {
        QueryResult.Collector collector = new QueryResult.Collector();
        QuerySummary summary = start(sql, settings, collector).await();
        return collector.result(summary);
    }

    /** Starts a query whose rows go to {@code consumer} as they come, on another thread. */
    public RunningQuery start(String sql, RowConsumer consumer) {
        return start(sql, settings, consumer);
    }

    /** As {@link #start(String, RowConsumer)}, with other limits of result and time. */
    public RunningQuery start(String sql, SqlSettings limits, RowConsumer consumer) {
        RunningQuery query = new RunningQuery();
        threads.execute(() -> run(query, sql, limits, consumer, null));
        return query;
    }

    /**
     * Writes a query's result as one Parquet file.
     *
     * @param target is replaced; of {@code limits} rows, time and spill (the largest file) count
     */
    public RunningQuery exportParquet(String sql, SqlSettings limits, Path target) {
        RunningQuery query = new RunningQuery();
        threads.execute(() -> run(query, sql, limits, new QueryResult.Collector(), target));
        return query;
    }

    private void run(RunningQuery query, String sql, SqlSettings limits, RowConsumer consumer, @Nullable Path export) {
        boolean permitted = false;
        Worker worker = null;
        boolean reusable = false;
        ScheduledFuture<?> alarm = null;
        try {
            SqlGate.check(sql);
            permits.acquire();
            permitted = true;
            worker = take();
            query.runsOn(worker);
            long started = System.nanoTime();
            alarm = clock.schedule(
                    () -> query.end(new QueryFailedException(
                            Reason.TIMED_OUT,
                            "The query took longer than " + limits.timeout().toSeconds()
                                    + " s and was ended (setting: sql.timeout)")),
                    limits.timeout().toMillis(),
                    TimeUnit.MILLISECONDS);
            worker.send(request(worker, sql, limits, export != null));
            long rows = 0;
            String truncated = null;
            boolean done = false;
            List<QueryColumn> columns = List.of();
            while (!done) {
                JsonNode answer = worker.read();
                if (answer == null) {
                    QueryFailedException ended = query.leave();
                    throw ended != null ? ended : worker.died(limits);
                }
                if (answer.has("columns")) {
                    columns = columns(answer.get("columns"));
                    consumer.columns(columns);
                } else if (answer.has("rows")) {
                    for (JsonNode row : answer.get("rows")) {
                        consumer.row(values(columns, row));
                        rows++;
                    }
                } else if (answer.has("error")) {
                    reusable = true;
                    throw failure(answer.get("error"), limits);
                } else {
                    truncated = truncation(answer.path("end").path("truncated").asText(null), limits);
                    rows = Math.max(rows, answer.path("end").path("rows").asLong());
                    done = true;
                }
            }
            if (export != null) {
                Files.move(worker.own.resolve("result.parquet"), export, StandardCopyOption.REPLACE_EXISTING);
            }
            QueryFailedException ended = query.leave();
            reusable = ended == null;
            query.succeed(new QuerySummary(rows, truncated, Duration.ofNanos(System.nanoTime() - started)));
        } catch (InterruptedException e) {
            query.fail(new QueryFailedException(Reason.CANCELLED, "The query was interrupted", e));
        } catch (IOException | RuntimeException | QueryFailedException e) {
            QueryFailedException ended = query.leave();
            reusable &= ended == null;
            query.fail(ended != null ? ended : e);
        } finally {
            if (alarm != null) {
                alarm.cancel(false);
            }
            if (worker != null) {
                giveBack(worker, reusable);
            }
            if (permitted) {
                permits.release();
            }
        }
    }

    private Worker take() throws QueryFailedException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!closed) {
            Worker worker = idle.poll(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (worker == null) {
                prepare();
                throw new QueryFailedException(
                        Reason.UNAVAILABLE,
                        "No SQL worker could be started within " + START.toSeconds() + " s; the log says why");
            }
            if (worker.isAlive()) {
                return worker;
            }
            end(worker);
            prepare();
        }
        throw new QueryFailedException(Reason.UNAVAILABLE, "The SQL workers are stopped");
    }

    private void giveBack(Worker worker, boolean reusable) {
        if (reusable && !closed && worker.isAlive()) {
            worker.forgetFiles();
            idle.add(worker);
        } else {
            end(worker);
            prepare();
        }
    }

    private void end(Worker worker) {
        living.remove(worker);
        worker.close();
    }

    private void prepare() {
        if (closed) {
            return;
        }
        threads.execute(() -> {
            try {
                Worker worker = Worker.start(scratch, sandbox, settings);
                living.add(worker);
                idle.add(worker);
                if (closed) {
                    end(worker);
                }
            } catch (InterruptedIOException e) {
                // This process got the same signal and is about to close.
                LOG.debug("A SQL worker did not start", e);
            } catch (IOException | RuntimeException e) {
                if (!closed) {
                    LOG.error("Cannot start a SQL worker", e);
                }
            }
        });
    }

    private String request(Worker worker, String sql, SqlSettings limits, boolean export)
            throws IOException, JsonProcessingException {
        ObjectNode request = JSON.createObjectNode();
        request.put("sql", sql);
        request.put("maxRows", Math.min(limits.result().rows(), Long.MAX_VALUE - 1));
        request.put("maxBytes", limits.result().bytes());
        if (export) {
            request.put("export", worker.own.resolve("result.parquet").toString());
        }
        ArrayNode setup = request.putArray("setup");
        setup.add("SET memory_limit = '" + (settings.engine().memoryBytes() >> 20) + "MiB'");
        setup.add("SET threads = " + settings.engine().threads());
        setup.add("SET temp_directory = " + quoted(worker.own.resolve("spill").toString()));
        setup.add("SET max_temp_directory_size = '" + (settings.engine().spillBytes() >> 20) + "MiB'");
        setup.add("SET TimeZone = 'UTC'");
        setup.add("SET autoinstall_known_extensions = false");
        setup.add("SET autoload_known_extensions = false");
        setup.add("SET allow_community_extensions = false");
        setup.add("SET allow_persistent_secrets = false");
        setup.add("SET allowed_directories = [" + quoted(worker.files + "/")
                + (export ? ", " + quoted(worker.own + "/") : "") + "]");
        for (TableFiles table : lend(worker)) {
            setup.add(view(table));
        }
        setup.add("CREATE VIEW findings AS SELECT * FROM finding_revisions"
                + " QUALIFY row_number() OVER (PARTITION BY id ORDER BY revision DESC) = 1");
        setup.add(ledgerView());
        setup.add("SET enable_external_access = false");
        setup.add("SET lock_configuration = true");
        return JSON.writeValueAsString(request);
    }

    /** The tables with the names that the worker may open. */
    private List<TableFiles> lend(Worker worker) throws IOException {
        for (int attempt = 0; ; attempt++) {
            List<TableFiles> lent = new ArrayList<>();
            try {
                for (TableFiles table : archive.tableFiles()) {
                    List<String> names = new ArrayList<>();
                    for (String location : table.locations()) {
                        Path name = worker.files.resolve(table.table() + '-' + names.size() + ".parquet");
                        archive.lend(location, name, confinement().filesReadOnly());
                        names.add(name.toString());
                    }
                    lent.add(new TableFiles(table.table(), table.columns(), names, table.evolved()));
                }
                return lent;
            } catch (NotFoundException | java.nio.file.NoSuchFileException e) {
                // Maintenance removed a file of an expired snapshot; the current one has other files.
                if (attempt == LEND_ATTEMPTS) {
                    throw e;
                }
                worker.forgetFiles();
            }
        }
    }

    private static String view(TableFiles table) {
        String head = "CREATE VIEW " + table.table() + " AS SELECT ";
        if (table.locations().isEmpty()) {
            return head
                    + table.columns().stream()
                            .map(column -> "NULL::" + column.type() + " AS " + column.name())
                            .collect(Collectors.joining(", "))
                    + " WHERE false";
        }
        String columns = table.columns().stream().map(ColumnInfo::name).collect(Collectors.joining(", "));
        return head + columns + " FROM read_parquet("
                + table.locations().stream().map(SqlWorkers::quoted).collect(Collectors.joining(", ", "[", "]"))
                + ", hive_partitioning = false, union_by_name = " + table.evolved() + ')';
    }

    private String ledgerView() throws IOException {
        String rows = ledger.read().stream()
                .map(line -> String.format(
                        Locale.ROOT,
                        "(%s, %d, %d, %d, %d, %d)",
                        quoted(line.source()),
                        line.received(),
                        line.stored(),
                        line.duplicate(),
                        line.deadLettered(),
                        line.inFlight()))
                .collect(Collectors.joining(", "));
        return "CREATE VIEW ledger AS SELECT * FROM (VALUES "
                + (rows.isEmpty() ? "(NULL::VARCHAR, 0, 0, 0, 0, 0)" : rows)
                + ") AS lines(source, received, stored, duplicate, dead_lettered, in_flight) WHERE source IS NOT NULL";
    }

    private static String quoted(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }

    private static QueryFailedException failure(JsonNode error, SqlSettings limits) {
        Reason reason = Reason.valueOf(error.path("reason").asText("FAILED"));
        String message = error.path("message").asText();
        return new QueryFailedException(
                reason,
                reason == Reason.OUT_OF_MEMORY
                        ? "The query needs more than " + (limits.engine().memoryBytes() >> 20)
                                + " MB (setting: sql.memory): " + message
                        : message);
    }

    private static @Nullable String truncation(@Nullable String limit, SqlSettings limits) {
        if (limit == null) {
            return null;
        }
        return limit.equals("rows")
                ? "cut after " + limits.result().rows() + " rows (setting: sql.rows)"
                : "cut after " + limits.result().bytes() + " bytes (setting: sql.bytes)";
    }

    private static List<QueryColumn> columns(JsonNode columns) {
        List<QueryColumn> result = new ArrayList<>();
        columns.forEach(column ->
                result.add(new QueryColumn(column.get(0).asText(), column.get(1).asText())));
        return result;
    }

    private static List<@Nullable Object> values(List<QueryColumn> columns, JsonNode row)
            throws JsonProcessingException {
        List<@Nullable Object> values = new ArrayList<>(row.size());
        for (JsonNode value : row) {
            values.add(
                    switch (value.getNodeType()) {
                        case NULL, MISSING -> null;
                        case BOOLEAN -> value.booleanValue();
                        case STRING -> value.textValue();
                        case NUMBER -> number(columns.get(values.size()), value);
                        default -> new NestedValue(JSON.writeValueAsString(value));
                    });
        }
        return values;
    }

    private static Number number(QueryColumn column, JsonNode value) {
        if (value.isIntegralNumber()) {
            return value.canConvertToLong() ? value.longValue() : value.bigIntegerValue();
        }
        return column.type().startsWith("DECIMAL") ? value.decimalValue() : value.doubleValue();
    }

    /** Ends the workers and whatever they run. */
    @Override
    public void close() {
        closed = true;
        clock.shutdownNow();
        threads.shutdownNow();
        living.forEach(Worker::kill);
        try {
            threads.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        living.forEach(this::end);
        Scratch.delete(scratch);
    }
}
