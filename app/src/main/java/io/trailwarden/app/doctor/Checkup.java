package io.trailwarden.app.doctor;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.DataDirectory;
import io.trailwarden.app.pipeline.JobNumbers;
import io.trailwarden.app.pipeline.KafkaSetup;
import io.trailwarden.app.pipeline.Running;
import io.trailwarden.app.reference.ReferenceSource;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.state.CheckpointFinder;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.sinks.webhook.WebhookConfig;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.Ledger;
import io.trailwarden.storage.sql.SqlConfinement;
import io.trailwarden.storage.sql.SqlWorkers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Every check, in the order in which things go wrong. Looks only: nothing is made, changed or sent, but for a scratch
 * file in the data directory, the question to Kafka whether it is there, and calls to AWS that change nothing.
 */
public final class Checkup {

    private static final long MEGABYTE = 1024 * 1024;
    private static final long LEAST_HEAP = 700 * MEGABYTE;
    private static final long LEAST_MEMORY = 2048 * MEGABYTE;
    private static final long LEAST_DISK = 2048 * MEGABYTE;
    private static final long SAFE_DISK = 20L * 1024 * MEGABYTE;
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(2);
    private static final Instant BUILT_AFTER = Instant.parse("2026-01-01T00:00:00Z");

    private final Configuration config;
    private final List<ReferenceSource> reference;
    private final Clock clock;

    /** Looks at this configuration and this machine. */
    public Checkup(Configuration config, List<ReferenceSource> reference, Clock clock) {
        this.config = config;
        this.reference = List.copyOf(reference);
        this.clock = clock;
    }

    /** Runs all checks. One that breaks is itself a finding and does not hinder the others. */
    public List<Check> run() {
        List<Check> checks = new ArrayList<>();
        add(checks, "java", this::java);
        add(checks, "cpus", this::cpus);
        add(checks, "heap", this::heap);
        add(checks, "memory", this::memory);
        add(checks, "encoding", this::encoding);
        add(checks, "clock", this::clock);
        add(checks, "configuration", this::configuration);
        add(checks, "inputs", this::inputs);
        add(checks, "data-directory", this::dataDirectory);
        add(checks, "data-owner", this::dataOwner);
        add(checks, "data-lock", this::dataLock);
        add(checks, "disk", this::disk);
        add(checks, "kafka", this::kafka);
        add(checks, "topics", this::topics);
        add(checks, "checkpoints", this::checkpoints);
        add(checks, "tables", this::tables);
        add(checks, "ledger", this::ledger);
        add(checks, "learning", this::learning);
        add(checks, "console-port", this::consolePort);
        add(checks, "console-access", this::consoleAccess);
        add(checks, "sql-confinement", this::sqlConfinement);
        add(checks, "temporary-files", this::temporaryFiles);
        add(checks, "webhook", this::webhook);
        addAll(checks, "aws", new AwsChecks(config, clock)::run);
        return checks;
    }

    private static void add(List<Check> checks, String name, Callable<Check> check) {
        addAll(checks, name, () -> List.of(check.call()));
    }

    private static void addAll(List<Check> checks, String name, Callable<List<Check>> some) {
        try {
            checks.addAll(some.call());
        } catch (Exception e) { // Callable declares it, and a broken check must not end the others
            checks.add(Check.bad(name, "the check itself failed: " + e, "report it with TRAILWARDEN_LOG=debug"));
        }
    }

    private Check java() {
        int version = Runtime.version().feature();
        String found = "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
        return version >= 17
                ? Check.well("java", found)
                : Check.bad("java", found, "install a JDK, 17 or newer, and set JAVA_HOME");
    }

    private Check cpus() {
        int cpus = Runtime.getRuntime().availableProcessors();
        int wanted = config.processing().parallelism();
        return cpus >= wanted
                ? Check.well("cpus", cpus + " for parallelism " + wanted)
                : Check.warning("cpus", cpus + " for parallelism " + wanted, "set processing.parallelism to " + cpus);
    }

    private Check heap() {
        long heap = Runtime.getRuntime().maxMemory();
        return heap >= LEAST_HEAP
                ? Check.well("heap", heap / MEGABYTE + " MB")
                : Check.bad("heap", heap / MEGABYTE + " MB", "give Java more: TRAILWARDEN_JAVA_OPTS=-Xmx1g");
    }

    private Check memory() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            long total = system.getTotalMemorySize();
            return total >= LEAST_MEMORY
                    ? Check.well("memory", total / MEGABYTE + " MB in this machine or container")
                    : Check.warning(
                            "memory",
                            total / MEGABYTE + " MB in this machine or container",
                            "2048 MB or more leave room beside the heap for state and queries");
        }
        return Check.warning("memory", "this Java does not tell", "make sure of 2048 MB or more");
    }

    private Check encoding() {
        Charset charset = Charset.defaultCharset();
        return charset.equals(StandardCharsets.UTF_8)
                ? Check.well("encoding", "UTF-8")
                : Check.warning(
                        "encoding", charset.toString(), "start with ./trailwarden, or add -Dfile.encoding=UTF-8");
    }

    /** Against the file system, whose clock is another machine's where the data lies on a network. */
    private Check clock() throws IOException {
        Instant now = clock.instant();
        if (now.isBefore(BUILT_AFTER)) {
            return Check.bad("clock", now.toString(), "set the clock (timedatectl set-ntp true)");
        }
        Path directory = existing(config.data());
        if (!Files.isWritable(directory)) {
            return Check.well("clock", now.toString());
        }
        Path file = Files.createTempFile(directory, ".doctor", ".tmp");
        try {
            Duration skew = Duration.between(Files.getLastModifiedTime(file).toInstant(), clock.instant())
                    .abs();
            return skew.compareTo(CLOCK_TOLERANCE) < 0
                    ? Check.well("clock", now + ", as the disk's")
                    : Check.warning(
                            "clock",
                            now + ", " + skew.toSeconds() + " s from the disk's",
                            "synchronise the clocks (timedatectl set-ntp true)");
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private Check configuration() {
        List<ConfigProblem> problems = new ArrayList<>();
        int entries = 0;
        for (ReferenceSource source : reference) {
            entries += source.read(problems).size();
        }
        String file =
                config.file() == null ? "defaults, no file" : config.file().toString();
        return problems.isEmpty()
                ? Check.well("configuration", file + "; " + entries + " entries of reference data")
                : Check.bad(
                        "configuration",
                        problems.size() + " problems, the first: " + problems.get(0),
                        "trailwarden config check lists them all");
    }

    private Check inputs() {
        for (Path input : config.inputs().files()) {
            if (!Files.isReadable(input)) {
                return Check.bad(
                        "inputs",
                        input + (Files.exists(input) ? " cannot be read" : " does not exist"),
                        "correct inputs in the file, or --input");
            }
        }
        return config.inputs().files().isEmpty() && config.inputs().aws().isEmpty()
                ? Check.warning("inputs", "none", "name some: inputs or aws in the file, or --input")
                : Check.well(
                        "inputs",
                        config.inputs().files().size() + " readable, "
                                + config.inputs().aws().size() + " in AWS");
    }

    private Check dataDirectory() throws IOException {
        Path data = config.data();
        Path there = existing(data);
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            return Check.bad(
                    "data-directory",
                    there + " cannot be written by " + System.getProperty("user.name"),
                    "choose another with --data, or chown it");
        }
        return Check.well("data-directory", Files.exists(data) ? data.toString() : data + " (will be made)");
    }

    private Check dataOwner() throws IOException {
        Path data = config.data();
        if (!Files.exists(data)) {
            return Check.well("data-owner", "nothing there yet");
        }
        String owner = Files.getOwner(data, LinkOption.NOFOLLOW_LINKS).getName();
        String user = System.getProperty("user.name");
        return owner.equals(user)
                ? Check.well("data-owner", owner)
                : Check.warning(
                        "data-owner",
                        owner + ", but this is " + user,
                        "run as " + owner + ", or chown -R " + user + " " + data);
    }

    private Check dataLock() throws IOException {
        String holder = DataDirectory.holder(config.data());
        return holder == null
                ? Check.well("data-lock", "free")
                : Check.warning(
                        "data-lock",
                        "process " + holder + " runs on it",
                        "that is fine while you only look; a second run needs another --data");
    }

    private Check disk() throws IOException {
        FileStore store = Files.getFileStore(existing(config.data()));
        long free = store.getUsableSpace();
        String found = free / MEGABYTE + " MB free on " + store.name();
        if (free < LEAST_DISK) {
            return Check.bad("disk", found, "free some space, or move the data directory with --data");
        }
        return free < SAFE_DISK
                ? Check.warning("disk", found, "a million records need about 1 GB; watch it")
                : Check.well("disk", found);
    }

    private Check kafka() {
        if (config.kafka().embedded()) {
            Path directory = config.data().resolve("kafka");
            return Files.isDirectory(directory) && !Files.isReadable(directory.resolve("meta.properties"))
                    ? Check.bad(
                            "kafka",
                            "embedded, but " + directory + " has no readable meta.properties",
                            "stop what runs there and delete " + directory + "; nothing is lost by that")
                    : Check.well("kafka", Files.isDirectory(directory) ? "embedded, in " + directory : "embedded, new");
        }
        for (String address : config.kafka().bootstrap().split(",")) {
            int colon = address.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(
                                address.substring(0, colon).strip(),
                                Integer.parseInt(address.substring(colon + 1).strip())),
                        3000);
                return Check.well("kafka", "answers at " + address.strip());
            } catch (IOException | RuntimeException e) {
                // Any of several addresses is enough.
                continue;
            }
        }
        return Check.bad(
                "kafka",
                "nothing answers at " + config.kafka().bootstrap(),
                "start it, or correct kafka.bootstrap (host:port)");
    }

    private Check topics() throws InterruptedException {
        if (config.kafka().embedded()) {
            return Check.well("topics", "made at the start");
        }
        Map<String, Object> settings =
                new HashMap<>(KafkaSetup.connection(config.kafka().bootstrap(), config.kafka()));
        settings.put("default.api.timeout.ms", "5000");
        settings.put("request.timeout.ms", "5000");
        try (Admin admin = Admin.create(settings)) {
            Set<String> there = admin.listTopics().names().get(10, TimeUnit.SECONDS);
            List<String> missing = Topics.ALL.stream()
                    .map(Topic::name)
                    .filter(name -> !there.contains(name))
                    .toList();
            return missing.isEmpty()
                    ? Check.well("topics", "all " + Topics.ALL.size() + " are there")
                    : Check.warning(
                            "topics",
                            "missing: " + String.join(", ", missing),
                            "they are made by the first stage that starts, if the broker allows it; else make them,"
                                    + " audit.reference, audit.receipts and job-status with cleanup.policy=compact");
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            return Check.bad(
                    "topics",
                    "cannot be listed: " + (e.getCause() == null ? e : e.getCause()),
                    "correct kafka.bootstrap and kafka.properties (security.protocol, SASL, truststore)");
        }
    }

    /** Only whether somebody listens there: a message that is no finding would disturb people. */
    private Check webhook() {
        WebhookConfig webhook = config.sinks().webhook();
        if (webhook == null) {
            return Check.well("webhook", "not used");
        }
        URI url = webhook.url();
        int port = url.getPort() >= 0 ? url.getPort() : "http".equals(url.getScheme()) ? 80 : 443;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(url.getHost(), port), 3000);
            return Check.well("webhook", url.getHost() + ":" + port + " answers");
        } catch (IOException | IllegalArgumentException e) {
            return Check.bad(
                    "webhook",
                    "nothing answers at " + url.getHost() + ":" + port,
                    "correct webhook.url, or open the way out to it (proxy, firewall)");
        }
    }

    private Check checkpoints() throws IOException {
        Path directory = DataDirectory.checkpoints(config.data());
        CheckpointFinder.Found found = new CheckpointFinder(directory).newest();
        if (found instanceof CheckpointFinder.Found.AllDamaged damaged) {
            return Check.bad(
                    "checkpoints",
                    damaged.explanation(),
                    "stop what runs there and move " + directory + " away; nothing stored is lost by that");
        }
        if (found instanceof CheckpointFinder.Found.Usable usable) {
            return usable.skipped().isEmpty()
                    ? Check.well("checkpoints", "newest is readable: " + usable.path())
                    : Check.warning(
                            "checkpoints",
                            usable.skipped().size() + " damaged, then a readable one: " + usable.path(),
                            "check the disk; the pipeline goes on from the readable one");
        }
        return Check.well("checkpoints", "none yet");
    }

    private Check tables() throws IOException {
        if (!haveTables()) {
            return Check.well("tables", "none yet");
        }
        try (Archive archive = Archive.open(config.tables().archive())) {
            return Check.well("tables", archive.tableFiles().size() + " tables can be read");
        } catch (RuntimeException e) {
            return Check.bad(
                    "tables",
                    "cannot be read: " + e.getMessage(),
                    "restore " + config.data().resolve("warehouse") + " from a backup, or check storage.catalog");
        }
    }

    private Check ledger() throws IOException {
        if (!haveTables()) {
            return Check.well("ledger", "nothing received yet");
        }
        try (Archive archive = Archive.open(config.tables().archive())) {
            Ledger.Line total = Ledger.total(archive.ledger().read());
            if (total.balances()) {
                return Check.well("ledger", String.format(Locale.ROOT, "balances at %,d records", total.received()));
            }
            return Check.warning(
                    "ledger",
                    String.format(Locale.ROOT, "%,d records in flight", total.inFlight()),
                    "if nothing runs, start it again: it reads them again; trailwarden ledger --verify tells more");
        }
    }

    /** Silence means "nothing new" only about what is learned. */
    private Check learning() throws IOException {
        String kafka = config.kafka().embedded()
                ? Running.find(config.data()).map(Running::kafka).orElse("")
                : config.kafka().bootstrap();
        if (kafka.isEmpty()) {
            return Check.well("learning", "known while a pipeline runs on the data directory");
        }
        Map<String, JobNumbers.Progress> learning =
                JobNumbers.read(KafkaSetup.connection(kafka, config.kafka())).learning();
        String found = learning.isEmpty()
                ? "nothing to learn yet"
                : learning.entrySet().stream()
                        .map(each -> String.format(
                                Locale.ROOT,
                                "%s: %,d learned, %,d still being learned",
                                each.getKey(),
                                each.getValue().learned(),
                                each.getValue().learning()))
                        .collect(Collectors.joining("; "));
        return learning.values().stream().allMatch(each -> each.learned() > 0)
                ? Check.well("learning", found)
                : Check.warning(
                        "learning",
                        found,
                        "what these do for the first time is no finding before their learning period is over"
                                + " (detections.unexpected-principal.learning); expectations speak at once");
    }

    private boolean haveTables() {
        return !config.tables().local() || Files.isDirectory(config.data().resolve("warehouse"));
    }

    private Check consolePort() {
        int port = config.console().port();
        if (port == 0 || !config.console().enabled()) {
            return Check.well("console-port", port == 0 ? "any free one" : "the console is off");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(
                    new InetSocketAddress(InetAddress.getByName(config.console().host()), port));
            return Check.well("console-port", port + " is free");
        } catch (IOException e) {
            return Check.warning(
                    "console-port",
                    port + " is taken",
                    "another one: --port, or console.port; perhaps it runs already");
        }
    }

    /** An open one without a good token is refused before. */
    private Check consoleAccess() {
        return config.console().onlyHere()
                ? Check.well("console-access", "only from this machine")
                : Check.warning(
                        "console-access",
                        config.console().host() + ", with a token but without TLS",
                        "put a proxy with TLS before it, or console.host: 127.0.0.1 and an SSH tunnel");
    }

    private Check sqlConfinement() throws IOException {
        Path scratch = Files.createTempDirectory("trailwarden-doctor-");
        try {
            SqlConfinement confinement = SqlWorkers.probe(scratch);
            return confinement.level() == SqlConfinement.Level.PROCESS
                    ? Check.warning(
                            "sql-confinement",
                            "queries run in plain child processes",
                            String.join(" ", confinement.lacks()))
                    : Check.well(
                            "sql-confinement",
                            "queries are confined by "
                                    + confinement.level().name().toLowerCase(Locale.ROOT));
        } finally {
            Files.deleteIfExists(scratch);
        }
    }

    private Check temporaryFiles() throws IOException {
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        if (!Files.isWritable(directory)) {
            return Check.bad("temporary-files", directory + " cannot be written", "set TMPDIR to a folder that can");
        }
        // Natives of RocksDB, SQLite and DuckDB are unpacked and loaded from there.
        Path file = Files.createTempFile("trailwarden-doctor-", ".sh");
        try {
            return file.toFile().setExecutable(true) && Files.isExecutable(file)
                    ? Check.well("temporary-files", directory.toString())
                    : Check.warning(
                            "temporary-files",
                            directory + " is mounted noexec",
                            "TRAILWARDEN_JAVA_OPTS=-Djava.io.tmpdir=/another/folder");
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Path existing(Path path) {
        Path there = path.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }
}
