package io.trailwarden.app.command.option;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.KafkaSetup;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.settings.SettingsReader.Flag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --kafka}: stages run apart meet in a real Kafka. */
public final class StageOptions {

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "The Kafka where the stages meet.")
    @Nullable
    String kafka;

    public Map<String, Flag> flags(Map<String, Flag> more) {
        Map<String, Flag> flags = new LinkedHashMap<>(more);
        if (kafka != null) {
            flags.put("kafka.bootstrap", new Flag("--kafka", kafka));
        }
        return flags;
    }

    /** How to connect; topics that are missing are made. */
    public static Map<String, String> connect(Configuration config) {
        if (config.kafka().embedded()) {
            throw new BadConfigException(List.of(new ConfigProblem(
                    config.file() == null ? "flag --kafka" : config.file().toString(),
                    "kafka.bootstrap: \"\" (expected: host:port of a Kafka; a stage of its own has no embedded one)")));
        }
        Map<String, String> connection = KafkaSetup.connection(config.kafka().bootstrap(), config.kafka());
        KafkaSetup.createTopics(connection, config.kafka());
        return connection;
    }

    public static void say(Io io, String text) {
        io.err().println(text + " Stop with Ctrl-C.");
    }
}
