package io.trailwarden.storage.catalog;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import io.trailwarden.storage.files.LocalFileIO;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the tables are and how they are written.
 *
 * <p>{@link #local} keeps everything in one folder: Parquet files, and an SQLite file as catalog. Any other Iceberg
 * catalog works through {@code catalogProperties}. Postgres and S3 are on the class path, Glue is not:
 *
 * <ul>
 *   <li>Postgres: {@code catalog-impl=org.apache.iceberg.jdbc.JdbcCatalog}, {@code uri=jdbc:postgresql://…},
 *       {@code jdbc.user}, {@code jdbc.password}
 *   <li>REST: {@code catalog-impl=org.apache.iceberg.rest.RESTCatalog}, {@code uri=https://…}
 *   <li>Glue: {@code catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog}
 *   <li>files on S3: {@code warehouse=s3://bucket/prefix}, {@code io-impl=org.apache.iceberg.aws.s3.S3FileIO}
 * </ul>
 *
 * @param catalogProperties Iceberg's own names; {@code catalog-impl} names the class
 * @param namespace the catalog namespace of the tables
 * @param openFiles how many Parquet files one writer holds open at a time, at least 1
 * @param rowGroupBytes bytes that one open file buffers before it writes a row group
 * @param parkedBytes bytes of records that one writer keeps waiting for a free file
 */
public record ArchiveConfig(
        Map<String, String> catalogProperties, String namespace, int openFiles, long rowGroupBytes, long parkedBytes)
        implements Serializable {

    /** The tables' namespace unless told otherwise. */
    public static final String NAMESPACE = "trailwarden";

    /** Where the tables are. */
    public static final Setting<Map<String, String>> CATALOG = new Setting<>(
            "storage.catalog",
            Kinds.map(),
            "",
            "properties of an Iceberg catalog; empty: tables in the data directory");

    private static final String S3_FILES = "org.apache.iceberg.aws.s3.S3FileIO";

    public ArchiveConfig {
        catalogProperties = Map.copyOf(catalogProperties);
        if (openFiles < 1) {
            throw new IllegalArgumentException("openFiles: " + openFiles + " (expected: 1 or more)");
        }
    }

    /** Tables where the settings say, or else under this directory. */
    public static ArchiveConfig of(Values values, Path dataDirectory) {
        Map<String, String> catalog = values.get(CATALOG);
        return catalog.isEmpty() ? local(dataDirectory) : of(catalog);
    }

    /** Tables under {@code dataDirectory/warehouse}, with an SQLite file as catalog. */
    public static ArchiveConfig local(Path dataDirectory) {
        Path warehouse = dataDirectory.toAbsolutePath().normalize().resolve("warehouse");
        Map<String, String> properties = new HashMap<>();
        properties.put("catalog-impl", "org.apache.iceberg.jdbc.JdbcCatalog");
        properties.put("uri", "jdbc:sqlite:" + warehouse.resolve("catalog.sqlite"));
        properties.put("jdbc.journal_mode", "WAL");
        properties.put("jdbc.synchronous", "FULL");
        properties.put("jdbc.busy_timeout", "30000");
        properties.put("jdbc.schema-version", "V1");
        properties.put("warehouse", "file://" + warehouse);
        properties.put("io-impl", LocalFileIO.class.getName());
        return of(properties);
    }

    /** Tables in any Iceberg catalog. */
    public static ArchiveConfig of(Map<String, String> catalogProperties) {
        Map<String, String> properties = new HashMap<>(catalogProperties);
        if (S3_FILES.equals(properties.get("io-impl"))) {
            // S3 alone and the one HTTP client that is on the class path; Iceberg's defaults ask for Glue, KMS,
            // DynamoDB
            // and another client.
            properties.putIfAbsent(
                    "s3.client-factory-impl", "org.apache.iceberg.aws.s3.DefaultS3FileIOAwsClientFactory");
            properties.putIfAbsent("http-client.type", "urlconnection");
        }
        return new ArchiveConfig(properties, NAMESPACE, 8, 8L << 20, 24L << 20);
    }
}
