package io.trailwarden.ingest.lookup;

import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSession;
import io.trailwarden.ingest.page.Entry;
import io.trailwarden.ingest.page.Pages;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.cloudtrail.model.Event;
import software.amazon.awssdk.services.cloudtrail.model.InvalidNextTokenException;
import software.amazon.awssdk.services.cloudtrail.model.LookupEventsRequest;
import software.amazon.awssdk.services.cloudtrail.model.LookupEventsResponse;

/**
 * Reads the management events of one account and Region with {@code cloudtrail:LookupEvents}: at most 90 days back,
 * newest first, 50 a page.
 *
 * <p>Old history is read in slices, oldest first, so that a restart does not begin anew. The rest is one window that
 * begins some time before the newest event seen and has no end. Neither depends on our clock being right: the position
 * is a time that CloudTrail gave, and only what is older than {@link #MARGIN} counts as old.
 *
 * <p>Data and network activity events are not in Event history; they need a trail.
 */
public final class LookupIngester implements Ingester {

    private static final Logger LOG = LoggerFactory.getLogger(LookupIngester.class);

    /** Of history that is read in slices, the age at least; by far more than a clock may be wrong. */
    static final Duration MARGIN = Duration.ofHours(6);

    private static final Duration SLICE = Duration.ofHours(1);
    private static final int PAGE = 50;
    private static final int RESTARTS = 10;

    private final LookupConfig config;
    private final AwsSession session;
    private final Clock clock;
    private final Pages pages;
    private final String key;

    /** Reads the Region of the session. */
    public LookupIngester(
            LookupConfig config, AwsSession session, EventPublisher publisher, Positions positions, Clock clock)
            throws IngestException {
        this(config, session, publisher, positions, clock, FailPoint.Listener.NONE);
    }

    LookupIngester(
            LookupConfig config,
            AwsSession session,
            EventPublisher publisher,
            Positions positions,
            Clock clock,
            FailPoint.Listener failPoints)
            throws IngestException {
        this.config = config;
        this.session = session;
        this.clock = clock;
        key = session.access().region();
        pages = new Pages(config.source(), config.overlap().plus(SLICE), publisher, positions, clock, failPoints);
    }

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public Duration interval() {
        return config.interval();
    }

    @Override
    public IngestProgress progress() {
        return pages.progress();
    }

    @Override
    public void pass() throws InterruptedException, IngestException {
        boolean finished = false;
        try {
            read();
            pages.end();
            finished = true;
        } finally {
            if (!finished) {
                pages.reset();
            }
        }
    }

    private void read() throws IngestException, InterruptedException {
        Instant now = clock.instant();
        Instant begun = pages.begin(key);
        Instant position = begun == null ? now.minus(config.backfill()) : begun;
        Instant old = now.minus(MARGIN);
        while (position.isBefore(old)) {
            Instant end = position.plus(SLICE).isBefore(old) ? position.plus(SLICE) : old;
            window(position, end, position);
            pages.advance(key, end);
            pages.end();
            position = end;
        }
        Instant newest = window(position.minus(config.overlap()), null, position);
        // An event that claims to be from the future must not make us skip what comes before it.
        if (newest != null) {
            pages.advance(key, newest.isAfter(now) ? now : newest);
        }
    }

    /** Reads all pages of a window; returns the time of its newest event, null if it is empty. */
    private @Nullable Instant window(Instant start, @Nullable Instant end, Instant position)
            throws IngestException, InterruptedException {
        Instant newest = null;
        String token = null;
        int restarts = 0;
        while (true) {
            LookupEventsRequest request = LookupEventsRequest.builder()
                    .startTime(start)
                    .endTime(end)
                    .maxResults(PAGE)
                    .nextToken(token)
                    .build();
            LookupEventsResponse answer;
            try {
                answer = session.call(AwsApi.LOOKUP_EVENTS, config.source(), () -> session.cloudTrail()
                        .lookupEvents(request));
            } catch (IngestException e) {
                if (token != null && e.getCause() instanceof InvalidNextTokenException && ++restarts <= RESTARTS) {
                    LOG.debug("{}: the token of a page is not valid any more; the window is read again", source());
                    token = null;
                    newest = null;
                    continue;
                }
                throw e;
            }
            List<Entry> entries =
                    answer.events().stream().map(LookupIngester::entry).toList();
            for (Entry entry : entries) {
                newest = newest == null || entry.time().isAfter(newest) ? entry.time() : newest;
            }
            pages.publish(key, "event history of " + key, entries, position);
            token = answer.nextToken();
            if (token == null) {
                return newest;
            }
        }
    }

    private static Entry entry(Event event) {
        String record = event.cloudTrailEvent();
        String id = event.eventId() == null ? "" : event.eventId();
        if (record == null) {
            record = "entry " + id + " of LookupEvents has no CloudTrailEvent";
        }
        Instant time = event.eventTime() == null ? Instant.EPOCH : event.eventTime();
        // Entries without an id are told apart by what they are.
        return new Entry(id.isEmpty() ? record : id, time, record.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        pages.close();
    }
}
