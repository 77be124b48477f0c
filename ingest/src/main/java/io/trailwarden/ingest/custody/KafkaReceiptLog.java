package io.trailwarden.ingest.custody;

import io.trailwarden.event.Receipt;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.kafka.Interrupts;
import io.trailwarden.kafka.TopicReader;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Topic {@code audit.receipts}. Belongs to one thread. */
public final class KafkaReceiptLog implements ReceiptLog {

    private final TopicReader<Receipt> reader;

    private KafkaReceiptLog(TopicReader<Receipt> reader) {
        this.reader = reader;
    }

    /**
     * Connects as these properties say, in no group.
     *
     * @param connection {@code bootstrap.servers} and, where needed, security settings
     */
    public static KafkaReceiptLog open(Map<String, String> connection) {
        Map<String, String> named = new HashMap<>(connection);
        named.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "trailwarden-custody");
        return new KafkaReceiptLog(TopicReader.open(Topics.RECEIPTS, named));
    }

    @Override
    public Map<Integer, Long> read(Map<Integer, Long> from, Consumer<Receipt> receipts)
            throws IngestException, InterruptedException {
        try {
            reader.from(from);
            reader.readToEnd((at, receipt) -> receipts.accept(receipt));
            return reader.positions();
        } catch (InterruptException e) {
            throw Interrupts.checked(e);
        } catch (KafkaException e) {
            throw new IngestException("Kafka does not hand out receipts", e);
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
