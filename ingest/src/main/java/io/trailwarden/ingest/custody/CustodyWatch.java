package io.trailwarden.ingest.custody;

import io.trailwarden.event.Receipt;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.event.custody.CustodyObservation.Kind;
import io.trailwarden.event.custody.CustodyObservation.Place;
import io.trailwarden.event.custody.CustodyObservation.State;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.Delivery;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSession;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.ingest.custody.Custody.Examined;
import io.trailwarden.ingest.custody.CustodyJournal.Known;
import io.trailwarden.ingest.custody.DigestBucket.Fetched;
import io.trailwarden.ingest.custody.DigestBucket.Listed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.cloudtrail.model.GetTrailStatusResponse;

/**
 * Watches that CloudTrail's objects are those that CloudTrail wrote: verifies digests as they arrive, hashes the objects
 * that they name, and compares them with what was read. What is not as it was signed, and what is in order again, it tells
 * on topic {@code audit.custody}; how bad that is, is judged elsewhere. It is an ingester that sends observations and no
 * records.
 *
 * <p>At every look the digests and objects of the last day are verified anew, so what holds is a function of what lies in
 * the bucket and of what was read, and not of the order in which that was seen. Only what changed is fetched. What is older
 * than the window is not looked at any more: what was said of it stands, and {@link Custody#verify} verifies it on request.
 *
 * <p>Whether something is late is measured by AWS's clock. A process that dies loses no observation: what was not written down
 * as sent is sent again, under the same key.
 */
public final class CustodyWatch implements Ingester {

    private static final Logger LOG = LoggerFactory.getLogger(CustodyWatch.class);

    /** A digest covers an hour. */
    private static final Duration PERIOD = Duration.ofHours(1);

    /** At the edge of the window the neighbours that a proof needs may be outside. */
    private static final Duration EDGE = PERIOD.multipliedBy(2);

    /** For how long something is looked at again. */
    static final Duration WATCHED = CustodyConfig.WINDOW.minus(EDGE);

    private static final Duration DISCOVER = Duration.ofHours(1);
    private static final Duration REPEAT = Duration.ofMinutes(5);

    /** Of the hours before a silence so many, and in so many of them there was something. */
    private static final int BUSY_OF = 12;

    private static final int BUSY = 10;

    private static final String BEGAN = "began";
    private static final String ALIVE = "alive";

    private final CustodyConfig config;
    private final DigestBucket aws;
    private final EventPublisher publisher;
    private final ReceiptLog receipts;
    private final CustodyJournal journal;
    private final FailPoint.Listener failPoints;

    private final Map<String, Set<TrailFolder>> folders = new TreeMap<>();
    private final Map<String, Instant> discover = new HashMap<>();
    private final Map<TrailFolder, Instant> due = new HashMap<>();
    private final Map<TrailFolder.Trail, TrailFolder> trails = new LinkedHashMap<>();
    private final Map<TrailFolder.Trail, Instant> ask = new HashMap<>();
    private boolean repeated;

    /** Watches with this access; keeps its tables in the file of positions. */
    public CustodyWatch(
            CustodyConfig config,
            AwsSessions sessions,
            AwsAccess access,
            EventPublisher publisher,
            ReceiptLog receipts,
            Positions positions)
            throws IngestException {
        this(config, sessions, access, publisher, receipts, positions, FailPoint.Listener.NONE);
    }

    CustodyWatch(
            CustodyConfig config,
            AwsSessions sessions,
            AwsAccess access,
            EventPublisher publisher,
            ReceiptLog receipts,
            Positions positions,
            FailPoint.Listener failPoints)
            throws IngestException {
        this.config = config;
        this.publisher = publisher;
        this.receipts = receipts;
        this.failPoints = failPoints;
        aws = new DigestBucket(config.source(), sessions, access, config.owner());
        journal = CustodyJournal.open(positions.file(), config.source());
    }

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public Duration interval() {
        return config.interval();
    }

    /** It reads no records. */
    @Override
    public IngestProgress progress() {
        return new IngestProgress(0, 0, 0, 0, 0, Map.of());
    }

    @Override
    public void pass() throws InterruptedException, IngestException {
        repeatLast();
        for (String bucket : new TreeSet<>(config.buckets())) {
            discover(bucket);
        }
        Instant now = aws.now();
        if (journal.time(BEGAN) == null) {
            journal.time(BEGAN, now);
        }
        takeReceipts(now);
        for (Set<TrailFolder> inBucket : folders.values()) {
            for (TrailFolder folder : inBucket) {
                if (!now.isBefore(due.getOrDefault(folder, Instant.MIN))) {
                    look(folder, now);
                }
            }
        }
        for (TrailFolder.Trail trail : List.copyOf(trails.keySet())) {
            if (!now.isBefore(ask.getOrDefault(trail, Instant.MIN))) {
                status(trail, now);
            }
        }
        Instant from = now.minus(CustodyConfig.WINDOW);
        journal.forget(from, from.minus(CustodyConfig.WINDOW), now.minus(EDGE));
        journal.time(ALIVE, now);
    }

    /** Kafka may have been lost together with what was not read of it yet; whoever reads knows what it has. */
    private void repeatLast() throws IngestException, InterruptedException {
        Instant alive = repeated ? null : journal.time(ALIVE);
        if (alive != null) {
            send(journal.saidSince(alive.minus(REPEAT)));
        }
        repeated = true;
    }

    private void discover(String bucket) throws IngestException, InterruptedException {
        if (aws.now().isBefore(discover.getOrDefault(bucket, Instant.MIN))) {
            return;
        }
        Set<TrailFolder> found = new TreeSet<>(Comparator.comparing(TrailFolder::digests));
        try {
            found.addAll(aws.folders(bucket, config.prefixes()));
        } catch (IngestException e) {
            if (!AwsSession.isRefused(e)) {
                throw e;
            }
            LOG.warn("{}: bucket {} cannot be watched", source(), bucket, e);
            folders.remove(bucket);
            settle(bucket, List.of(unwatched(Place.bucket(bucket), e)), aws.now());
            return;
        }
        settle(bucket, List.of(), aws.now());
        // Whoever deletes every digest does not make us forget that there were some.
        for (String known : journal.digestFolders(bucket)) {
            int kind = known.indexOf(TrailFolder.DIGESTS + "/");
            TrailFolder folder = TrailFolder.of(
                    bucket,
                    known.substring(0, kind),
                    known.substring(kind + TrailFolder.DIGESTS.length() + 1, known.length() - 1));
            if (folder != null) {
                found.add(folder);
            }
        }
        folders.put(bucket, found);
        discover.put(bucket, aws.now().plus(DISCOVER));
    }

    private void takeReceipts(Instant now) throws IngestException, InterruptedException {
        if (!config.read()) {
            return;
        }
        List<Receipt> taken = new ArrayList<>();
        Map<Integer, Long> next = receipts.read(journal.offsets(), receipt -> {
            int slash = receipt.object().indexOf('/');
            // What could not be read is known by its name alone.
            boolean unread = receipt.objectSha256()
                    .equals(Custody.sha256(receipt.object().getBytes(StandardCharsets.UTF_8)));
            if (slash > 0
                    && !unread
                    && config.buckets().contains(receipt.object().substring(0, slash))
                    && receipt.ingestedAt().isAfter(now.minus(CustodyConfig.WINDOW.multipliedBy(2)))) {
                taken.add(receipt);
            }
        });
        journal.read(taken, next, now);
    }

    // ---- a folder

    private void look(TrailFolder folder, Instant now) throws IngestException, InterruptedException {
        String scope = folder.bucket() + '/' + folder.digests();
        List<Seen> seen;
        try {
            seen = verify(folder, now);
        } catch (IngestException e) {
            if (!AwsSession.isRefused(e)) {
                throw e;
            }
            LOG.warn("{}: {} cannot be watched", source(), scope, e);
            settle(scope + " (access)", List.of(unwatched(place(folder, folder.digests()), e)), now);
            return;
        }
        settle(scope + " (access)", List.of(), now);
        settle(scope, seen, now);
        if (!seen.isEmpty()) {
            due.put(folder, now);
        }
    }

    private static Place place(TrailFolder folder, String key) {
        return new Place(folder.bucket(), key, folder.account(), folder.region());
    }

    private static Seen unwatched(Place place, IngestException e) {
        // Without the request's id, which is another one every time.
        String why = String.valueOf(e.getMessage()).replaceAll(" \\(Service.*", "");
        return Seen.whole(Kind.UNWATCHED, place, null, null, why);
    }

    /** Everything that holds of this folder now; says when it has to be looked at again if all is well. */
    private List<Seen> verify(TrailFolder folder, Instant now) throws IngestException, InterruptedException {
        Instant from = now.minus(CustodyConfig.WINDOW);
        Set<String> listed = fetch(folder, from, now);
        Map<String, Known> known = journal.digests(folder, from);
        PublicKeys keys = keys(folder, known.values());
        // A digest that was removed proves as much as before, but only if it was sound.
        Set<String> sound = Custody.examine(files(known, known.keySet()), List.of(), keys, from).digests().stream()
                .map(Digest::key)
                .collect(Collectors.toSet());
        Set<String> used = new TreeSet<>(listed);
        used.addAll(sound);
        List<DigestFile> files = files(known, used);
        List<Digest> proven = Custody.examine(files, List.of(), keys, from).digests();
        List<Listed> strange = new ArrayList<>();
        Examined examined = Custody.examine(files, hashes(folder, proven, from, now, strange), keys, from);

        List<Problem> problems = new ArrayList<>();
        for (Listed object : strange) {
            proven.stream()
                    .filter(digest -> !object.modified().isBefore(digest.start())
                            && object.modified().isBefore(digest.end()))
                    .findFirst()
                    .ifPresent(digest -> problems.add(new Problem(
                            Kind.UNKNOWN_OBJECT,
                            object.key(),
                            digest.key(),
                            digest.start(),
                            "CloudTrail gives no such names")));
        }
        for (Problem problem : examined.report().problems()) {
            problems.add(told(folder, problem));
        }
        for (Digest digest : proven) {
            if (!listed.contains(digest.key())) {
                problems.add(new Problem(
                        Kind.MISSING_DIGEST,
                        digest.key(),
                        digest.key(),
                        digest.end(),
                        "it was here, and is not any more"));
            }
        }
        Map<Problem, Instant> evidence = new HashMap<>();
        Instant next = Instant.MAX;
        for (List<Digest> chain : chains(proven)) {
            Digest newest = chain.get(chain.size() - 1);
            if (!now.isBefore(newest.end().plus(PERIOD).plus(config.lateness()))) {
                problems.add(new Problem(
                        Kind.GAP,
                        newest.key(),
                        newest.key(),
                        newest.end(),
                        "no digest follows this one; the next was due at "
                                + newest.end().plus(PERIOD)));
            }
            silence(chain, problems, evidence);
            next = earlier(next, newest.end().plus(PERIOD));
            TrailFolder.Trail trail = folder.trail(Custody.chain(newest.key()));
            if (trail != null) {
                trails.put(trail, folder);
            }
        }
        for (Digest digest : proven) {
            Instant expected = Objects.requireNonNull(known.get(digest.key()), digest.key())
                    .seen()
                    .plus(config.lateness());
            if (unread(folder, digest, examined, !now.isBefore(expected), problems) && now.isBefore(expected)) {
                next = earlier(next, expected);
            }
        }
        due.put(folder, next.equals(Instant.MAX) ? now.plus(DISCOVER) : next);
        Instant line = from.plus(EDGE);
        problems.removeIf(
                problem -> evidence.getOrDefault(problem, problem.time()).isBefore(line));
        return Seen.of(folder, problems, evidence);
    }

    /** Fetches the digests that are new or not the same any more; returns the keys of all that are there. */
    private Set<String> fetch(TrailFolder folder, Instant from, Instant now)
            throws IngestException, InterruptedException {
        Map<String, Known> known = journal.digests(folder, from);
        Set<String> there = new TreeSet<>();
        for (Listed listed : aws.list(folder.bucket(), folder.digests(), TrailFolder.from(folder.digests(), from))) {
            if (!Custody.time(listed.key()).isAfter(from)) {
                continue;
            }
            Known before = known.get(listed.key());
            if (before == null || !before.listed().equals(listed)) {
                Fetched fetched = aws.digest(folder.bucket(), listed.key());
                if (fetched == null) {
                    continue;
                }
                failPoints.reached(FailPoint.AFTER_READ, listed.key());
                journal.digest(listed, fetched, now);
            }
            there.add(listed.key());
        }
        return there;
    }

    private static List<DigestFile> files(Map<String, Known> known, Set<String> keys) {
        return keys.stream()
                .map(key ->
                        Objects.requireNonNull(known.get(key), key).fetched().file())
                .toList();
    }

    private PublicKeys keys(TrailFolder folder, Iterable<Known> digests) throws IngestException, InterruptedException {
        PublicKeys keys = journal.keys(folder.region());
        Set<String> asked = new HashSet<>();
        for (Known digest : digests) {
            String fingerprint = DigestBucket.fingerprint(digest.fetched().file());
            if (fingerprint != null && keys.of(fingerprint) == null && asked.add(fingerprint)) {
                for (byte[] value : aws.keys(folder.region(), digest.fetched().signed())) {
                    journal.key(folder.region(), value);
                    keys.add(value);
                }
            }
        }
        return keys;
    }

    /**
     * The hashes of the objects that are named, and of those that are there and should be.
     *
     * @param strange gets the objects that nothing names and whose own names tell no time
     */
    private List<ObjectHash> hashes(
            TrailFolder folder, List<Digest> proven, Instant from, Instant now, List<Listed> strange)
            throws IngestException, InterruptedException {
        Set<String> named = new TreeSet<>();
        Set<String> kinds = new TreeSet<>(Set.of("CloudTrail"));
        Instant covered = Instant.MIN;
        for (Digest digest : proven) {
            covered = digest.end().isAfter(covered) ? digest.end() : covered;
            for (Digest.Named object : digest.objects()) {
                String kind = folder.kind(object.key());
                if (kind != null && object.bucket().equals(folder.bucket())) {
                    named.add(object.key());
                    kinds.add(kind);
                }
            }
        }
        List<ObjectHash> hashes = new ArrayList<>();
        for (String kind : kinds) {
            String objects = folder.objects(kind);
            String after = TrailFolder.from(objects, from);
            for (Listed listed : aws.list(folder.bucket(), objects, after)) {
                Instant delivered = Custody.delivered(listed.key());
                if (named.contains(listed.key()) || !delivered.isBefore(from) && delivered.isBefore(covered)) {
                    add(hashes, folder.bucket(), listed.key(), hash(folder.bucket(), listed, now));
                } else if (delivered.equals(Instant.EPOCH) && !listed.key().endsWith("/")) {
                    strange.add(listed);
                }
            }
            // What was listed is all there is behind that key; what is named and lies before it, is asked for by name.
            named.removeIf(key -> key.startsWith(objects) && key.compareTo(after) > 0);
        }
        for (String key : named) {
            add(hashes, folder.bucket(), key, aws.hash(folder.bucket(), key));
        }
        return hashes;
    }

    private static void add(List<ObjectHash> hashes, String bucket, String key, @Nullable String hash) {
        if (hash != null) {
            hashes.add(new ObjectHash(bucket + '/' + key, hash));
        }
    }

    private @Nullable String hash(String bucket, Listed listed, Instant now)
            throws IngestException, InterruptedException {
        String known = journal.hash(bucket, listed);
        if (known != null) {
            return known;
        }
        String hash = aws.hash(bucket, listed.key());
        failPoints.reached(FailPoint.AFTER_READ, listed.key());
        if (hash != null) {
            journal.hash(bucket, listed, hash, now);
        }
        return hash;
    }

    /** The problem, and whether at least the records are here. */
    private Problem told(TrailFolder folder, Problem problem) throws IngestException {
        if (problem.what() != Kind.MISSING_OBJECT
                || journal.read(folder.bucket() + '/' + problem.object()).isEmpty()) {
            return problem;
        }
        return new Problem(
                problem.what(),
                problem.object(),
                problem.digest(),
                problem.time(),
                "it was delivered and read, and is not there any more");
    }

    /**
     * What this digest names and was not read as it was signed.
     *
     * @param late whether what is not read by now is a problem
     * @return whether something is not read
     */
    private boolean unread(TrailFolder folder, Digest digest, Examined examined, boolean late, List<Problem> problems)
            throws IngestException {
        Instant began = journal.time(BEGAN);
        if (!config.read() || began == null || digest.start().isBefore(began)) {
            return false;
        }
        boolean any = false;
        for (Digest.Named object : digest.objects()) {
            String place = folder.bucket() + '/' + object.key();
            if (!examined.report().proven().containsKey(new ObjectHash(place, object.hash()))) {
                continue;
            }
            Set<String> read = journal.read(place);
            any |= read.isEmpty();
            if (read.isEmpty() && late) {
                problems.add(new Problem(
                        Kind.UNREAD_OBJECT, object.key(), digest.key(), digest.start(), "nobody has read it"));
            } else if (!read.isEmpty() && !read.contains(object.hash())) {
                problems.add(new Problem(
                        Kind.ALTERED_OBJECT,
                        object.key(),
                        digest.key(),
                        digest.start(),
                        "what was read is not what was signed, though it is now"));
            }
        }
        return any;
    }

    private static List<List<Digest>> chains(List<Digest> digests) {
        Map<String, List<Digest>> chains = new TreeMap<>();
        digests.stream().sorted(Comparator.comparing(Digest::start)).forEach(digest -> chains.computeIfAbsent(
                        Custody.chain(digest.key()), unused -> new ArrayList<>())
                .add(digest));
        return List.copyOf(chains.values());
    }

    /** Runs of digests that name nothing, behind hours of which nearly all named something. */
    private void silence(List<Digest> chain, List<Problem> problems, Map<Problem, Instant> evidence) {
        for (int first = BUSY_OF; first < chain.size(); first++) {
            if (!chain.get(first).objects().isEmpty()
                    || chain.get(first - 1).objects().isEmpty()) {
                continue;
            }
            int last = first;
            while (last + 1 < chain.size() && chain.get(last + 1).objects().isEmpty()) {
                last++;
            }
            Instant start = chain.get(first).start();
            long busy = chain.subList(first - BUSY_OF, first).stream()
                    .filter(digest -> !digest.objects().isEmpty())
                    .count();
            if (busy >= BUSY && Duration.between(start, chain.get(last).end()).compareTo(config.silence()) >= 0) {
                Problem problem = new Problem(
                        Kind.SILENT_TRAIL,
                        chain.get(first).key(),
                        chain.get(first).key(),
                        start,
                        "nothing from " + start + " to " + chain.get(last).end() + ", and objects in " + busy
                                + " of the " + BUSY_OF + " hours before");
                problems.add(problem);
                evidence.put(problem, chain.get(first - BUSY_OF).start());
            }
        }
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    // ---- a trail

    private void status(TrailFolder.Trail trail, Instant now) throws IngestException, InterruptedException {
        GetTrailStatusResponse status = aws.status(trail);
        if (status == null) {
            // Digests tell the same, an hour later.
            ask.put(trail, now.plus(DISCOVER));
            return;
        }
        Place place = new Place(null, trail.arn(), trail.arn().split(":")[4], trail.home());
        List<Seen> seen = new ArrayList<>();
        Instant stopped = status.stopLoggingTime();
        if (stopped != null && !stopped.isBefore(now.minus(CustodyConfig.WINDOW))) {
            Instant started = status.startLoggingTime();
            boolean logging = Boolean.TRUE.equals(status.isLogging()) && started != null;
            seen.add(Seen.whole(
                    Kind.STOPPED_TRAIL,
                    place,
                    stopped,
                    stopped.plus(WATCHED),
                    "stopped at " + stopped + (logging ? ", started again at " + started : ", and still is")));
        }
        String digests = status.latestDigestDeliveryError();
        if (digests != null && !digests.isBlank()) {
            seen.add(undelivered(
                    Kind.UNDELIVERED_DIGESTS, place, status.latestDigestDeliveryTime(), "digests", digests));
        }
        String objects = status.latestDeliveryError();
        if (objects != null && !objects.isBlank()) {
            seen.add(undelivered(Kind.UNDELIVERED_OBJECTS, place, status.latestDeliveryTime(), "objects", objects));
        }
        settle(trail.arn(), seen, now);
    }

    private static Seen undelivered(Kind kind, Place trail, @Nullable Instant last, String what, String error) {
        return Seen.whole(
                kind, trail, last, null, what + " since " + (last == null ? "the beginning" : last) + ": " + error);
    }

    // ---- observations

    /** Sends the difference between what was said about this and what holds now. */
    private void settle(String scope, List<Seen> holds, Instant now) throws IngestException, InterruptedException {
        Map<String, CustodyObservation> before = journal.said(scope);
        List<CustodyObservation> news = new ArrayList<>();
        Set<String> held = new HashSet<>();
        for (Seen seen : holds) {
            CustodyObservation fresh = seen.at(now, now);
            String key = EventKeys.of(fresh);
            held.add(key);
            CustodyObservation said = before.get(key);
            if (said == null) {
                news.add(fresh);
            } else if (said.state() == State.IN_ORDER) {
                news.add(seen.at(now, after(said, now)));
            } else if (!seen.at(said.times().first(), said.times().seen()).equals(said)) {
                news.add(seen.at(said.times().first(), after(said, now)));
            }
        }
        before.forEach((key, said) -> {
            Instant until = said.times().watchedUntil();
            if (said.state() == State.HOLDS && !held.contains(key) && (until == null || !until.isBefore(now))) {
                news.add(said.at(State.IN_ORDER, after(said, now)));
            }
        });
        if (!news.isEmpty()) {
            send(news);
            failPoints.reached(FailPoint.BEFORE_POSITION, scope);
            journal.said(scope, news);
        }
    }

    /** Now, and later than that was seen. */
    private static Instant after(CustodyObservation said, Instant now) {
        return now.isAfter(said.times().seen()) ? now : said.times().seen().plusMillis(1);
    }

    /** Returns when Kafka has them. */
    private void send(List<CustodyObservation> news) throws IngestException, InterruptedException {
        Delivery delivery = new Delivery();
        for (CustodyObservation observation : news) {
            publisher.send(Topics.CUSTODY, observation, delivery);
        }
        failPoints.reached(FailPoint.AFTER_SEND, source());
        publisher.flush();
        Exception failure = delivery.failure();
        if (failure != null) {
            throw new IngestException("Kafka did not take an observation", failure);
        }
        for (CustodyObservation observation : news) {
            LOG.info("{}: {} {}", source(), observation.what(), observation.state());
        }
    }

    @Override
    public void close() {
        aws.close();
        journal.close();
        receipts.close();
    }
}
