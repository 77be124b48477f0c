package io.trailwarden.ingest;

import java.util.List;

/** What an ingester's contract needs of Kafka and of the archive behind it. */
public interface Broker extends AutoCloseable {

    /** One message as a consumer gets it. */
    record Message(
            String topic,
            int partition,
            long offset,
            String key,
            byte[] value,
            byte[] objectHeader,
            byte[] offsetHeader,
            byte[] rejectedHeader) {

        /** For messages without the header. */
        static final byte[] NO_HEADER = {};
    }

    /** A new connection; the ones before may be gone without having been closed. */
    EventPublisher connect();

    /** How far {@link #store} has come. */
    StoredOffsets stored();

    /** The archive stores all that is there and commits its offsets. Returns what it has stored since the beginning. */
    List<Message> store();

    @Override
    void close();
}
