package io.trailwarden.e2e;

import io.trailwarden.testing.aws.RealServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The real command in a process of its own, as the launcher starts it. Output is gathered while it runs, so that no pipe
 * fills up.
 */
final class Command implements AutoCloseable {

    /** How it ended. */
    record Ended(int exitCode, String out, String err) {

        /** The output, of a command that must have done what it should. */
        String mustBeFine() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + "\n" + err + "\n" + out);
            }
            return out;
        }
    }

    private final Process process;
    private final ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> out;
    private final CompletableFuture<Void> err;

    private Command(Process process) {
        this.process = process;
        this.out = CompletableFuture.runAsync(() -> gather(process.getInputStream(), output), Command::onThread);
        this.err = CompletableFuture.runAsync(() -> gather(process.getErrorStream(), errors), Command::onThread);
    }

    /** Starts it. */
    static Command start(Path workingDirectory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-Duser.language=tr",
                "-Duser.country=TR",
                "-Duser.timezone=America/Bahia_Banderas",
                // A library that prints to standard output must not be heard there.
                "-Dlogback.statusListenerClass=SYSOUT",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.trailwarden.app.Main"));
        command.addAll(List.of(arguments));
        return start(new ProcessBuilder(command).directory(workingDirectory.toFile()));
    }

    /** Starts a command line as a shell reads it. */
    static Command line(Path workingDirectory, Map<String, String> environment, String line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", line).directory(workingDirectory.toFile());
        builder.environment().putAll(environment);
        return start(builder);
    }

    private static Command start(ProcessBuilder builder) throws IOException {
        builder.environment().put("NO_COLOR", "1");
        // For what stands in for AWS; credentials of this machine must not be used by tests.
        builder.environment().put("AWS_ACCESS_KEY_ID", RealServers.KEY);
        builder.environment().put("AWS_SECRET_ACCESS_KEY", RealServers.SECRET);
        builder.environment().put("CATALOG_PASSWORD", "made-up");
        return new Command(builder.start());
    }

    /** Runs it to its end. */
    static Ended run(Path workingDirectory, Duration patience, String... arguments)
            throws IOException, InterruptedException {
        try (Command command = start(workingDirectory, arguments)) {
            return command.await(patience);
        }
    }

    /** Waits for its end. */
    Ended await(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still running after " + patience + ":\n" + String.join("\n", errors));
        }
        out.join();
        err.join();
        return new Ended(process.exitValue(), String.join("\n", output), String.join("\n", errors));
    }

    /** Waits for a line on the error stream; returns it. */
    String awaitError(Predicate<String> wanted, Duration patience) throws InterruptedException {
        return await(errors, wanted, patience);
    }

    /** Waits for a line on either stream; returns it. */
    String awaitOutput(Predicate<String> wanted, Duration patience) throws InterruptedException {
        return await(null, wanted, patience);
    }

    private String await(@Nullable Iterable<String> lines, Predicate<String> wanted, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            boolean alive = process.isAlive();
            for (Iterable<String> each : lines == null ? List.of(output, errors) : List.of(lines)) {
                for (String line : each) {
                    if (wanted.test(line)) {
                        return line;
                    }
                }
            }
            if (!alive || System.nanoTime() > deadline) {
                throw new AssertionError((alive ? "nothing after " + patience : "ended") + ":\n"
                        + String.join("\n", output) + "\n" + String.join("\n", errors));
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}; returns when the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** {@code kill}, as Ctrl-C does. */
    void stop() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static void gather(InputStream in, Collection<String> lines) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("(" + e.getMessage() + ")");
        }
    }

    private static void onThread(Runnable task) {
        Thread thread = new Thread(task, "output");
        thread.setDaemon(true);
        thread.start();
    }
}
