package io.trailwarden.benchmarks.baseline;

import io.trailwarden.embedded.EmbeddedFlink;
import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.flink.TableLoader;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** The whole baseline in this process: Kafka, Flink, ingest and tables below one directory. */
public final class BaselinePipeline implements AutoCloseable {

    private static final TableIdentifier TABLE = TableIdentifier.of("baseline", "audit");

    private final EmbeddedKafka kafka;
    private final EmbeddedFlink flink;
    private final Table table;

    private BaselinePipeline(EmbeddedKafka kafka, EmbeddedFlink flink, Table table) {
        this.kafka = kafka;
        this.flink = flink;
        this.table = table;
    }

    /**
     * Starts it.
     *
     * @param accounts of the organization, by which strangers are known
     * @param checkpoints how long between two
     */
    public static BaselinePipeline start(Path directory, int parallelism, Set<String> accounts, Duration checkpoints)
            throws IOException {
        EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        for (Topic<?> topic : Topics.ALL) {
            kafka.createTopic(topic.name(), parallelism, topic.compacted());
        }
        Path warehouse = Files.createDirectories(directory.resolve("warehouse"));
        CatalogLoader catalogs = CatalogLoader.custom(
                "baseline",
                Map.of(
                        "uri",
                        "jdbc:sqlite:" + warehouse.resolve("catalog.sqlite"),
                        "jdbc.schema-version",
                        "V1",
                        "warehouse",
                        warehouse.toUri().toString()),
                new Configuration(),
                JdbcCatalog.class.getName());
        JdbcCatalog catalog = (JdbcCatalog) catalogs.loadCatalog();
        catalog.createNamespace(Namespace.of("baseline"));
        Table table = catalog.createTable(
                TABLE, BaselineJob.SCHEMA, BaselineJob.BY_DAY, Map.of("write.parquet.compression-codec", "zstd"));
        EmbeddedFlink flink = EmbeddedFlink.start(directory.resolve("flink"), parallelism);
        StreamExecutionEnvironment environment = flink.environment();
        environment.enableCheckpointing(checkpoints.toMillis());
        environment.getConfig().enableObjectReuse();
        BaselineJob.build(
                environment,
                kafka.bootstrapServers(),
                table,
                TableLoader.fromCatalog(catalogs, TABLE),
                accounts,
                parallelism);
        flink.submit(environment, "baseline");
        return new BaselinePipeline(kafka, flink, table);
    }

    /**
     * Reads the generated objects to their end and waits until this many distinct records are in the table.
     *
     * @return how many records were read, with duplicates
     */
    public long run(Path input, Properties producerSettings, long distinct, Duration patience) throws IOException {
        Properties settings = new Properties();
        settings.putAll(producerSettings);
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        CompletableFuture<Long> ingest = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return BaselineIngest.run(input, settings);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                task -> new Thread(task, "ingest-baseline").start());
        long deadline = System.nanoTime() + patience.toNanos();
        long stored = stored();
        while (stored < distinct) {
            if (ingest.isCompletedExceptionally()) {
                ingest.join();
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(stored + " records stored after " + patience + " (expected: " + distinct + ")");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            stored = stored();
        }
        return ingest.join();
    }

    /** How many rows the table has. */
    public long stored() {
        table.refresh();
        return table.currentSnapshot() == null
                ? 0
                : Long.parseLong(table.currentSnapshot().summary().getOrDefault("total-records", "0"));
    }

    @Override
    public void close() {
        flink.close();
        kafka.close();
    }
}
