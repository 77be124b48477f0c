package io.trailwarden.storage.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trailwarden.storage.sql.QueryFailedException.Reason;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One child process and its folders: {@code files} holds what a query may read, {@code own} what it may write. */
final class Worker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** Address space beside the query's memory: the JVM, the engine's library, thread stacks. */
    private static final long OVERHEAD = 1400L << 20;

    /** The engine's library is unpacked into the scratch folder, so a file may have that size in any case. */
    private static final long LARGEST_LIBRARY = 128L << 20;

    private static final int MAX_LINE = 64 << 20;
    private static final int MAX_COMPLAINT = 4096;

    /** How a process ends by a signal: 128 and its number. */
    private static final int SIGINT = 128 + 2;

    private static final int SIGTERM = 128 + 15;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_LINE)
                            .maxNestingDepth(1000)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    final Path files;
    final Path own;
    private final Path folder;
    private final Process process;
    private final InputStream answers;
    private final StringBuffer complaints = new StringBuffer();

    private Worker(Path folder, Path files, Path own, Process process) {
        this.folder = folder;
        this.files = files;
        this.own = own;
        this.process = process;
        this.answers = new BufferedInputStream(process.getInputStream(), 1 << 16);
        Thread drain = new Thread(this::drainComplaints, "sql-worker-errors");
        drain.setDaemon(true);
        drain.start();
    }

    /** Starts a process and waits until it is ready for a query. */
    static Worker start(Path scratch, Sandbox sandbox, SqlSettings settings) throws IOException {
        Path folder = Files.createTempDirectory(scratch, "worker");
        Path files = Files.createDirectory(folder.resolve("files"));
        Path own = Files.createDirectory(folder.resolve("own"));
        Path root = Files.createDirectory(folder.resolve("root"));
        Set<String> readable = new LinkedHashSet<>();
        Path java = Path.of(System.getProperty("java.home")).toRealPath();
        readable.add(java.toString());
        List<String> classpath = classpath();
        readable.addAll(classpath);
        readable.add(files.toString());
        List<String> command = List.of(
                java.resolve("bin/java").toString(),
                "-Xmx128m",
                "-Xss4m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=48m",
                "-XX:MaxMetaspaceSize=96m",
                "-XX:CompressedClassSpaceSize=32m",
                "-XX:-UsePerfData",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null",
                "-Dfile.encoding=UTF-8",
                "-Duser.timezone=UTC",
                "-Duser.language=en",
                "-Duser.country=US",
                "-Djava.io.tmpdir=" + own,
                "-cp",
                String.join(System.getProperty("path.separator"), classpath),
                SqlWorkerMain.class.getName());
        ProcessBuilder builder = new ProcessBuilder(sandbox.wrap(
                command,
                readable,
                root,
                own,
                settings.engine().memoryBytes() + OVERHEAD,
                Math.max(settings.engine().spillBytes(), LARGEST_LIBRARY)));
        builder.directory(own.toFile());
        // No credentials, tokens or options of ours travel into the process that runs a stranger's text.
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        Worker worker = new Worker(folder, files, own, builder.start());
        try {
            JsonNode first = worker.read();
            if (first == null && worker.endedBySignal()) {
                throw new InterruptedIOException("The SQL worker was ended by a signal before it was ready");
            }
            if (first == null || !first.path("ready").asBoolean()) {
                throw new IOException("The SQL worker did not start: " + worker.complaint());
            }
        } catch (IOException | RuntimeException e) {
            worker.close();
            throw e;
        }
        return worker;
    }

    /** Interrupted or terminated, as all processes of a terminal are by Ctrl-C. */
    private boolean endedBySignal() {
        try {
            return process.waitFor(1, TimeUnit.SECONDS)
                    && (process.exitValue() == SIGINT || process.exitValue() == SIGTERM);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<String> classpath() throws IOException {
        Set<String> places = new LinkedHashSet<>();
        for (Class<?> type : List.of(
                SqlWorkerMain.class,
                org.duckdb.DuckDBDriver.class,
                JsonFactory.class,
                ObjectMapper.class,
                com.fasterxml.jackson.annotation.JsonProperty.class)) {
            CodeSource source = type.getProtectionDomain().getCodeSource();
            if (source == null) {
                throw new IOException("Cannot tell which jar holds " + type.getName());
            }
            places.add(Path.of(java.net.URI.create(source.getLocation().toString()))
                    .toRealPath()
                    .toString());
        }
        return new ArrayList<>(places);
    }

    void send(String request) throws IOException {
        process.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** The next line, or null when the process has ended. What it says is not trusted: only lengths are bounded here. */
    @Nullable
    JsonNode read() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(1 << 12);
        for (int b; (b = answers.read()) != '\n'; ) {
            if (b < 0) {
                return null;
            }
            if (line.size() == MAX_LINE) {
                throw new IOException("The SQL worker sent a line of more than " + MAX_LINE + " bytes");
            }
            line.write(b);
        }
        return JSON.readTree(line.toByteArray());
    }

    /** Why a process that ended did so. */
    QueryFailedException died(SqlSettings settings) {
        String how;
        try {
            how = process.waitFor(5, TimeUnit.SECONDS) ? "exit code " + process.exitValue() : "its output is closed";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            how = "interrupted";
        }
        LOG.warn("A SQL worker ended while it ran a query ({}): {}", how, complaint());
        return new QueryFailedException(
                Reason.OUT_OF_MEMORY,
                "The query ended its process (" + how + "), most likely because it needed more than "
                        + (settings.engine().memoryBytes() >> 20)
                        + " MB (setting: sql.memory). Nothing else is affected.");
    }

    private String complaint() {
        return complaints.toString().replaceAll("\\p{Cntrl}", " ").strip();
    }

    private void drainComplaints() {
        byte[] buffer = new byte[1024];
        try (InputStream errors = process.getErrorStream()) {
            for (int read; (read = errors.read(buffer)) >= 0; ) {
                if (complaints.length() < MAX_COMPLAINT) {
                    complaints.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            LOG.debug("The SQL worker's error stream is closed", e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process at once; a reader blocked in {@link #read} sees the end. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Removes the files that were lent to the last query. */
    void forgetFiles() {
        Scratch.deleteContents(files);
    }

    @Override
    public void close() {
        kill();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Scratch.delete(folder);
    }
}
