package io.trailwarden.ingest;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.event.topic.AuditRecord;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.format.ObjectContent;
import io.trailwarden.ingest.format.PackedFiles;
import io.trailwarden.ingest.format.RecordFinder;
import io.trailwarden.ingest.format.RecordSink;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Publishes objects: their records, then their receipt, then their position. Every ingester uses one; what differs is
 * only where objects come from.
 *
 * <p>Objects overlap: while Kafka acknowledges one, the next is read. Its receipt follows when all of its records are
 * acknowledged, and its position waits in {@link Positions} until all of that is stored. Belongs to one thread, apart
 * from {@link #progress()}.
 */
public final class ObjectPublisher {

    private static final int MAX_UNRECEIPTED = 10_000;

    /** How far reading may run ahead of storing, in uncompressed bytes; far less than topics keep. */
    private static final long MAX_LEAD = 1L << 30;

    private record Sent(Receipt receipt, Delivery delivery, @Nullable String key, String position) {}

    private final String source;
    private final EventPublisher publisher;
    private final Positions positions;
    private final Clock clock;
    private final FailPoint.Listener failPoints;
    private final RecordFinder finder = new RecordFinder();
    private final MessageDigest sha256 = sha256();
    private final Deque<Sent> unreceipted = new ArrayDeque<>();
    private final Deque<Delivery> receipts = new ArrayDeque<>();

    private final LongAdder objects = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder records = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final Map<String, LongAdder> ignored = new ConcurrentHashMap<>();

    /** A publisher for this source. */
    public ObjectPublisher(
            String source, EventPublisher publisher, Positions positions, Clock clock, FailPoint.Listener failPoints) {
        this.source = source;
        this.publisher = publisher;
        this.positions = positions;
        this.clock = clock;
        this.failPoints = failPoints;
    }

    /** Lower-case hex SHA-256 of content. */
    public String hash(byte[] content, int from, int to) {
        sha256.update(content, from, to - from);
        return HexFormat.of().formatHex(sha256.digest());
    }

    /**
     * Publishes one object; may return before it is acknowledged.
     *
     * @param object its name in the records' origin
     * @param sha256 of its content
     * @param key of its position; null if it has none, so that it is read again after a restart
     * @param position what the key's position becomes once all of it is stored, given the index from which a longer
     *     version of the object would have to be read: see {@link RecordFinder#openFrom()}
     */
    public void publish(
            String object, ObjectContent content, String sha256, @Nullable String key, IntFunction<String> position)
            throws IngestException, InterruptedException {
        failPoints.reached(FailPoint.AFTER_READ, object);
        awaitLead();
        Sending sending = new Sending(object, sha256);
        finder.find(content, object, sending);
        sent(object, sending, content.length(), key, position.apply(finder.openFrom()));
    }

    /**
     * Publishes the files of an archive, each as an object of its own, {@code archive.tar!/file}; the archive itself is an
     * object without records, whose position holds once all of them are stored.
     *
     * @param object the archive's name
     * @param sha256 of the archive
     * @param key of its position; null if it has none
     * @param position what the key's position becomes
     */
    public void publishArchive(String object, PackedFiles archive, String sha256, @Nullable String key, String position)
            throws IngestException, InterruptedException {
        failPoints.reached(FailPoint.AFTER_READ, object);
        Sending whole = new Sending(object, sha256);
        long files = 0;
        for (PackedFiles.File file = archive.next(); file != null; file = archive.next()) {
            awaitLead();
            ObjectContent content = file.content();
            String name = object + "!/" + file.name();
            Sending sending = new Sending(name, hashOf(name, content), new Delivery(whole.delivery));
            finder.find(content, name, sending);
            sent(name, sending, content.length(), null, "");
            files++;
        }
        ObjectContent.Break broken = archive.broken();
        if (broken != null) {
            whole.rejected(broken.reason(), broken.message(), broken.place(), new byte[0], 0, 0);
        } else if (files == 0) {
            whole.ignored("archive without files");
        }
        sent(object, whole, 0, key, position);
    }

    /** There may be no content to hash; the name keeps two unreadable objects apart. */
    private String hashOf(String object, ObjectContent content) {
        if (content.length() > 0) {
            return hash(content.bytes(), 0, content.length());
        }
        byte[] name = object.getBytes(StandardCharsets.UTF_8);
        return hash(name, 0, name.length);
    }

    /**
     * Publishes a page of an API as one object, each message on its own, so that a broken one cannot spoil its neighbours;
     * may return before it is acknowledged.
     *
     * @param object its name in the records' origin
     * @param sha256 of the page
     * @param key of its position
     * @param position what the key's position becomes once all of it is stored
     */
    public void publishPage(String object, List<byte[]> messages, String sha256, String key, String position)
            throws IngestException, InterruptedException {
        failPoints.reached(FailPoint.AFTER_READ, object);
        awaitLead();
        Sending sending = new Sending(object, sha256);
        long length = 0;
        for (int i = 0; i < messages.size(); i++) {
            byte[] message = messages.get(i);
            sending.within = "record " + i + " of the page: ";
            finder.find(message, message.length, sending);
            length += message.length;
        }
        sent(object, sending, length, key, position);
    }

    /** Something that holds no record by nature came by outside of an object. */
    public void ignored(String what) {
        ignored.computeIfAbsent(what, unused -> new LongAdder()).increment();
    }

    /** Publishes a dead letter in the name of an object that cannot be read at all; it gets no position. */
    public void publishUnreadable(String object, DeadLetter.Reason reason, String message)
            throws IngestException, InterruptedException {
        publishUnreadable(object, reason, message, new byte[0], null, "");
    }

    /**
     * Publishes a dead letter in the name of an object that cannot be read at all.
     *
     * @param payload what there is of it
     * @param key of its position; null if it has none
     */
    public void publishUnreadable(
            String object,
            DeadLetter.Reason reason,
            String message,
            byte[] payload,
            @Nullable String key,
            String position)
            throws IngestException, InterruptedException {
        Sending sending = new Sending(object, hashOf(object, ObjectContent.plain(payload, 0)));
        failPoints.reached(FailPoint.AFTER_READ, object);
        sending.rejected(reason, message, "the object as a whole", payload, 0, payload.length);
        sent(object, sending, payload.length, key, position);
    }

    /** An object was passed over because it is stored or on its way. */
    public void skipped() {
        skipped.increment();
    }

    /** Returns when everything published is acknowledged, receipts too. */
    public void finish() throws IngestException, InterruptedException {
        do {
            publisher.flush();
            sendReceipts();
            // An archive's receipt follows those of its files.
        } while (!unreceipted.isEmpty());
        publisher.flush();
        while (!receipts.isEmpty()) {
            check(receipts.removeFirst());
        }
    }

    /** Forgets what is not acknowledged, after a failure: the next pass reads it again. */
    public void reset() {
        unreceipted.clear();
        receipts.clear();
        positions.forgetWaiting(source);
    }

    /** What was done since the start. */
    public IngestProgress progress() {
        Map<String, Long> named = new LinkedHashMap<>();
        ignored.forEach((what, count) -> named.put(what, count.sum()));
        return new IngestProgress(
                objects.sum(), skipped.sum(), records.sum(), rejected.sum(), bytes.sum(), Map.copyOf(named));
    }

    private void awaitLead() throws IngestException, InterruptedException {
        if (positions.waitingBytes() > MAX_LEAD) {
            finish();
            positions.awaitLead(MAX_LEAD);
        }
    }

    private void sent(String object, Sending sending, long length, @Nullable String key, String position)
            throws IngestException, InterruptedException {
        sending.rethrow();
        failPoints.reached(FailPoint.AFTER_SEND, object);
        Receipt receipt =
                new Receipt(source, object, sending.origin.objectSha256(), sending.offset, length, sending.ingestedAt);
        unreceipted.addLast(new Sent(receipt, sending.delivery, key, position));
        objects.increment();
        bytes.add(length);
        sendReceipts();
        while (unreceipted.size() > MAX_UNRECEIPTED) {
            publisher.flush();
            sendReceipts();
        }
    }

    private void sendReceipts() throws IngestException, InterruptedException {
        while (!unreceipted.isEmpty() && unreceipted.getFirst().delivery().isSettled()) {
            Sent sent = unreceipted.removeFirst();
            check(sent.delivery());
            failPoints.reached(FailPoint.BEFORE_RECEIPT, sent.receipt().object());
            publisher.send(Topics.RECEIPTS, sent.receipt(), sent.delivery());
            receipts.addLast(sent.delivery());
            if (sent.key() != null) {
                positions.add(
                        source,
                        sent.key(),
                        sent.position(),
                        sent.delivery(),
                        sent.receipt().bytes());
            }
        }
        while (!receipts.isEmpty() && receipts.getFirst().isSettled()) {
            check(receipts.removeFirst());
        }
    }

    private static void check(Delivery delivery) throws IngestException {
        Exception failure = delivery.failure();
        if (failure != null) {
            throw new IngestException("Kafka did not take a message", failure);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Sends the records of one object. */
    private final class Sending implements RecordSink {

        private final Delivery delivery;
        private final Instant ingestedAt = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        private final Origin origin;
        private final byte[] objectHeader;
        private String within = "";
        private long offset;
        private @Nullable Exception stopped;

        Sending(String object, String hash) {
            this(object, hash, new Delivery());
        }

        Sending(String object, String hash, Delivery delivery) {
            this.delivery = delivery;
            origin = new Origin(source, object, 0, hash, ingestedAt);
            objectHeader = OriginCodec.objectHeader(origin);
        }

        @Override
        public void cloudTrail(byte[] key, byte[] bytes, int from, int to) {
            send(Topics.CLOUDTRAIL, key, Arrays.copyOfRange(bytes, from, to), null);
        }

        @Override
        public void execution(byte[] key, byte[] bytes, int from, int to) {
            send(Topics.EXECUTIONS, key, Arrays.copyOfRange(bytes, from, to), null);
        }

        @Override
        public void rejected(DeadLetter.Reason reason, String message, String place, byte[] bytes, int from, int to) {
            DeadLetter letter = DeadLetter.of(reason, message, within + place, bytes, from, to, origin);
            byte[] key = EventKeys.rejected(origin.objectSha256(), offset).getBytes(StandardCharsets.UTF_8);
            send(Topics.CLOUDTRAIL, key, letter.payload(), OriginCodec.rejectedHeader(letter));
            rejected.increment();
        }

        @Override
        public void ignored(String what) {
            ObjectPublisher.this.ignored(what);
        }

        private void send(Topic<AuditRecord> topic, byte[] key, byte[] value, byte @Nullable [] rejection) {
            byte[] place = OriginCodec.offsetHeader(offset++);
            records.increment();
            if (stopped != null) {
                return;
            }
            try {
                publisher.send(topic, new AuditRecord(key, value, objectHeader, place, rejection), delivery);
            } catch (IngestException | InterruptedException e) {
                stopped = e;
            }
        }

        void rethrow() throws IngestException, InterruptedException {
            if (stopped instanceof IngestException e) {
                throw e;
            }
            if (stopped instanceof InterruptedException e) {
                throw e;
            }
        }
    }
}
