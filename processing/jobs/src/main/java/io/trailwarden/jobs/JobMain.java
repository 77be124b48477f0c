package io.trailwarden.jobs;

import io.trailwarden.jobs.intake.Detection;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.settings.RefusedException;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.SettingsReader;
import io.trailwarden.settings.Spelling;
import io.trailwarden.settings.Values;
import io.trailwarden.settings.YamlFile;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Submits the detection job to the cluster that Flink's own command names: {@code flink run trailwarden-jobs.jar
 * trailwarden.yaml s3://bucket/checkpoints}. To go on from a checkpoint give {@code --fromSavepoint} and
 * {@code --allowNonRestoredState}, as with any job.
 *
 * <p>The file is the one that every stage reads. Of it the job needs {@code kafka}, {@code storage} and
 * {@code processing}; a Kafka and a catalog must be named, since nothing is embedded there. {@code trailwarden config
 * check} knows the other stages' sections too.
 */
public final class JobMain {

    private static final List<Setting<?>> SETTINGS = settings();

    /** Of the sections that it needs, these settings matter to others alone. */
    private static final Set<String> OTHERS_SETTINGS = Set.of("kafka.port", "kafka.partitions", "kafka.replication");

    private JobMain() {}

    /**
     * What the job is told.
     *
     * @param archive where the tables are
     */
    record Told(KafkaAccess kafka, ArchiveConfig archive, JobSettings settings) {}

    /** Submits the job. */
    public static void main(String[] args) throws Exception { // as declared by StreamExecutionEnvironment.execute
        Told told = read(args, System.getenv());
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        new DetectionJob(
                        DetectionSources.ofKafka(told.kafka()),
                        DetectionSinks.ofKafka(told.kafka(), told.archive()),
                        Detection.standard(),
                        told.settings())
                .build(environment);
        environment.execute(DetectionJob.NAME);
    }

    static Told read(String[] args, Map<String, String> environment) {
        if (args.length != 2) {
            throw new IllegalArgumentException(
                    args.length + " arguments (expected: two, the configuration and a URI for checkpoints)");
        }
        URI checkpoints = URI.create(args[1]);
        if (checkpoints.getScheme() == null) {
            throw new IllegalArgumentException(
                    "checkpoints: \"" + args[1] + "\" (expected: a URI such as s3://bucket/checkpoints)");
        }
        Path file = Path.of(args[0]).toAbsolutePath();
        SettingsReader reader = new SettingsReader(SETTINGS, file.resolveSibling(""), environment);
        reader.file(file, new OthersSections());
        Values values = reader.values(List.of(JobMain::kafka, JobMain::archive));
        return new Told(kafka(values), archive(values), JobSettings.of(JobSettings.Processing.of(values), checkpoints));
    }

    private static KafkaAccess kafka(Values values) {
        if (values.get(KafkaAccess.BOOTSTRAP).isEmpty()) {
            throw new RefusedException(KafkaAccess.BOOTSTRAP, "\"\"", "host:port; a cluster has no embedded Kafka");
        }
        return KafkaAccess.of(values);
    }

    private static ArchiveConfig archive(Values values) {
        if (values.get(ArchiveConfig.CATALOG).isEmpty()) {
            throw new RefusedException(
                    ArchiveConfig.CATALOG, "nothing", "a catalog; a cluster has no data directory for tables");
        }
        return ArchiveConfig.of(values.get(ArchiveConfig.CATALOG));
    }

    private static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(JobSettings.Processing.SETTINGS);
        all.add(KafkaAccess.BOOTSTRAP);
        all.add(KafkaAccess.PROPERTIES);
        all.add(ArchiveConfig.CATALOG);
        return List.copyOf(all);
    }

    /** Whatever stands at the top and does not look like a section of ours that is misspelt. */
    private static final class OthersSections implements SettingsReader.Sections {

        private static final Set<String> OURS = new TreeSet<>(Set.of("kafka", "storage", "processing"));

        @Override
        public Set<String> names() {
            return Set.of();
        }

        @Override
        public boolean know(String key) {
            return OTHERS_SETTINGS.contains(key)
                    || key.indexOf('.') < 0 && Spelling.nearest(key, OURS).isEmpty();
        }

        @Override
        public void take(YamlFile.Entry section, List<ConfigProblem> problems) {
            // It is another stage's, which checks it.
        }
    }
}
