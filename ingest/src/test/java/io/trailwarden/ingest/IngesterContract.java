package io.trailwarden.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.Broker.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every ingester promises. A source under test extends this and says how to put records into the source and how to
 * open an ingester on it.
 *
 * <p>Killing is simulated by an error at a {@link FailPoint}: the ingester, its connection and its positions in memory
 * are abandoned, and new ones are opened on the same source and the same file of positions.
 */
public abstract class IngesterContract {

    /** The process is dead. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /** The source under test. */
    public interface Source {

        /** Adds an object that holds these records, each a JSON text or something unreadable. */
        void put(String object, List<String> records);

        /** An ingester on what is there now. */
        Ingester open(EventPublisher publisher, Positions positions, FailPoint.Listener failPoints)
                throws IngestException;
    }

    private static final int OBJECTS = 4;

    @TempDir
    protected Path folder;

    private Source source;
    private Broker broker;

    /** A new, empty source. */
    protected abstract Source newSource(Path folder);

    /** Whether the source itself lists an event once that it has got twice. */
    protected boolean listsTwinsOnce() {
        return false;
    }

    /** Where messages go; in memory unless a test wants the real Kafka. */
    protected Broker newBroker(Path folder) {
        return new MemoryBroker();
    }

    @BeforeEach
    void open() {
        source = newSource(folder.resolve("source"));
        broker = newBroker(folder.resolve("kafka"));
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void everything_arrives_once_with_its_origin_its_key_and_a_receipt() throws Exception {
        fill();

        pass();

        Arrived arrived = new Arrived(broker.store());
        arrived.isComplete();
        assertThat(arrived.deliveries.values())
                .allSatisfy(delivered -> assertThat(delivered).hasSize(1));
        assertThat(arrived.receipts).hasSize(OBJECTS);
    }

    @ParameterizedTest
    @MethodSource("kills")
    void killed_anywhere_loses_nothing(FailPoint point, boolean archiveKeepsUp) throws Exception {
        fill();
        int kills = 0;
        for (int at = 1; at <= OBJECTS + 1; at++) {
            kills += killAt(point, at, archiveKeepsUp) ? 1 : 0;
        }
        assertThat(kills).as("how often the ingester came to %s", point).isGreaterThan(0);

        pass();

        Arrived arrived = new Arrived(broker.store());
        arrived.isComplete();
        arrived.everyDeliveryIsTheSame();
    }

    @ParameterizedTest
    @MethodSource("kills")
    void killed_anywhere_and_Kafka_lost_loses_nothing(FailPoint point, boolean archiveKeepsUp) throws Exception {
        assumeTrue(broker instanceof MemoryBroker, "losing the log is played in memory only");
        fill();
        for (int at = 1; at <= OBJECTS + 1; at++) {
            killAt(point, at, archiveKeepsUp);
            ((MemoryBroker) broker).lose();
        }

        pass();

        new Arrived(broker.store()).isComplete();
    }

    @Test
    void what_is_stored_is_not_read_again() throws Exception {
        fill();
        passAndStore();
        int stored = broker.store().size();

        IngestProgress again = pass();

        assertThat(again.records()).isZero();
        assertThat(again.skipped()).isPositive();
        assertThat(broker.store().size()).isEqualTo(stored);
    }

    @Test
    void what_is_not_stored_is_read_again_after_a_restart() throws Exception {
        fill();
        pass();

        IngestProgress again = pass();

        assertThat(again.records()).isEqualTo(expected().size());
        new Arrived(broker.store()).everyDeliveryIsTheSame();
    }

    @Test
    void what_is_on_its_way_is_not_read_again_by_the_next_pass() throws Exception {
        fill();
        try (EventPublisher publisher = broker.connect();
                Positions positions = Positions.open(folder.resolve("positions.db"));
                Ingester ingester = source.open(publisher, positions, FailPoint.Listener.NONE)) {
            ingester.pass();
            ingester.pass();

            assertThat(ingester.progress().records()).isEqualTo(expected().size());
        }
    }

    @Test
    void what_comes_later_arrives_too() throws Exception {
        source.put("object-0", records(0));
        passAndStore();
        for (int object = 1; object < OBJECTS; object++) {
            source.put("object-" + object, records(object));
        }

        pass();

        new Arrived(broker.store()).isComplete();
    }

    @Test
    void what_cannot_be_read_arrives_rejected_with_reason_place_and_payload() throws Exception {
        source.put("bad", List.of(record("good-1"), "{\"eventVersion\":", record("good-2")));

        pass();

        Arrived arrived = new Arrived(broker.store());
        assertThat(arrived.keys).contains("good-1|111122223333", "good-2|111122223333");
        assertThat(arrived.deadLetters).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.MALFORMED);
            assertThat(letter.place()).contains("record 1");
            assertThat(new String(letter.payload(), StandardCharsets.UTF_8)).contains("{\"eventVersion\":");
            assertThat(letter.origin().offset()).isEqualTo(1);
        });
        assertThat(arrived.receipts).singleElement().satisfies(receipt -> assertThat(receipt.records())
                .isEqualTo(3));
    }

    @Test
    void the_same_record_in_two_objects_keeps_its_key_and_has_two_origins() throws Exception {
        source.put("one", List.of(record("twin"), record("a")));
        source.put("two", List.of(record("twin"), record("b")));

        pass();

        List<Message> twins = broker.store().stream()
                .filter(message -> message.key().equals("twin|111122223333"))
                .toList();
        assertThat(twins).hasSize(listsTwinsOnce() ? 1 : 2);
        assertThat(twins)
                .extracting(Message::partition)
                .containsOnly(twins.get(0).partition());
        assertThat(twins)
                .extracting(message -> new String(message.objectHeader(), StandardCharsets.UTF_8))
                .doesNotHaveDuplicates();
    }

    @Test
    void an_object_without_records_gets_a_receipt() throws Exception {
        source.put("empty", List.of());

        pass();

        assertThat(new Arrived(broker.store()).receipts)
                .allSatisfy(receipt -> assertThat(receipt.records()).isZero());
    }

    // ---- the scenario

    private void fill() {
        for (int object = 0; object < OBJECTS; object++) {
            source.put("object-" + object, records(object));
        }
    }

    private static List<String> records(int object) {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            records.add(i == 3 ? "{\"unknown\":\"" + object + "\"}" : record("e-" + object + "-" + i));
        }
        return records;
    }

    private static Set<String> expected() {
        Set<String> all = new TreeSet<>();
        for (int object = 0; object < OBJECTS; object++) {
            all.addAll(records(object));
        }
        return all;
    }

    /** A CloudTrail record with this id. */
    protected static String record(String id) {
        return "{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-03-02T09:00:00Z\",\"eventSource\":\"iam.amazonaws.com\","
                + "\"eventName\":\"GetUser\",\"eventID\":\"" + id + "\",\"recipientAccountId\":\"111122223333\"}";
    }

    static Stream<Arguments> kills() {
        return Arrays.stream(FailPoint.values())
                .flatMap(point -> Stream.of(Arguments.of(point, true), Arguments.of(point, false)));
    }

    /**
     * Runs a process that is killed when it comes to this point for the nth time.
     *
     * @param archiveKeepsUp whether the archive stores and positions move while objects are still being read, or only
     *     after the pass
     * @return whether it came there
     */
    private boolean killAt(FailPoint point, int time, boolean archiveKeepsUp) throws Exception {
        int[] left = {time};
        Process process = new Process((reached, object) -> {
            if (reached == point && --left[0] == 0) {
                throw new Killed();
            }
        });
        process.archiveKeepsUp = archiveKeepsUp;
        try {
            process.pass();
            process.storeAndConfirm();
            return false;
        } catch (Killed expected) {
            return true;
        } finally {
            process.vanish();
        }
    }

    /** A process that makes a pass and ends before the archive has stored anything of it. */
    private IngestProgress pass() throws Exception {
        Process process = new Process(FailPoint.Listener.NONE);
        process.pass();
        process.vanish();
        return process.ingester.progress();
    }

    /** A process that lives until everything is stored and its positions say so. */
    private void passAndStore() throws Exception {
        Process process = new Process(FailPoint.Listener.NONE);
        process.pass();
        process.storeAndConfirm();
        assertThat(process.positions.waiting()).isZero();
        process.vanish();
    }

    private final class Process {

        private final EventPublisher publisher = broker.connect();
        private final Positions positions;
        private final Ingester ingester;
        private boolean archiveKeepsUp;

        Process(FailPoint.Listener failPoints) throws IngestException {
            positions = Positions.open(folder.resolve("positions.db"), failPoints);
            ingester = source.open(publisher, positions, (point, object) -> {
                failPoints.reached(point, object);
                if (archiveKeepsUp && point == FailPoint.BEFORE_RECEIPT) {
                    confirmWhatIsStored();
                }
            });
        }

        void pass() throws Exception {
            ingester.pass();
        }

        void storeAndConfirm() throws Exception {
            broker.store();
            positions.confirm(broker.stored().committed());
        }

        private void confirmWhatIsStored() {
            try {
                storeAndConfirm();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        void vanish() {
            ingester.close();
            positions.close();
            publisher.close();
        }
    }

    /** What the archive has got. */
    private static final class Arrived {

        private final Set<String> keys = new HashSet<>();
        private final Set<String> values = new TreeSet<>();
        private final Map<String, List<Message>> deliveries = new TreeMap<>();
        private final Map<String, Set<Long>> offsets = new HashMap<>();
        private final List<DeadLetter> deadLetters = new ArrayList<>();
        private final Set<Receipt> receipts = new HashSet<>();

        Arrived(List<Message> messages) {
            OriginCodec origins = new OriginCodec();
            CloudTrailCodec codec = new CloudTrailCodec();
            for (Message message : messages) {
                if (message.topic().equals(Topics.RECEIPTS.name())) {
                    Receipt receipt = RecordCodec.RECEIPT.decode(message.value());
                    assertThat(message.key()).isEqualTo(EventKeys.of(receipt));
                    receipts.removeIf(other -> EventKeys.of(other).equals(EventKeys.of(receipt)));
                    receipts.add(receipt);
                    continue;
                }
                Origin origin = origins.origin(message.objectHeader(), message.offsetHeader());
                keys.add(message.key());
                values.add(new String(message.value(), StandardCharsets.UTF_8));
                deliveries
                        .computeIfAbsent(origin.objectSha256() + '#' + origin.offset(), unused -> new ArrayList<>())
                        .add(message);
                offsets.computeIfAbsent(origin.objectSha256(), unused -> new TreeSet<>())
                        .add(origin.offset());
                if (message.rejectedHeader().length > 0) {
                    deadLetters.add(origins.deadLetter(message.rejectedHeader(), message.value(), origin));
                } else {
                    Decoded<CloudTrailEvent> decoded = codec.decode(message.value(), origin);
                    assertThat(decoded).isInstanceOf(Decoded.Read.class);
                    assertThat(message.key())
                            .isEqualTo(EventKeys.of(((Decoded.Read<CloudTrailEvent>) decoded).value()));
                }
            }
        }

        /** All records are there, and every receipt counts what is there. */
        void isComplete() {
            assertThat(values).containsAll(expected());
            assertThat(receipts).isNotEmpty();
            for (Receipt receipt : receipts) {
                Set<Long> found = offsets.getOrDefault(receipt.objectSha256(), Set.of());
                assertThat(found).as("records of %s", receipt).hasSize((int) receipt.records());
                for (long offset = 0; offset < receipt.records(); offset++) {
                    assertThat(found).contains(offset);
                }
            }
            assertThat(receipts)
                    .extracting(Receipt::objectSha256)
                    .containsExactlyInAnyOrderElementsOf(offsets.keySet());
        }

        /** However often a record was delivered, it was the same record at the same place with the same key. */
        void everyDeliveryIsTheSame() {
            deliveries.forEach((place, delivered) -> {
                assertThat(delivered)
                        .extracting(Message::key)
                        .containsOnly(delivered.get(0).key());
                assertThat(delivered).extracting(Message::value).allSatisfy(value -> assertThat(value)
                        .isEqualTo(delivered.get(0).value()));
                assertThat(delivered)
                        .extracting(Message::partition)
                        .containsOnly(delivered.get(0).partition());
            });
        }
    }
}
