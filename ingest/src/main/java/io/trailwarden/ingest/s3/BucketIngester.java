package io.trailwarden.ingest.s3;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.ObjectPublisher;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSession;
import io.trailwarden.ingest.format.ObjectContent;
import io.trailwarden.ingest.format.Unpacker;
import io.trailwarden.ingest.s3.Announcement.Ref;
import io.trailwarden.ingest.s3.BucketConfig.Backfill;
import io.trailwarden.ingest.s3.Queue.Held;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Reads the objects of buckets: those that a queue announces, and on request those that are there already.
 *
 * <p>A message is deleted when the records of all its objects are stored, and hidden from other readers until then. What
 * a message says is written by whoever can send to the queue: only the configured buckets are read, S3 checks their
 * owner, and anything else becomes a dead letter. An object that may not be read is tried again, because permissions can
 * be mended; one that is gone is a dead letter.
 */
public final class BucketIngester implements Ingester {

    private static final Logger LOG = LoggerFactory.getLogger(BucketIngester.class);

    /** How long stored objects are remembered after their message is deleted: AWS may announce an object twice. */
    private static final Duration REMEMBER = Duration.ofHours(1);

    private static final String STORED = "1";
    private static final String LISTED = "2 ";

    private record Done(Instant at, List<String> keys) {}

    private final BucketConfig config;
    private final AwsSession session;
    private final Positions positions;
    private final Clock clock;
    private final ObjectPublisher objects;
    private final Unpacker unpacker;
    private final @Nullable Queue queue;
    private final Map<String, String> reported = new HashMap<>();
    private final Deque<Done> done = new ArrayDeque<>();

    /** Reads with this session. */
    public BucketIngester(
            BucketConfig config, AwsSession session, EventPublisher publisher, Positions positions, Clock clock) {
        this(config, session, publisher, positions, clock, FailPoint.Listener.NONE);
    }

    BucketIngester(
            BucketConfig config,
            AwsSession session,
            EventPublisher publisher,
            Positions positions,
            Clock clock,
            FailPoint.Listener failPoints) {
        this.config = config;
        this.session = session;
        this.positions = positions;
        this.clock = clock;
        objects = new ObjectPublisher(config.source(), publisher, positions, clock, failPoints);
        unpacker = new Unpacker(config.limits());
        String url = config.queue();
        queue = url == null
                ? null
                : new Queue(config.source(), url, config.visibility(), config.poll(), session, clock);
    }

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public IngestProgress progress() {
        return objects.progress();
    }

    @Override
    public void pass() throws InterruptedException, IngestException {
        boolean finished = false;
        try {
            if (queue != null) {
                tend(queue);
                receive(queue);
            }
            Backfill backfill = config.backfill();
            if (backfill != null) {
                for (String bucket : new TreeSet<>(config.buckets())) {
                    for (String prefix : backfill.prefixes()) {
                        list(bucket, prefix, backfill);
                    }
                }
            }
            objects.finish();
            finished = true;
        } finally {
            if (!finished) {
                objects.reset();
                if (queue != null) {
                    // They come again when they are visible again.
                    queue.letGo();
                }
            }
        }
    }

    // ---- the queue

    private void receive(Queue queue) throws IngestException, InterruptedException {
        while (true) {
            List<Message> messages = queue.receive();
            if (messages.isEmpty()) {
                return;
            }
            for (Message message : messages) {
                Announcement announcement = Announcement.read(message.body());
                List<Ref> refs = new ArrayList<>(announcement.objects());
                if (!announcement.problem().isEmpty()) {
                    refs.add(refuseMessage(message, announcement.problem()));
                }
                boolean read = true;
                for (Ref ref : refs) {
                    if (positions.newest(source(), key(ref)) == null) {
                        read &= read(ref, key(ref), STORED);
                    } else {
                        objects.skipped();
                    }
                }
                if (read) {
                    queue.hold(new Held(message.messageId(), message.receiptHandle(), refs));
                }
            }
            tend(queue);
        }
    }

    /** A message without an object is itself one, that cannot be read. */
    private Ref refuseMessage(Message message, String problem) throws IngestException, InterruptedException {
        Ref ref = new Ref("", message.messageId());
        if (positions.newest(source(), key(ref)) == null) {
            objects.publishUnreadable(
                    "message " + message.messageId(),
                    DeadLetter.Reason.UNRECOGNISED,
                    "a message of the queue that announces no object: " + problem,
                    message.body().getBytes(StandardCharsets.UTF_8),
                    key(ref),
                    STORED);
            // Its position is known only when it is sent.
            objects.finish();
        }
        return ref;
    }

    /** Deletes the messages whose objects are stored, and hides the others for longer. */
    private void tend(Queue queue) throws IngestException, InterruptedException {
        List<Held> stored = new ArrayList<>();
        for (Held message : queue.held()) {
            boolean all = true;
            for (Ref ref : message.objects()) {
                all &= positions.stored(source(), key(ref)) != null;
            }
            if (all) {
                stored.add(message);
            }
        }
        queue.delete(stored);
        if (!stored.isEmpty()) {
            done.addLast(new Done(
                    clock.instant(),
                    stored.stream()
                            .flatMap(message -> message.objects().stream())
                            .map(BucketIngester::key)
                            .toList()));
        }
        while (!done.isEmpty() && done.getFirst().at().plus(REMEMBER).isBefore(clock.instant())) {
            positions.forget(source(), done.removeFirst().keys());
        }
        queue.extend();
    }

    // ---- the listing

    private void list(String bucket, String prefix, Backfill backfill) throws IngestException, InterruptedException {
        String listing = "listing of " + bucket + '/' + prefix;
        String position = positions.newest(source(), listing);
        if (LISTED.equals(position)) {
            return;
        }
        Instant to = backfill.to();
        String after = position == null ? null : position.substring(LISTED.length());
        String token = null;
        String last = after;
        do {
            ListObjectsV2Request request = ListObjectsV2Request.builder()
                    .bucket(bucket)
                    .prefix(prefix)
                    .startAfter(after)
                    .continuationToken(token)
                    .expectedBucketOwner(config.owner())
                    .build();
            ListObjectsV2Response answer =
                    session.call(AwsApi.LIST_OBJECTS, source() + ", bucket \"" + bucket + "\"", () -> session.s3()
                            .listObjectsV2(request));
            for (S3Object object : answer.contents()) {
                Instant written = object.lastModified();
                boolean wanted =
                        written == null || !written.isBefore(backfill.from()) && (to == null || written.isBefore(to));
                if (wanted && !object.key().endsWith("/")) {
                    Ref ref = new Ref(bucket, object.key());
                    if (positions.newest(source(), key(ref)) != null) {
                        objects.skipped();
                    } else if (!read(ref, listing, LISTED + object.key())) {
                        // Whoever may not read one object of a bucket must be able to find out which.
                        LOG.warn("{}: {} is left out of the backfill", source(), key(ref));
                    }
                }
                last = object.key();
                if (queue != null) {
                    tend(queue);
                }
            }
            token = answer.nextContinuationToken();
        } while (token != null);
        objects.finish();
        positions.add(source(), listing, LISTED, new io.trailwarden.ingest.Delivery(), 0);
        LOG.info("{}: the backfill of {}/{} is read, up to {}", source(), bucket, prefix, last);
    }

    // ---- objects

    /** @return whether the object got its outcome; if not, it is tried again */
    private boolean read(Ref ref, String key, String position) throws IngestException, InterruptedException {
        String object = key(ref);
        if (!config.buckets().contains(ref.bucket())) {
            refuse(object, "its bucket is not configured (expected: one of " + new TreeSet<>(config.buckets()) + ")");
            return true;
        }
        byte[] stored;
        try {
            stored = session.call(AwsApi.GET_OBJECT, source() + ", object " + object, () -> get(ref));
        } catch (IngestException e) {
            String code = AwsSession.code(e.getCause() == null ? e : e.getCause());
            if (code.equals("NoSuchKey") || code.equals("NoSuchBucket")) {
                refuse(object, "the object is gone: " + code);
                return true;
            }
            if (code.equals("AccessDenied")) {
                report(object, String.valueOf(e.getMessage()));
                return false;
            }
            throw e;
        }
        ObjectContent content = unpacker.unpack(stored, stored.length);
        String sha256 = objects.hash(content.bytes(), 0, content.length());
        if (content.isArchive()) {
            objects.publishArchive(object, unpacker.open(content), sha256, key, position);
        } else {
            objects.publish(object, content, sha256, key, openFrom -> position);
        }
        reported.remove(object);
        return true;
    }

    private byte[] get(Ref ref) {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(ref.bucket())
                .key(ref.key())
                .expectedBucketOwner(config.owner())
                .build();
        try (ResponseInputStream<GetObjectResponse> in = session.s3().getObject(request)) {
            return in.readNBytes(config.limits().maxBytes() + 1);
        } catch (IOException e) {
            throw SdkClientException.create("the object's content breaks off", e);
        }
    }

    private void refuse(String object, String message) throws IngestException, InterruptedException {
        objects.publishUnreadable(object, DeadLetter.Reason.UNREADABLE, message, new byte[0], object, STORED);
    }

    private void report(String object, String message) throws IngestException, InterruptedException {
        if (!message.equals(reported.put(object, message))) {
            objects.publishUnreadable(object, DeadLetter.Reason.UNREADABLE, message);
        }
    }

    private static String key(Ref ref) {
        return ref.bucket() + '/' + ref.key();
    }

    @Override
    public void close() {
        unpacker.close();
    }
}
