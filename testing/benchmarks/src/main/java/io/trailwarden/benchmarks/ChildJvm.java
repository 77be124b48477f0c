package io.trailwarden.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a class of this class path in a fresh JVM, so that no run profits from what another one warmed up. */
final class ChildJvm {

    /** The options that the launcher gives, which both sides get. */
    static final String LAUNCHERS = "-Xmx1g -XX:+UseSerialGC -Xmn320m -XX:SurvivorRatio=2 -XX:MetaspaceSize=160m"
            + " -XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=2400"
            + " -XX:Tier4CompileThreshold=60000 -XX:Tier4BackEdgeThreshold=160000";

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
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        Process process = builder.start();
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
