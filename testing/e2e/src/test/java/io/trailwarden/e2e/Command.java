package io.trailwarden.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

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
    private final CompletableFuture<String> out;
    private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> err;

    private Command(Process process) {
        this.process = process;
        this.out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
        this.err = CompletableFuture.runAsync(() -> lines(process.getErrorStream()));
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
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.trailwarden.app.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(workingDirectory.toFile());
        builder.environment().put("NO_COLOR", "1");
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
        err.join();
        return new Ended(process.exitValue(), out.join(), String.join("\n", errors));
    }

    /** Waits for a line on the error stream; returns it. */
    String awaitError(Predicate<String> wanted, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            for (String line : errors) {
                if (wanted.test(line)) {
                    return line;
                }
            }
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError((process.isAlive() ? "nothing after " + patience : "ended") + ":\n"
                        + String.join("\n", errors));
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
        process.destroy();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static String text(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void lines(InputStream in) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                errors.add(line);
            }
        } catch (IOException e) {
            errors.add("(" + e.getMessage() + ")");
        }
    }
}
