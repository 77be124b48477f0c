package io.trailwarden.app.command.option;

import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.settings.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config} and {@code --data}, which every command that touches data has. */
public final class ConfigOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration; without it, trailwarden.yaml where it is there.")
    @Nullable
    Path file;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory for tables, checkpoints, positions and the embedded broker.")
    @Nullable
    String data;

    /** The configuration with this command's own flags over it. */
    public Configuration read(Io io, Map<String, SettingsReader.Flag> more) {
        Path found = file == null ? null : io.workingDirectory().resolve(file);
        if (found != null && !Files.isRegularFile(found)) {
            throw new BadConfigException(List.of(new ConfigProblem(found.toString(), "is not a file")));
        }
        Path usual = io.workingDirectory().resolve(ConfigReader.DEFAULT_FILE);
        if (found == null && Files.isRegularFile(usual)) {
            found = usual;
        }
        Map<String, SettingsReader.Flag> flags = new LinkedHashMap<>(more);
        if (data != null) {
            flags.put("data", new SettingsReader.Flag("--data", data));
        }
        return ConfigReader.read(found, io.workingDirectory(), io.environment(), flags);
    }

    public Configuration read(Io io) {
        return read(io, Map.of());
    }
}
