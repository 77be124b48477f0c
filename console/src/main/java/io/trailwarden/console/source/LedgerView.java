package io.trailwarden.console.source;

import java.time.Instant;
import java.util.List;

/** The account of every record: what came in against what became of it. */
public interface LedgerView {

    /**
     * The ledger now.
     *
     * @throws SourceException if the tables cannot be read
     */
    Report read() throws SourceException;

    /**
     * The latest dead letters of one reason, at most {@code limit}.
     *
     * @throws SourceException if the tables cannot be read
     */
    List<Dead> dead(String reason, int limit) throws SourceException;

    /**
     * All sources, and the dead letters by reason.
     *
     * @param at when it was read
     */
    record Report(Instant at, List<Entry> sources, List<DeadReason> deadLetters) {}

    /**
     * One source: {@code received = stored + duplicates + deadLettered + inFlight}.
     *
     * @param received records of all objects that were read to their end
     */
    record Entry(String source, long received, long stored, long duplicates, long deadLettered) {

        /**
         * Records whose outcome is not in the tables yet. Negative while an object is being read: its records reach the
         * tables before the word of how many it holds.
         */
        public long inFlight() {
            return received - stored - duplicates - deadLettered;
        }

        /** Whether every record received has its one outcome in the tables. */
        public boolean balances() {
            return inFlight() == 0;
        }
    }

    /** How many records died of one reason. */
    record DeadReason(String reason, long count) {}

    /**
     * One dead letter.
     *
     * @param payload the original bytes, possibly cut
     * @param payloadLength their true length
     */
    record Dead(
            String reason,
            String message,
            String place,
            String source,
            String object,
            long offset,
            Instant ingestedAt,
            byte[] payload,
            long payloadLength) {}
}
