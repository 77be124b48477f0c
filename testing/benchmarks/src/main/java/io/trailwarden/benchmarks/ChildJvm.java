package io.trailwarden.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a class of this class path in a fresh JVM, so that no run profits from what another one warmed up. */
final class ChildJvm {

    private ChildJvm() {}

    /**
     * Runs it to its end, its output going where ours goes.
     *
     * @param flags of the JVM, space-separated
     */
    static void run(Class<?> main, String flags, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (Runtime.getRuntime().availableProcessors() > Bench.PARALLELISM) {
            command.addAll(List.of("taskset", "-c", "0,1"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags.split(" +")));
        command.addAll(List.of(
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).inheritIO().start();
        try {
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException(main.getSimpleName() + " ended with exit code " + exit);
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
