package io.trailwarden.app.config;

import io.trailwarden.console.ConsoleSettings;
import io.trailwarden.ingest.aws.AwsSource;
import io.trailwarden.ingest.source.AwsSources;
import io.trailwarden.jobs.KafkaAccess;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.settings.Explained;
import io.trailwarden.settings.SettingsReader;
import io.trailwarden.settings.SettingsReader.Flag;
import io.trailwarden.settings.Values;
import io.trailwarden.settings.YamlFile;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration of all stages with a {@link SettingsReader}; what it accepts, every stage can start with as far
 * as settings go.
 */
public final class ConfigReader {

    /** The file that is read when none is named and it is there. */
    public static final String DEFAULT_FILE = "trailwarden.yaml";

    /** Variables that are ours but are no settings: the launcher reads them. */
    private static final List<String> LAUNCHER_VARIABLES =
            List.of("TRAILWARDEN_JAVA", "TRAILWARDEN_JAVA_OPTS", "TRAILWARDEN_LOG", "TRAILWARDEN_LIBRARIES_LOG");

    private ConfigReader() {}

    /**
     * Reads and checks.
     *
     * @param file the file, or null for none
     * @param environment the process's variables
     * @param flags values given as flags, by setting
     * @throws BadConfigException with every problem
     */
    public static Configuration read(
            @Nullable Path file, Path workingDirectory, Map<String, String> environment, Map<String, Flag> flags) {
        SettingsReader reader = new SettingsReader(AppSettings.ALL, workingDirectory, environment);
        OtherSections others = new OtherSections(file == null ? workingDirectory : file);
        if (file != null) {
            reader.file(file, others);
        }
        reader.variables(LAUNCHER_VARIABLES);
        reader.flags(flags);
        Values values = reader.values(List.of(SinkSettings::of, ConsoleSettings::of, JobSettings.Processing::of));
        List<Explained> explained = new ArrayList<>(reader.explained());
        explained.add(others.explained());
        explained.addAll(AwsSources.explained());
        return configuration(file, values, others.aws, List.copyOf(explained));
    }

    private static Configuration configuration(
            @Nullable Path file, Values values, List<AwsSource> aws, List<Explained> explained) {
        List<Path> reference = new ArrayList<>();
        if (file != null) {
            reference.add(file);
        }
        reference.addAll(values.get(AppSettings.REFERENCE));
        Path data = values.get(AppSettings.DATA).toAbsolutePath().normalize();
        return new Configuration(
                file,
                data,
                new Configuration.Inputs(values.get(AppSettings.INPUTS), values.get(AppSettings.FOLLOW), aws),
                new Configuration.Reference(
                        List.copyOf(reference), values.get(AppSettings.RULES), values.get(AppSettings.MATURITY)),
                new Configuration.Kafka(
                        values.get(KafkaAccess.BOOTSTRAP),
                        values.get(AppSettings.KAFKA_PORT),
                        values.get(AppSettings.KAFKA_PARTITIONS),
                        values.get(AppSettings.KAFKA_REPLICATION),
                        values.get(KafkaAccess.PROPERTIES)),
                JobSettings.Processing.of(values),
                new Configuration.Tables(values.get(ArchiveConfig.CATALOG).isEmpty(), ArchiveConfig.of(values, data)),
                SinkSettings.of(values),
                values.get(AppSettings.METRICS_LISTEN),
                ConsoleSettings.of(values),
                explained);
    }

    /** Inputs in AWS, and reference data, which has a reader of its own. */
    private static final class OtherSections implements SettingsReader.Sections {

        private final Path file;
        private List<AwsSource> aws = List.of();
        private String origin = "default";

        OtherSections(Path file) {
            this.file = file;
        }

        @Override
        public Collection<String> names() {
            Collection<String> names = new TreeSet<>(ReferenceFile.SECTIONS.keySet());
            names.add(AwsSources.SECTION);
            return names;
        }

        @Override
        public void take(YamlFile.Entry section, List<ConfigProblem> problems) {
            if (section.key().equals(AwsSources.SECTION)) {
                aws = AwsSources.read(file, section.value(), problems);
                origin = YamlFile.place(file, section.value());
            }
        }

        Explained explained() {
            return new Explained(
                    AwsSources.SECTION,
                    String.join(", ", aws.stream().map(AwsSource::source).toList()),
                    origin,
                    "inputs in AWS, a sequence of mappings; only in the file");
        }
    }
}
