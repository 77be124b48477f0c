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
 * @param engine what one query may use
 * @param result how much one query may give
 */
public record SqlSettings(Path scratch, int workers, Duration timeout, Engine engine, Result result) {

    /**
     * What one query may use.
     *
     * @param memoryBytes its memory ({@code sql.memory})
     * @param threads its threads ({@code sql.threads})
     * @param spillBytes disk that it may use when memory is short ({@code sql.spill})
     */
    public record Engine(long memoryBytes, int threads, long spillBytes) {}

    /**
     * How much one query may give.
     *
     * @param rows its rows ({@code sql.rows})
     * @param bytes its bytes ({@code sql.bytes})
     */
    public record Result(long rows, long bytes) {}

    /** Longest query text in bytes. */
    public static final int MAX_LENGTH = 100_000;

    /** Deepest nesting of parentheses. */
    public static final int MAX_NESTING = 100;

    public SqlSettings {
        if (workers < 1 || engine.threads() < 1 || result.rows() < 1 || result.bytes() < 1) {
            throw new IllegalArgumentException("sql.workers, sql.threads, sql.rows and sql.bytes are at least 1");
        }
    }

    /** Two workers, 60 s, 512 MB, two threads, 1 GB of spilling, 10,000 rows, 64 MB of result. */
    public static SqlSettings defaults(Path scratch) {
        return new SqlSettings(
                scratch, 2, Duration.ofSeconds(60), new Engine(512L << 20, 2, 1L << 30), new Result(10_000, 64L << 20));
    }

    /** The same with other limits of the result, for exports. */
    public SqlSettings withResult(long otherRows, long otherBytes) {
        return new SqlSettings(scratch, workers, timeout, engine, new Result(otherRows, otherBytes));
    }

    /** The same with another number of processes. */
    public SqlSettings withWorkers(int count) {
        return new SqlSettings(scratch, count, timeout, engine, result);
    }

    /** The same with another time. */
    public SqlSettings withTimeout(Duration other) {
        return new SqlSettings(scratch, workers, other, engine, result);
    }

    /** The same with other memory. */
    public SqlSettings withMemory(long otherBytes) {
        return new SqlSettings(
                scratch, workers, timeout, new Engine(otherBytes, engine.threads(), engine.spillBytes()), result);
    }
}
