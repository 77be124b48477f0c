package io.trailwarden.jobs.archive;

import java.io.Serializable;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the job says how far the tables reach: ingesters advance their positions behind it.
 *
 * <p>Called only after the tables are durable, from one thread, with offsets that never go back within a run.
 */
public interface OffsetCommitter extends Serializable {

    /**
     * Records that everything before these offsets is stored. Refusing does no harm to the tables: the next call covers
     * this one's offsets too.
     *
     * @param next per partition the offset after the last stored record
     * @throws OffsetsRefusedException when they could not be recorded now
     */
    void commit(Map<TopicPartition, Long> next) throws OffsetsRefusedException;

    /** Releases connections. */
    void close();

    /** The offsets could not be recorded. */
    final class OffsetsRefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        public OffsetsRefusedException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
