package io.trailwarden.storage.catalog;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names of data files. They tell whether a checkpoint can still ask for a file that no table knows:
 * {@code <hex of lineage>-<writer>-a<checkpoint before>-<n>.parquet}.
 */
public final class DataFileNames {

    private DataFileNames() {}

    public static String prefix(String lineage, UUID writer) {
        return HexFormat.of().formatHex(lineage.getBytes(StandardCharsets.UTF_8))
                + '-'
                + writer.toString().replace("-", "");
    }

    public static String label(long afterCheckpoint) {
        return "-a" + afterCheckpoint;
    }

    /** Who wrote a file, or null when the name is not a writer's. */
    public static @Nullable Written parse(String location) {
        String name = location.substring(location.lastIndexOf('/') + 1);
        String[] parts = name.split("-", -1);
        if (parts.length != 4 || !parts[2].startsWith("a") || !parts[3].endsWith(".parquet")) {
            return null;
        }
        try {
            String lineage = new String(HexFormat.of().parseHex(parts[0]), StandardCharsets.UTF_8);
            return new Written(lineage, Long.parseLong(parts[2].substring(1)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** A file's writer: its lineage, and the checkpoint before its records. */
    public record Written(String lineage, long afterCheckpoint) {}
}
