package io.trailwarden.ingest.file;

import io.trailwarden.ingest.format.ObjectLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a {@link FileIngester} reads.
 *
 * @param source the name in every record's origin
 * @param inputs files and folders; folders are read with all folders in them
 * @param follow whether files may still be written: then a file is read to its end only when it has not changed for
 *     {@code settle}, until then only its complete lines
 * @param settle how long an unchanged file counts as complete
 * @param limits what is refused of one file
 */
public record FileConfig(String source, List<Path> inputs, boolean follow, Duration settle, ObjectLimits limits) {

    /** The default of {@code settle}. */
    public static final Duration SETTLE = Duration.ofSeconds(1);

    public FileConfig {
        inputs = List.copyOf(inputs);
        if (source.isBlank()) {
            throw new IllegalArgumentException("source: \"" + source + "\" (expected: a name)");
        }
        if (settle.isNegative()) {
            throw new IllegalArgumentException("settle: " + settle + " (expected: zero or more)");
        }
    }

    /** Reads what is there as it is. */
    public static FileConfig once(List<Path> inputs) {
        return new FileConfig("file", inputs, false, SETTLE, ObjectLimits.DEFAULT);
    }

    /** Expects more files and growing ones. */
    public static FileConfig follow(List<Path> inputs) {
        return new FileConfig("file", inputs, true, SETTLE, ObjectLimits.DEFAULT);
    }
}
