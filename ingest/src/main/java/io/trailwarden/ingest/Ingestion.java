package io.trailwarden.ingest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs ingesters, each in a thread of its own, and moves their positions behind what is stored.
 *
 * <p>A failing pass is repeated: when following, for ever and ever more slowly; when reading once, a few times, after
 * which {@link #awaitRead} throws.
 */
public final class Ingestion implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Ingestion.class);

    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final int TRIES_ONCE = 5;

    /**
     * When things happen.
     *
     * @param follow whether passes are repeated until {@link Ingestion#close}
     * @param pause between two passes
     * @param confirm between two looks at what is stored
     */
    public record Schedule(boolean follow, Duration pause, Duration confirm) {

        /** One pass. */
        public static final Schedule ONCE = new Schedule(false, Duration.ofSeconds(1), Duration.ofMillis(500));

        /** A pass every second. */
        public static final Schedule FOLLOW = new Schedule(true, Duration.ofSeconds(1), Duration.ofMillis(500));
    }

    private final Positions positions;
    private final StoredOffsets stored;
    private final Schedule schedule;
    private final List<? extends Ingester> ingesters;
    private final List<Thread> threads = new ArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int reading;
    private boolean closed;
    private @Nullable IngestException failure;

    private Ingestion(
            List<? extends Ingester> ingesters, Positions positions, StoredOffsets stored, Schedule schedule) {
        this.ingesters = ingesters;
        this.positions = positions;
        this.stored = stored;
        this.schedule = schedule;
    }

    /** Starts at once. The ingesters, positions and offsets stay the caller's to close, after this. */
    public static Ingestion start(
            List<? extends Ingester> ingesters, Positions positions, StoredOffsets stored, Schedule schedule) {
        Ingestion ingestion = new Ingestion(List.copyOf(ingesters), positions, stored, schedule);
        ingestion.reading = ingesters.size();
        for (Ingester ingester : ingesters) {
            ingestion.startThread("ingest-" + ingester.source(), () -> ingestion.read(ingester));
        }
        ingestion.startThread("ingest-positions", ingestion::confirm);
        return ingestion;
    }

    /**
     * Returns when every ingester has gone once through its source and everything is in Kafka.
     *
     * @throws IngestException if one gave up
     */
    public void awaitRead() throws InterruptedException, IngestException {
        lock.lock();
        try {
            while (reading > 0 && failure == null && !closed) {
                changed.await();
            }
            if (failure != null) {
                throw new IngestException(failure.getMessage(), failure);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything read so far is stored and every position says so.
     *
     * @return whether that happened in time
     */
    public boolean awaitStored(Duration timeout) throws InterruptedException, IngestException {
        long deadline = System.nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (reading > 0 || positions.waiting() > 0) {
                long left = deadline - System.nanoTime();
                if (failure != null) {
                    throw new IngestException(failure.getMessage(), failure);
                }
                if (left <= 0 || closed) {
                    return false;
                }
                changed.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether every source is still read, and positions still move. A pass that fails is no reason, because it comes
     * again; a thread that has ended is.
     *
     * @throws IngestException when one has ended, with why
     */
    public void requireReading() throws IngestException {
        lock.lock();
        try {
            if (failure != null) {
                throw new IngestException(failure.getMessage(), failure);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What each ingester did since the start, in the order they were given. */
    public List<IngestProgress> progress() {
        return ingesters.stream().map(Ingester::progress).toList();
    }

    /** How many objects are read and not yet stored. */
    public int waiting() {
        return positions.waiting();
    }

    /** Stops reading and waits for the threads; what is on its way is read again after a restart. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(30));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void startThread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void read(Ingester ingester) {
        int failures = 0;
        boolean first = true;
        try {
            while (!isClosed()) {
                Duration pause = longest(schedule.pause(), ingester.interval());
                try {
                    ingester.pass();
                    failures = 0;
                    if (first) {
                        firstPassDone();
                        first = false;
                    }
                    if (!schedule.follow()) {
                        return;
                    }
                } catch (IngestException e) {
                    failures++;
                    LOG.warn("{}: pass failed (time {})", ingester.source(), failures, e);
                    if (!schedule.follow() && failures == TRIES_ONCE) {
                        fail(e);
                        return;
                    }
                    pause = longer(pause, failures);
                }
                pause(pause);
            }
        } catch (InterruptedException e) {
            LOG.debug("{}: stopped", ingester.source());
        } catch (RuntimeException | Error e) {
            // First: without memory the log line may fail too.
            fail(new IngestException(
                    "source " + ingester.source() + " is not read any more, because of a bug: " + e, e));
            LOG.error("{}: stopped by a bug", ingester.source(), e);
        }
    }

    private void confirm() {
        int failures = 0;
        try {
            while (!isClosed()) {
                Duration pause = schedule.confirm();
                try {
                    if (positions.waiting() > 0 && positions.confirm(stored.committed()) > 0) {
                        signal();
                    }
                    failures = 0;
                } catch (IngestException e) {
                    failures++;
                    LOG.warn("positions are not moved (time {})", failures, e);
                    pause = longer(pause, failures);
                }
                pause(pause);
            }
        } catch (InterruptedException e) {
            LOG.debug("positions: stopped");
        } catch (RuntimeException | Error e) {
            fail(new IngestException("positions do not move any more, because of a bug: " + e, e));
            LOG.error("positions: stopped by a bug", e);
        }
    }

    private static Duration longer(Duration pause, int failures) {
        Duration longer = pause.multipliedBy(1L << Math.min(failures, 10));
        return longer.compareTo(LONGEST_RETRY) < 0 ? longer : LONGEST_RETRY;
    }

    private static Duration longest(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private void pause(Duration pause) throws InterruptedException {
        long deadline = System.nanoTime() + pause.toNanos();
        lock.lockInterruptibly();
        try {
            for (long left = pause.toNanos(); left > 0 && !closed; left = deadline - System.nanoTime()) {
                changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void firstPassDone() {
        lock.lock();
        try {
            reading--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void fail(IngestException e) {
        lock.lock();
        try {
            failure = failure == null ? e : failure;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
