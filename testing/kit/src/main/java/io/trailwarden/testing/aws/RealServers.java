package io.trailwarden.testing.aws;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Real servers on loopback, in a process of their own (module {@code testing/servers}): s3proxy, which checks signatures,
 * over a folder; ElasticMQ for SQS; Postgres where it is asked for.
 *
 * <p>They tell time by this machine and not by a simulated clock; {@link FakeAws} is for everything that must go wrong.
 */
public final class RealServers implements AutoCloseable {

    /** The only credentials that S3 lets in. */
    public static final String KEY = "AKIAEXAMPLE000000001";

    /** See {@link #KEY}. */
    public static final String SECRET = "made-up";

    /** The account of every queue. */
    public static final String ACCOUNT = "000000000000";

    private final Process process;
    private final URI s3;
    private final URI sqs;
    private final String postgres;

    private RealServers(Process process, String ports) {
        this.process = process;
        String[] each = ports.split(" ");
        s3 = URI.create("http://127.0.0.1:" + each[0]);
        sqs = URI.create("http://127.0.0.1:" + each[1]);
        postgres = "jdbc:postgresql://127.0.0.1:" + each[2] + "/postgres";
    }

    /**
     * Starts S3 and SQS and returns when they answer.
     *
     * @param folder where buckets are kept, a folder each; what is there already is served again. Queues are in memory
     */
    public static RealServers start(Path folder) {
        return start(folder, "-");
    }

    /** The same with Postgres, empty, whose user {@code postgres} needs no password. */
    public static RealServers startWithPostgres(Path folder) {
        return start(folder, "postgres");
    }

    private static RealServers start(Path folder, String more) {
        Path module = module();
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            module.resolve("target/classes") + ":"
                                    + Files.readString(module.resolve("target/classpath")),
                            "io.trailwarden.testing.servers.ServersMain",
                            folder.toString(),
                            KEY,
                            SECRET,
                            more)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String ports = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            if (ports == null) {
                throw new IllegalStateException("the servers did not start (exit code "
                        + process.onExit().join().exitValue() + ")");
            }
            return new RealServers(process, ports);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The module whose process it is, seen from any module of this repository. */
    private static Path module() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path module = at.resolve("testing/servers");
            if (Files.exists(module.resolve("pom.xml"))) {
                if (!Files.exists(module.resolve("target/classpath"))) {
                    throw new IllegalStateException(module + " is not built (expected: -am, or a build of everything)");
                }
                return module;
            }
        }
        throw new IllegalStateException(
                "not within the repository: " + Path.of("").toAbsolutePath());
    }

    /** S3's address; buckets are named in the path. */
    public URI s3() {
        return s3;
    }

    /** SQS's address. */
    public URI sqs() {
        return sqs;
    }

    /** Postgres's address, as JDBC takes it. */
    public String postgres() {
        return postgres;
    }

    /** URL of the queue with this name. */
    public String queue(String name) {
        return sqs + "/" + ACCOUNT + "/" + name;
    }

    @Override
    public void close() {
        try {
            // The end of its input ends it, and with it Postgres, which a kill would leave behind.
            process.getOutputStream().close();
            process.onExit().get(30, TimeUnit.SECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the servers did not stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
    }
}
