package io.trailwarden.storage.catalog;

import io.trailwarden.storage.files.LocalFileIO;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of tables in a local warehouse, seen without the catalog: the catalog may be lost while they are all there.
 *
 * @param warehouse the folder above the namespaces
 * @param namespace the catalog namespace of the tables
 */
record TablesOnDisk(Path warehouse, String namespace) {

    /** How Iceberg's catalogs name metadata files: the version counts up with each commit. */
    private static final Pattern METADATA = Pattern.compile("v?([0-9]{1,9})[^/]*\\.metadata\\.json");

    /** Those of a configuration; empty where files are not on this machine, so that nobody can look. */
    static Optional<TablesOnDisk> of(ArchiveConfig config) {
        String warehouse = config.catalogProperties().getOrDefault("warehouse", "");
        return warehouse.startsWith("file:")
                ? Optional.of(new TablesOnDisk(LocalFileIO.path(warehouse), config.namespace()))
                : Optional.empty();
    }

    private Path folder(String table) {
        return warehouse.resolve(namespace).resolve(table);
    }

    /** Whether rows of the table lie there. Metadata alone holds nothing: its process was killed while it made the table. */
    boolean hasRows(String table) {
        Path data = folder(table).resolve("data");
        if (!Files.isDirectory(data)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(data)) {
            return files.anyMatch(Files::isRegularFile);
        } catch (IOException e) {
            throw new UncheckedIOException(data + " cannot be read", e);
        }
    }

    /** The metadata of the table's last commit: the highest version, of equal ones the file written last. */
    Optional<Path> newestMetadata(String table) {
        Path metadata = folder(table).resolve("metadata");
        if (!Files.isDirectory(metadata)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(metadata)) {
            return files.filter(file -> version(file) >= 0)
                    .max(Comparator.comparingInt(TablesOnDisk::version)
                            .thenComparing(file -> file.toFile().lastModified()));
        } catch (IOException e) {
            throw new UncheckedIOException(metadata + " cannot be read", e);
        }
    }

    private static int version(Path file) {
        Matcher name = METADATA.matcher(file.getFileName().toString());
        return name.matches() ? Integer.parseInt(name.group(1)) : -1;
    }
}
