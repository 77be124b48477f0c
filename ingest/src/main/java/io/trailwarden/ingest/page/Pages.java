package io.trailwarden.ingest.page;

import io.trailwarden.ingest.Delivery;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.ObjectPublisher;
import io.trailwarden.ingest.Positions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what APIs list by time. Events come late, so what was read is read again for a while; an event that was
 * published is not published again, not even after a restart.
 *
 * <p>A page is an object: its records are the events that were new in one answer. Its SHA-256 is that of every event's
 * id, a zero byte, its message and a line feed. Pages have one position per key (a log group, a Region), which moves
 * behind what is stored, page by page.
 *
 * <p>Belongs to one thread, apart from {@link #progress()}. A pass begins with {@link #begin} for every key and ends with
 * {@link #end}, or with {@link #reset} if it fails.
 */
public final class Pages implements AutoCloseable {

    private record Id(long high, long low) {

        static final int BYTES = 16;

        static Id of(String text) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
                return read(ByteBuffer.wrap(hash));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java platform has SHA-256", e);
            }
        }

        static Id read(ByteBuffer bytes) {
            return new Id(bytes.getLong(), bytes.getLong());
        }
    }

    /** What is known of a key. */
    private static final class Track {
        private final Map<Id, Instant> published = new HashMap<>();
        private @Nullable Instant position;
        private @Nullable Instant written;
        private long page;
        private @Nullable PagePosition released;
    }

    private final String source;
    private final Duration remember;
    private final Positions positions;
    private final ObjectPublisher objects;
    private final PageJournal journal;
    private final Map<String, Track> tracks = new HashMap<>();

    /**
     * Pages of one source.
     *
     * @param remember how long before a key's position ids are remembered: at least for as long as events are read again
     */
    public Pages(
            String source,
            Duration remember,
            EventPublisher publisher,
            Positions positions,
            Clock clock,
            FailPoint.Listener failPoints)
            throws IngestException {
        this.source = source;
        this.remember = remember;
        this.positions = positions;
        objects = new ObjectPublisher(source, publisher, positions, clock, failPoints);
        journal = PageJournal.open(positions.file());
    }

    /**
     * A pass begins with this key. What was read before and is not known to be in Kafka is published again.
     *
     * @return up to which time everything was read; null if nothing was yet
     */
    public @Nullable Instant begin(String key) throws IngestException, InterruptedException {
        PagePosition stored = PagePosition.decode(positions.stored(source, key));
        Track track = tracks.get(key);
        if (track == null) {
            track = resume(key, stored);
            tracks.put(key, track);
        }
        if (stored != null && !stored.equals(track.released)) {
            Instant oldest = stored.time().minus(remember);
            journal.stored(source, key, stored.page(), oldest);
            track.published.values().removeIf(time -> time.isBefore(oldest));
            track.released = stored;
        }
        return track.position;
    }

    private Track resume(String key, @Nullable PagePosition stored) throws IngestException, InterruptedException {
        Track track = new Track();
        if (stored != null) {
            track.position = stored.time();
            track.written = stored.time();
            track.page = stored.page();
        }
        for (PageJournal.Page page : journal.all(source, key)) {
            for (ByteBuffer ids = ByteBuffer.wrap(page.ids()); ids.hasRemaining(); ) {
                track.published.put(Id.read(ids), page.newest());
            }
            boolean isStored = stored != null && page.number() <= stored.page();
            if (page.content() != null && !isStored) {
                track.page = page.number();
                track.position = page.position();
                send(key, track, page.object(), unpack(page.content()));
            }
        }
        return track;
    }

    /** Those of an answer's events that were not published yet, by time. */
    public List<Entry> unpublished(String key, List<Entry> answer) {
        Track track = track(key);
        Map<Id, Entry> fresh = new HashMap<>();
        for (Entry entry : answer) {
            Id id = Id.of(entry.id());
            if (!track.published.containsKey(id)) {
                fresh.putIfAbsent(id, entry);
            }
        }
        return fresh.values().stream()
                .sorted(Comparator.comparing(Entry::time).thenComparing(Entry::id))
                .toList();
    }

    /**
     * Publishes the events of an answer that were not published yet.
     *
     * @param name of the list they come from; the page's object is this and its span of time
     * @param position up to which time everything will have been read when this is stored; earlier than before: as before
     */
    public void publish(String key, String name, List<Entry> answer, Instant position)
            throws IngestException, InterruptedException {
        Track track = track(key);
        List<Entry> fresh = unpublished(key, answer);
        if (fresh.isEmpty()) {
            objects.skipped();
            advance(key, position);
            return;
        }
        Instant oldest = fresh.get(0).time();
        Instant newest = fresh.get(fresh.size() - 1).time();
        String object =
                name + ' ' + oldest.truncatedTo(ChronoUnit.SECONDS) + ".." + newest.truncatedTo(ChronoUnit.SECONDS);
        ByteBuffer ids = ByteBuffer.allocate(fresh.size() * Id.BYTES);
        for (Entry entry : fresh) {
            Id id = Id.of(entry.id());
            ids.putLong(id.high()).putLong(id.low());
        }
        if (track.position == null || position.isAfter(track.position)) {
            track.position = position;
        }
        track.page++;
        journal.add(
                source,
                key,
                new PageJournal.Page(track.page, object, newest, track.position, ids.array(), pack(fresh)));
        for (Entry entry : fresh) {
            track.published.put(Id.of(entry.id()), entry.time());
        }
        send(key, track, object, fresh);
    }

    /** Everything up to this time was read; a time before the one known is ignored. */
    public void advance(String key, Instant position) {
        Track track = track(key);
        if (track.position == null || position.isAfter(track.position)) {
            track.position = position;
        }
    }

    /** Something that holds no record came by, such as a probe. */
    public void ignored(String what) {
        objects.ignored(what);
    }

    /** The pass is over: returns when everything is in Kafka. */
    public void end() throws IngestException, InterruptedException {
        objects.finish();
        tracks.forEach((key, track) -> {
            Instant position = track.position;
            if (position != null && !position.equals(track.written)) {
                positions.add(source, key, new PagePosition(position, track.page).encode(), new Delivery(), 0);
                track.written = position;
            }
        });
    }

    /** The pass failed: the next one publishes again what is not stored. */
    public void reset() {
        tracks.clear();
        objects.reset();
    }

    /** What was done since the start. */
    public IngestProgress progress() {
        return objects.progress();
    }

    @Override
    public void close() {
        journal.close();
    }

    private void send(String key, Track track, String object, List<Entry> entries)
            throws IngestException, InterruptedException {
        Instant position = track.position == null ? Instant.EPOCH : track.position;
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        List<byte[]> messages = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            content.writeBytes(entry.id().getBytes(StandardCharsets.UTF_8));
            content.write(0);
            content.writeBytes(entry.message());
            content.write('\n');
            messages.add(entry.message());
        }
        byte[] bytes = content.toByteArray();
        track.written = position;
        objects.publishPage(
                object,
                messages,
                objects.hash(bytes, 0, bytes.length),
                key,
                new PagePosition(position, track.page).encode());
    }

    private Track track(String key) {
        Track track = tracks.get(key);
        if (track == null) {
            throw new IllegalStateException("begin(\"" + key + "\") comes first");
        }
        return track;
    }

    private static byte[] pack(List<Entry> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Entry entry : entries) {
                out.writeUTF(entry.id());
                out.writeLong(entry.time().toEpochMilli());
                out.writeInt(entry.message().length);
                out.write(entry.message());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        return bytes.toByteArray();
    }

    private static List<Entry> unpack(byte[] content) {
        List<Entry> entries = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            while (in.available() > 0) {
                String id = in.readUTF();
                Instant time = Instant.ofEpochMilli(in.readLong());
                entries.add(new Entry(id, time, in.readNBytes(in.readInt())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a page that was written whole can be read", e);
        }
        return entries;
    }
}
