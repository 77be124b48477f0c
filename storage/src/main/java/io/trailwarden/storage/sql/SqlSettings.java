package io.trailwarden.storage.sql;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Limits of analysts' SQL. Every error that a limit causes names its setting.
 *
 * @param scratch an empty folder of the workers' own, on the disk of the tables so that files can be lent without
 *     copying
 * @param workers processes that wait for queries; each runs one at a time
 * @param timeout wall-clock time of one query ({@code sql.timeout})
 * @param memoryBytes memory of one query ({@code sql.memory})
 * @param threads threads of one query ({@code sql.threads})
 * @param spillBytes disk that one query may use when memory is short ({@code sql.spill})
 * @param rows rows of one result ({@code sql.rows})
 * @param bytes bytes of one result ({@code sql.bytes})
 */
public record SqlSettings(
        Path scratch,
        int workers,
        Duration timeout,
        long memoryBytes,
        int threads,
        long spillBytes,
        long rows,
        long bytes) {

    /** Longest query text in bytes. */
    public static final int MAX_LENGTH = 100_000;

    /** Deepest nesting of parentheses. */
    public static final int MAX_NESTING = 100;

    public SqlSettings {
        if (workers < 1 || threads < 1 || rows < 1 || bytes < 1) {
            throw new IllegalArgumentException("sql.workers, sql.threads, sql.rows and sql.bytes are at least 1");
        }
    }

    /** Two workers, 60 s, 512 MB, two threads, 1 GB of spilling, 10,000 rows, 64 MB of result. */
    public static SqlSettings defaults(Path scratch) {
        return new SqlSettings(scratch, 2, Duration.ofSeconds(60), 512L << 20, 2, 1L << 30, 10_000, 64L << 20);
    }

    /** The same with other limits of the result, for exports. */
    public SqlSettings withResult(long otherRows, long otherBytes) {
        return new SqlSettings(scratch, workers, timeout, memoryBytes, threads, spillBytes, otherRows, otherBytes);
    }

    /** The same with another number of processes. */
    public SqlSettings withWorkers(int count) {
        return new SqlSettings(scratch, count, timeout, memoryBytes, threads, spillBytes, rows, bytes);
    }

    /** The same with another time. */
    public SqlSettings withTimeout(Duration other) {
        return new SqlSettings(scratch, workers, other, memoryBytes, threads, spillBytes, rows, bytes);
    }

    /** The same with other memory. */
    public SqlSettings withMemory(long otherBytes) {
        return new SqlSettings(scratch, workers, timeout, otherBytes, threads, spillBytes, rows, bytes);
    }
}
