package io.trailwarden.app.command.option;

import io.trailwarden.settings.SettingsReader.Flag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code run} and {@code ingest} read. */
public final class InputOptions {

    @Option(
            names = "--input",
            paramLabel = "PATH",
            description = "A file or folder of audit records; may be given several times.")
    List<String> inputs = List.of();

    @Option(names = "--follow", description = "Keep watching the inputs for new and growing files.")
    boolean follow;

    public Map<String, Flag> flags() {
        Map<String, Flag> flags = new LinkedHashMap<>();
        if (!inputs.isEmpty()) {
            flags.put("inputs", new Flag("--input", String.join("\n", inputs)));
        }
        if (follow) {
            flags.put("follow", new Flag("--follow", "true"));
        }
        return flags;
    }

    public static void port(Map<String, Flag> flags, @Nullable String port) {
        if (port != null) {
            flags.put("console.port", new Flag("--port", port));
        }
    }
}
