package io.trailwarden.console.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.trailwarden.console.findings.Change;
import io.trailwarden.console.findings.FindingFilter;
import io.trailwarden.console.findings.FindingRow;
import io.trailwarden.console.findings.FindingsStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Pushes changes of the store to any number of readers, as server-sent events whose id is the store's {@code seq}.
 *
 * <p>A reader has no queue, only a place in the sequence: the next frame is made when the last one has been taken. So a
 * slow or stalled reader costs nothing and delays nobody, and a reader that comes back with {@code Last-Event-ID} goes
 * on where it was, across restarts. One that is more than {@link #WINDOW} changes behind is told how many it missed and
 * between which numbers, and reads them from the store; nothing is ever lost silently.
 *
 * <p>Events: {@code hello} (which store, where it stands), {@code findings} (rows that the filter lets through, ids of
 * those that it does not any more), {@code missed} ({@code count}, {@code after}, {@code upTo}), {@code reset} (the
 * reader's place does not exist here: read anew).
 */
public final class LiveStream implements AutoCloseable {

    /** How many changes can be replayed; further behind is {@code missed}. */
    public static final int WINDOW = 2_000;

    /** How many rows one frame carries at most. */
    static final int FRAME = 250;

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long HEARTBEAT = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_READERS = 512;

    private final FindingsStore store;
    private final ObjectWriter json;
    private final Thread pump;
    private final Set<Reader> readers = new LinkedHashSet<>();
    private final Encoded[] ring = new Encoded[4 * WINDOW];
    private int size;
    private int next;
    private long head;

    /** The ring holds every change after this one. */
    private long covers;

    private boolean closed;

    /** A change and its row's JSON, made once for all readers. */
    private record Encoded(Change change, byte[] json) {}

    /** What a frame depends on; readers in the same place share it. */
    private record FrameKey(long after, FindingFilter filter) {}

    /** @param through the place that a reader has reached once it has this frame */
    private record Frame(byte[] bytes, long through) {}

    private static final class Reader {
        final Response response;
        final Callback completion;
        final FindingFilter filter;
        long place;
        boolean writing;
        long wroteAt;
        byte @Nullable [] first;

        Reader(Response response, Callback completion, FindingFilter filter, long place, byte[] first) {
            this.response = response;
            this.completion = completion;
            this.filter = filter;
            this.place = place;
            this.first = first;
        }
    }

    /** Starts pushing what the store gets from now on. */
    public LiveStream(FindingsStore store, ObjectWriter json) {
        this.store = store;
        this.json = json;
        synchronized (this) {
            // First listen, then load: what comes between is heard twice and remembered once.
            store.listen(this::add);
            head = store.seq();
            covers = Math.max(0, head - WINDOW);
            head = covers;
            store.changes(covers, ring.length).forEach(this::remember);
        }
        pump = new Thread(this::run, "live-stream");
        pump.setDaemon(true);
        pump.start();
    }

    private synchronized void add(List<Change> changes) {
        changes.forEach(this::remember);
        notifyAll();
    }

    private void remember(Change change) {
        if (change.row().seq() <= head) {
            return;
        }
        if (size == ring.length) {
            covers = at(0).change().row().seq();
        }
        try {
            ring[next] = new Encoded(change, json.writeValueAsBytes(change.row()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every row can be written", e);
        }
        next = (next + 1) % ring.length;
        size = Math.min(size + 1, ring.length);
        head = change.row().seq();
    }

    /** How many readers there are. */
    public synchronized int readers() {
        return readers.size();
    }

    /**
     * Answers with the stream from {@code after} on; returns at once.
     *
     * @param after the last change that the reader knows of; negative for "from now on"
     * @return false if there are too many readers already; then nothing has been answered
     */
    public boolean connect(Request request, Response response, Callback callback, FindingFilter filter, long after) {
        response.setStatus(200);
        response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8"));
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        synchronized (this) {
            if (closed || readers.size() >= MAX_READERS) {
                return false;
            }
            String hello = "retry: 1000\nevent: hello\ndata: {\"store\":\"" + store.identity() + "\",\"seq\":" + head
                    + "}\n\n";
            long place = after < 0 ? head : after;
            if (place > head) {
                hello += "event: reset\nid: " + head + "\ndata: {\"seq\":" + head + "}\n\n";
                place = head;
            }
            Reader reader = new Reader(response, callback, filter, place, hello.getBytes(StandardCharsets.UTF_8));
            readers.add(reader);
            request.addFailureListener(failure -> drop(reader, failure));
            notifyAll();
        }
        return true;
    }

    private void drop(Reader reader, Throwable failure) {
        synchronized (this) {
            if (!readers.remove(reader)) {
                return;
            }
        }
        reader.completion.failed(failure);
    }

    private void run() {
        while (true) {
            List<Runnable> writes = new ArrayList<>();
            synchronized (this) {
                if (closed) {
                    return;
                }
                long now = System.nanoTime();
                long wait = HEARTBEAT;
                Map<FrameKey, Frame> frames = new HashMap<>();
                for (Reader reader : readers) {
                    if (reader.writing) {
                        continue;
                    }
                    long due = due(reader, now);
                    if (due <= 0) {
                        byte[] bytes = nextFor(reader, frames);
                        reader.writing = true;
                        reader.wroteAt = now;
                        writes.add(() -> write(reader, bytes));
                    } else {
                        wait = Math.min(wait, due);
                    }
                }
                if (writes.isEmpty()) {
                    try {
                        wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(wait)));
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }
            writes.forEach(Runnable::run);
        }
    }

    /** Nanoseconds until this reader should get something; not positive means now. */
    private long due(Reader reader, long now) {
        if (reader.first != null) {
            return 0;
        }
        return (reader.place < head ? PAUSE : HEARTBEAT) - (now - reader.wroteAt);
    }

    private byte[] nextFor(Reader reader, Map<FrameKey, Frame> frames) {
        if (reader.first != null) {
            byte[] first = reader.first;
            reader.first = null;
            return first;
        }
        if (reader.place >= head) {
            return ":\n\n".getBytes(StandardCharsets.UTF_8);
        }
        Frame frame = frames.computeIfAbsent(
                new FrameKey(reader.place, reader.filter), key -> frame(key.after(), key.filter()));
        reader.place = frame.through();
        return frame.bytes();
    }

    private Frame frame(long after, FindingFilter filter) {
        int begin = firstAfter(after);
        if (after < covers || size - begin > WINDOW) {
            String missed = "event: missed\nid: " + head + "\ndata: {\"count\":" + (head - after) + ",\"after\":"
                    + after + ",\"upTo\":" + head + "}\n\n";
            return new Frame(missed.getBytes(StandardCharsets.UTF_8), head);
        }
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        List<String> gone = new ArrayList<>();
        long through = head;
        int count = 0;
        for (int i = begin; i < size; i++) {
            Encoded each = at(i);
            FindingRow row = each.change().row();
            if (filter.test(each.change())) {
                if (rows.size() > 0) {
                    rows.write(',');
                }
                rows.writeBytes(each.json());
                count++;
            } else if (!each.change().arrived()) {
                gone.add(row.id());
                count++;
            }
            if (count == FRAME) {
                through = row.seq();
                break;
            }
        }
        if (count == 0) {
            // The place moves on, so that a reader behind a narrow filter does not come back far behind.
            return new Frame(
                    ("id: " + through + "\nevent: idle\ndata: {}\n\n").getBytes(StandardCharsets.UTF_8), through);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(rows.size() + 200);
        out.writeBytes(
                ("event: findings\nid: " + through + "\ndata: {\"findings\":[").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(rows.toByteArray());
        out.writeBytes("],\"gone\":[".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < gone.size(); i++) {
            out.writeBytes(((i == 0 ? "" : ",") + quoted(gone.get(i))).getBytes(StandardCharsets.UTF_8));
        }
        out.writeBytes(("],\"seq\":" + through + "}\n\n").getBytes(StandardCharsets.UTF_8));
        return new Frame(out.toByteArray(), through);
    }

    private String quoted(String text) {
        try {
            return json.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every text can be written", e);
        }
    }

    private Encoded at(int index) {
        return ring[Math.floorMod(next - size + index, ring.length)];
    }

    /** Index of the first remembered change after this place. */
    private int firstAfter(long place) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle).change().row().seq() <= place) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void write(Reader reader, byte[] bytes) {
        reader.response.write(
                false,
                ByteBuffer.wrap(bytes),
                Callback.from(
                        () -> {
                            synchronized (this) {
                                reader.writing = false;
                                notifyAll();
                            }
                        },
                        failure -> drop(reader, failure)));
    }

    @Override
    public void close() {
        List<Reader> open;
        synchronized (this) {
            closed = true;
            open = new ArrayList<>(readers);
            readers.clear();
            notifyAll();
        }
        open.forEach(reader -> reader.completion.succeeded());
        try {
            pump.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
