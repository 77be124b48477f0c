package io.trailwarden.ingest.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.event.custody.CustodyObservation.Detail;
import io.trailwarden.event.custody.CustodyObservation.Kind;
import io.trailwarden.event.custody.CustodyObservation.Place;
import io.trailwarden.event.custody.CustodyObservation.State;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.MemoryBroker;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.Faults;
import io.trailwarden.testing.aws.SignedTrail;
import io.trailwarden.testing.aws.SimulatedClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkGlobalTime;

/** A trail that delivers hour after hour, what can be done to it, and what is said of that. */
class CustodyWatchTest {

    private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
    private static final String BUCKET = "example-trail";
    private static final String TRAIL = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main";
    private static final Duration DELAY = Duration.ofMinutes(5);
    private static final int OBJECTS = 3;

    /** The process is dead. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    @TempDir
    Path folder;

    private final SimulatedClock clock = new SimulatedClock(START);
    private final MemoryBroker broker = new MemoryBroker();
    private final SignedTrail trail = SignedTrail.begin("main", START);
    private final List<Receipt> read = new ArrayList<>();
    private final Set<String> delivered = new TreeSet<>();
    private FakeAws aws;
    private AwsSessions sessions;
    private Positions positions;
    private CustodyWatch watch;

    @BeforeEach
    void start() throws IngestException {
        aws = FakeAws.start(clock);
        aws.s3().createBucket(BUCKET);
        aws.cloudTrail().key("eu-west-1", trail.publicKey(), START, START.plus(Duration.ofDays(30)));
        positions = Positions.open(folder.resolve("positions.db"));
        restart(FailPoint.Listener.NONE, clock);
    }

    @AfterEach
    void stop() {
        watch.close();
        sessions.close();
        positions.close();
        aws.close();
    }

    /** Another process over the same positions. */
    private void restart(FailPoint.Listener failPoints, Clock local) throws IngestException {
        if (watch != null) {
            watch.close();
            sessions.close();
        }
        sessions = new AwsSessions(local, clock::advance);
        AwsAccess access = new AwsAccess(
                "eu-west-1", null, "arn:aws:iam::111122223333:role/trailwarden-reader", null, aws.endpoint());
        CustodyConfig config = CustodyConfig.of("custody:main", Set.of(BUCKET), null, List.of(), true);
        watch = new CustodyWatch(config, sessions, access, broker.connect(), new ReadLog(), positions, failPoints);
    }

    /** What ingesters say they have read, in one partition. */
    private final class ReadLog implements ReceiptLog {

        @Override
        public Map<Integer, Long> read(Map<Integer, Long> from, Consumer<Receipt> receipts) {
            read.subList(from.getOrDefault(0, 0L).intValue(), read.size()).forEach(receipts);
            return Map.of(0, (long) read.size());
        }

        @Override
        public void close() {}
    }

    // ---- what happens

    /** One hour passes; its objects come and are read, then its digest comes. */
    private SignedTrail.Signed hour(int objects) {
        deliver(objects);
        SignedTrail.Signed digest = trail.digests().get(trail.digests().size() - 1);
        put(digest);
        return digest;
    }

    /** One hour passes; its objects come and are read, and its digest not yet. */
    private void deliver(int objects) {
        trail.hour(objects, 1);
        clock.advance(Duration.between(clock.instant(), trail.end().plus(DELAY)));
        trail.objects().forEach((key, content) -> {
            if (delivered.add(key)) {
                put(key, content);
                received(key, content);
            }
        });
    }

    private void put(SignedTrail.Signed digest) {
        aws.s3()
                .put(
                        BUCKET,
                        digest.key(),
                        SignedTrail.gzip(digest.content()),
                        Map.of("signature", digest.signature(), "signature-algorithm", "SHA256withRSA"));
    }

    private void put(String key, byte[] content) {
        aws.s3().put(BUCKET, key, SignedTrail.gzip(content), Map.of());
    }

    private void received(String key, byte[] content) {
        read.add(new Receipt(
                "s3:main", BUCKET + '/' + key, Custody.sha256(content), 1, content.length, clock.instant()));
    }

    private void hours(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            hour(OBJECTS);
            watch.pass();
        }
    }

    private void later(Duration duration) throws Exception {
        clock.advance(duration);
        watch.pass();
    }

    /** The key of an object, counted from the first. */
    private String object(int number) {
        return List.copyOf(trail.objects().keySet()).get(number);
    }

    private static byte[] other(byte[] content) {
        return new String(content, StandardCharsets.UTF_8)
                .replace("GetUser", "PutUser")
                .getBytes(StandardCharsets.UTF_8);
    }

    // ---- what is said

    /** The last observation of everything. */
    private List<CustodyObservation> observations() {
        Map<String, CustodyObservation> latest = new TreeMap<>();
        broker.store().forEach(message -> {
            assertThat(message.topic()).isEqualTo(Topics.CUSTODY.name());
            CustodyObservation observation = RecordCodec.CUSTODY.decode(message.value());
            assertThat(message.key()).isEqualTo(EventKeys.of(observation));
            latest.merge(
                    EventKeys.of(observation),
                    observation,
                    (one, two) -> two.times().seen().isBefore(one.times().seen()) ? one : two);
        });
        return List.copyOf(latest.values());
    }

    private List<Kind> holding() {
        return observations().stream()
                .filter(observation -> observation.state() == State.HOLDS)
                .map(CustodyObservation::what)
                .sorted(Comparator.comparing(Kind::name))
                .toList();
    }

    private CustodyObservation only(Kind kind) {
        List<CustodyObservation> all = observations().stream()
                .filter(observation -> observation.what() == kind)
                .toList();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    /** The only detail. */
    private static Detail detail(CustodyObservation observation) {
        assertThat(observation.details()).hasSize(1);
        return observation.details().get(0);
    }

    // ---- tests

    @Test
    void of_a_sound_trail_nothing_is_said_and_every_object_is_fetched_once() throws Exception {
        hours(30);
        for (int i = 0; i < 10; i++) {
            later(Duration.ofMinutes(5));
        }

        assertThat(observations()).isEmpty();
        assertThat(aws.requests("GetObject")).isEqualTo(30 * (OBJECTS + 1));
        assertThat(aws.requests("ListPublicKeys")).isEqualTo(1);
        assertThat(aws.exceeded()).isEmpty();
    }

    @Test
    void another_process_goes_on_where_the_last_one_was() throws Exception {
        hours(3);
        int before = aws.requests("GetObject");

        restart(FailPoint.Listener.NONE, clock);
        hours(1);

        assertThat(aws.requests("GetObject") - before).isEqualTo(OBJECTS + 1);
        assertThat(aws.requests("ListPublicKeys")).isEqualTo(1);
        assertThat(observations()).isEmpty();
    }

    @Test
    void an_altered_object_is_found_with_its_digest_and_in_order_when_restored() throws Exception {
        hours(4);
        deliver(OBJECTS);
        String key = object(13);
        byte[] sound = trail.objects().get(key);
        put(key, other(sound));
        put(trail.digests().get(4));
        watch.pass();

        CustodyObservation seen = only(Kind.ALTERED_OBJECT);
        assertThat(holding()).containsExactly(Kind.ALTERED_OBJECT);
        String digest = trail.digests().get(4).key();
        assertThat(seen.place()).isEqualTo(new Place(BUCKET, digest, "111122223333", "eu-west-1"));
        assertThat(seen.digest()).isEqualTo(digest);
        assertThat(seen.times().aws()).isEqualTo(START.plus(Duration.ofHours(4)));
        assertThat(detail(seen)).isEqualTo(new Detail(key, "its content is not the one that was signed"));
        assertThat(seen.count()).isOne();

        put(key, sound);
        later(DELAY);

        assertThat(holding()).isEmpty();
        assertThat(only(Kind.ALTERED_OBJECT).times().aws())
                .isEqualTo(seen.times().aws());
    }

    @Test
    void an_object_that_is_altered_hours_after_it_was_verified_is_found_by_the_next_digest() throws Exception {
        hours(4);
        put(object(1), other(trail.objects().get(object(1))));

        hours(1);

        assertThat(holding()).containsExactly(Kind.ALTERED_OBJECT);
        assertThat(only(Kind.ALTERED_OBJECT).place().name())
                .endsWith(trail.digests().get(0).key());
    }

    @Test
    void an_object_that_was_altered_when_it_was_read_is_found_though_it_was_restored() throws Exception {
        hours(4);
        deliver(OBJECTS);
        read.remove(13);
        received(object(13), other(trail.objects().get(object(13))));
        put(trail.digests().get(4));
        watch.pass();

        assertThat(holding()).containsExactly(Kind.ALTERED_OBJECT);
        assertThat(detail(only(Kind.ALTERED_OBJECT)).message())
                .endsWith("what was read is not what was signed, though it is now");
    }

    @Test
    void a_named_object_that_never_came_is_found_and_in_order_when_it_comes_late() throws Exception {
        hours(4);
        deliver(OBJECTS);
        String key = object(13);
        aws.s3().delete(BUCKET, key);
        read.remove(13);
        put(trail.digests().get(4));
        watch.pass();

        assertThat(holding()).containsExactly(Kind.MISSING_OBJECT);
        assertThat(detail(only(Kind.MISSING_OBJECT))).isEqualTo(new Detail(key, "it was delivered, and is not there"));

        put(key, trail.objects().get(key));
        received(key, trail.objects().get(key));
        later(DELAY);

        assertThat(holding()).isEmpty();
    }

    @Test
    void a_bucket_that_is_emptied_gives_one_observation_an_hour_and_each_knows_what_was_read() throws Exception {
        hours(6);
        trail.objects().keySet().forEach(key -> aws.s3().delete(BUCKET, key));

        hours(1);

        assertThat(holding()).hasSize(6).containsOnly(Kind.MISSING_OBJECT);
        assertThat(observations()).allSatisfy(seen -> {
            assertThat(seen.count()).isEqualTo(3);
            assertThat(seen.details())
                    .extracting(Detail::message)
                    .containsOnly("it was delivered and read, and is not there any more");
        });
    }

    @Test
    void a_moved_object_is_found() throws Exception {
        hours(3);
        String key = object(4);
        put(key.replace(".json.gz", "moved.json.gz"), trail.objects().get(key));
        aws.s3().delete(BUCKET, key);

        hours(1);

        assertThat(holding()).containsExactly(Kind.MOVED_OBJECT);
    }

    @Test
    void an_object_among_CloudTrail_s_own_that_it_did_not_write_is_found() throws Exception {
        hours(3);
        put(object(4).replace("000", "999"), other(trail.objects().get(object(4))));

        hours(1);

        assertThat(holding()).containsExactly(Kind.UNKNOWN_OBJECT);
        aws.s3().delete(BUCKET, object(4).replace("000", "999"));
        later(DELAY);
        assertThat(holding()).isEmpty();
    }

    @Test
    void an_object_that_is_not_even_named_like_CloudTrail_s_is_found() throws Exception {
        hours(3);
        put(object(4).replaceAll("[^/]*$", "zzz.json.gz"), other(trail.objects().get(object(4))));

        hours(1);

        assertThat(holding()).containsExactly(Kind.UNKNOWN_OBJECT);
        assertThat(only(Kind.UNKNOWN_OBJECT).place().name())
                .endsWith(trail.digests().get(3).key());
    }

    @Test
    void what_is_delivered_around_the_end_of_an_hour_is_left_to_the_next_digest() throws Exception {
        hours(3);
        put(object(4).replace("T0120Z", "T0258Z"), other(trail.objects().get(object(4))));
        later(DELAY);
        assertThat(holding()).isEmpty();

        hours(1);

        assertThat(holding()).containsExactly(Kind.UNKNOWN_OBJECT);
    }

    @Test
    void digests_that_changed_places_are_found() throws Exception {
        hours(5);
        SignedTrail.Signed one = trail.digests().get(1);
        SignedTrail.Signed other = trail.digests().get(3);
        put(new SignedTrail.Signed(one.key(), other.content(), other.signature()));
        put(new SignedTrail.Signed(other.key(), one.content(), one.signature()));

        hours(1);

        assertThat(holding()).contains(Kind.MOVED_DIGEST);
        put(one);
        put(other);
        later(DELAY);
        assertThat(holding()).isEmpty();
    }

    @Test
    void an_altered_digest_is_found() throws Exception {
        hours(5);
        SignedTrail.Signed one = trail.digests().get(2);
        byte[] altered = new String(one.content(), StandardCharsets.UTF_8)
                .replace("\"logFiles\":[{", "\"logFiles\":[],\"was\":[{")
                .getBytes(StandardCharsets.UTF_8);
        put(new SignedTrail.Signed(one.key(), altered, one.signature()));

        hours(1);

        assertThat(holding()).containsExactly(Kind.ALTERED_DIGEST);
        assertThat(only(Kind.ALTERED_DIGEST).place().name()).isEqualTo(one.key());
    }

    @Test
    void an_altered_digest_is_found_whatever_it_says_of_its_time() throws Exception {
        hours(5);
        SignedTrail.Signed one = trail.digests().get(2);
        byte[] altered = new String(one.content(), StandardCharsets.UTF_8)
                .replace("\"digestStartTime\":\"2026", "\"digestStartTime\":\"2016")
                .getBytes(StandardCharsets.UTF_8);
        put(new SignedTrail.Signed(one.key(), altered, one.signature()));

        hours(1);

        assertThat(holding()).containsExactly(Kind.ALTERED_DIGEST);
    }

    @Test
    void a_folder_without_digests_of_the_day_is_not_looked_at_all_the_time() throws Exception {
        hours(2);
        clock.advance(Duration.ofDays(3));
        watch.pass();
        int before = aws.requests("ListObjectsV2");

        for (int i = 0; i < 12; i++) {
            later(DELAY.minusSeconds(1));
        }

        assertThat(aws.requests("ListObjectsV2") - before).isZero();
    }

    @Test
    void a_digest_that_somebody_else_signed_is_found() throws Exception {
        hours(2);
        SignedTrail forged = SignedTrail.of(START, 3, OBJECTS, 2);
        deliver(OBJECTS);
        put(forged.digests().get(2));
        watch.pass();

        assertThat(holding()).contains(Kind.UNVERIFIABLE_DIGEST);
    }

    @Test
    void a_digest_that_is_removed_is_found_and_still_proves_its_objects() throws Exception {
        hours(4);
        SignedTrail.Signed removed = trail.digests().get(2);
        aws.s3().delete(BUCKET, removed.key());
        aws.s3().delete(BUCKET, object(7));

        hours(1);

        assertThat(holding()).containsExactly(Kind.MISSING_DIGEST, Kind.MISSING_OBJECT);
        put(removed);
        put(object(7), trail.objects().get(object(7)));
        later(DELAY);
        assertThat(holding()).isEmpty();
    }

    @Test
    void the_newest_digest_is_missed_too() throws Exception {
        hours(4);
        aws.s3().delete(BUCKET, trail.digests().get(3).key());

        later(Duration.ofHours(1).minus(DELAY));

        assertThat(holding()).containsExactly(Kind.MISSING_DIGEST);
    }

    @Test
    void a_digest_that_never_came_is_found_by_the_one_after_it_and_in_order_when_it_comes() throws Exception {
        hours(3);
        deliver(OBJECTS);
        watch.pass();
        hours(1);

        assertThat(holding()).containsExactly(Kind.MISSING_DIGEST);
        CustodyObservation seen = only(Kind.MISSING_DIGEST);
        assertThat(seen.place().name()).isEqualTo(trail.digests().get(3).key());

        put(trail.digests().get(3));
        later(DELAY);

        assertThat(holding()).isEmpty();
    }

    @Test
    void a_trail_that_stops_is_found_when_the_next_digest_is_late_and_in_order_when_it_comes() throws Exception {
        hours(3);
        deliver(OBJECTS);
        later(Duration.ofMinutes(24));
        assertThat(holding()).isEmpty();

        later(Duration.ofMinutes(1));

        assertThat(holding()).containsExactly(Kind.GAP);
        assertThat(only(Kind.GAP).times().aws()).isEqualTo(START.plus(Duration.ofHours(3)));
        put(trail.digests().get(3));
        later(DELAY);
        assertThat(holding()).isEmpty();
    }

    @Test
    void a_trail_that_was_off_for_a_while_has_one_observation_that_says_so_to_the_end() throws Exception {
        hours(3);
        later(Duration.ofMinutes(90));
        CustodyObservation stopped = only(Kind.GAP);
        trail.pauseUntil(START.plus(Duration.ofHours(6)));

        hours(3);

        assertThat(holding()).containsExactly(Kind.GAP);
        assertThat(EventKeys.of(only(Kind.GAP))).isEqualTo(EventKeys.of(stopped));
        assertThat(detail(only(Kind.GAP)).message()).contains("the chain starts anew after 2026-03-02T03:00:00Z");
    }

    @Test
    void an_observation_stands_when_its_evidence_leaves_the_window() throws Exception {
        hours(3);
        put(object(4), other(trail.objects().get(object(4))));
        aws.s3().delete(BUCKET, trail.digests().get(0).key());

        hours(40);

        assertThat(holding()).containsExactly(Kind.ALTERED_OBJECT, Kind.MISSING_DIGEST);
    }

    @Test
    void a_busy_trail_that_falls_silent_is_found() throws Exception {
        hours(14);
        for (int i = 0; i < 3; i++) {
            hour(0);
            watch.pass();
        }
        assertThat(holding()).isEmpty();

        hour(0);
        watch.pass();

        assertThat(holding()).containsExactly(Kind.SILENT_TRAIL);
        CustodyObservation seen = only(Kind.SILENT_TRAIL);
        assertThat(seen.times().aws()).isEqualTo(START.plus(Duration.ofHours(14)));
        hours(30);
        assertThat(holding()).containsExactly(Kind.SILENT_TRAIL);
        assertThat(detail(only(Kind.SILENT_TRAIL)).message())
                .contains("nothing from 2026-03-02T14:00:00Z to 2026-03-02T18:00:00Z");
    }

    @Test
    void a_trail_that_was_never_busy_may_be_silent() throws Exception {
        for (int i = 0; i < 24; i++) {
            hour(i % 8 == 0 ? 1 : 0);
            watch.pass();
        }

        assertThat(holding()).isEmpty();
    }

    @Test
    void an_object_that_nobody_read_is_found_half_an_hour_after_its_digest_and_in_order_when_it_is_read()
            throws Exception {
        hours(2);
        deliver(OBJECTS);
        Receipt receipt = read.remove(7);
        put(trail.digests().get(2));
        watch.pass();
        later(Duration.ofMinutes(25));
        assertThat(holding()).isEmpty();

        later(Duration.ofMinutes(5));

        assertThat(holding()).containsExactly(Kind.UNREAD_OBJECT);
        read.add(receipt);
        later(DELAY);
        assertThat(holding()).isEmpty();
    }

    @Test
    void an_object_that_could_not_be_read_is_not_read_and_not_another_one() throws Exception {
        hours(2);
        deliver(OBJECTS);
        Receipt receipt = read.remove(7);
        byte[] name = receipt.object().getBytes(StandardCharsets.UTF_8);
        read.add(new Receipt("s3:main", receipt.object(), Custody.sha256(name), 1, 0, clock.instant()));
        put(trail.digests().get(2));
        watch.pass();

        later(Duration.ofMinutes(30));

        assertThat(holding()).containsExactly(Kind.UNREAD_OBJECT);
    }

    @Test
    void what_a_stranger_puts_among_the_digests_stops_nothing() throws Exception {
        hours(3);
        String key = trail.digests().get(2).key();
        for (String text : List.of(
                "{",
                "[]",
                "{\"digestS3Object\":\"x\"}",
                new String(trail.digests().get(2).content(), StandardCharsets.UTF_8)
                        .replace("\"digestStartTime\":\"2026", "\"digestStartTime\":\"+1000000000"))) {
            aws.s3()
                    .put(
                            BUCKET,
                            key.replace("_main_", "_strange" + text.length() + "_"),
                            text.getBytes(StandardCharsets.UTF_8),
                            Map.of("signature", "zz", "backfill-generation-timestamp", "+1000000000-01-01T00:00:00Z"));
        }
        aws.s3().put(BUCKET, key + "x", new byte[] {0x1f, (byte) 0x8b, 8, 0}, Map.of());
        aws.s3().put(BUCKET, "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/readme", new byte[0], Map.of());
        aws.s3().put(BUCKET, "AWSLogs/999/CloudTrail-Digest/(/x", new byte[0], Map.of());

        hours(1);

        assertThat(holding()).hasSize(4).containsOnly(Kind.ALTERED_DIGEST);
    }

    @Test
    void objects_from_before_the_watch_began_need_not_have_been_read() throws Exception {
        for (int i = 0; i < 5; i++) {
            hour(OBJECTS);
        }
        read.clear();

        watch.pass();
        later(Duration.ofMinutes(45));

        assertThat(observations()).isEmpty();
    }

    @Test
    void a_trail_that_CloudTrail_calls_stopped_is_found_at_once_and_stays_found() throws Exception {
        hours(2);
        aws.cloudTrail().trail(TRAIL, status(false));
        later(DELAY);

        assertThat(holding()).containsExactly(Kind.STOPPED_TRAIL);
        CustodyObservation seen = only(Kind.STOPPED_TRAIL);
        assertThat(seen.place().name()).isEqualTo(TRAIL);
        assertThat(detail(seen).message()).isEqualTo("stopped at 2026-03-02T01:30:00Z, and still is");

        later(Duration.ofHours(1));
        aws.cloudTrail()
                .trail(
                        TRAIL,
                        status(true)
                                .put("StartLoggingTime", START.plusSeconds(7200).getEpochSecond()));
        later(DELAY);

        assertThat(holding()).contains(Kind.STOPPED_TRAIL);
        assertThat(detail(only(Kind.STOPPED_TRAIL)).message())
                .isEqualTo("stopped at 2026-03-02T01:30:00Z, started again at 2026-03-02T02:00:00Z");
    }

    private static ObjectNode status(boolean logging) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("IsLogging", logging)
                .put("StopLoggingTime", START.plusSeconds(5400).getEpochSecond())
                .put("LatestDigestDeliveryTime", START.plusSeconds(3600).getEpochSecond());
    }

    @Test
    void what_CloudTrail_cannot_deliver_is_found_and_in_order_when_it_can() throws Exception {
        hours(2);
        ObjectNode status = JsonNodeFactory.instance.objectNode().put("IsLogging", true);
        aws.cloudTrail().trail(TRAIL, status.deepCopy().put("LatestDigestDeliveryError", "AccessDenied"));
        later(Duration.ofHours(1));

        assertThat(holding()).containsExactly(Kind.UNDELIVERED_DIGESTS);
        assertThat(detail(only(Kind.UNDELIVERED_DIGESTS)).message())
                .isEqualTo("digests since the beginning: AccessDenied");
        int revisions = broker.store().size();
        later(DELAY);
        assertThat(broker.store()).hasSize(revisions);

        aws.cloudTrail().trail(TRAIL, status);
        later(DELAY);
        assertThat(observations())
                .filteredOn(one -> one.what() == Kind.UNDELIVERED_DIGESTS)
                .extracting(CustodyObservation::state)
                .containsExactly(State.IN_ORDER);
    }

    @Test
    void what_may_not_be_read_is_found_and_in_order_when_it_may() throws Exception {
        hours(2);
        deliver(OBJECTS);
        put(trail.digests().get(2));
        aws.s3().deny(BUCKET, trail.digests().get(2).key());
        watch.pass();
        assertThat(holding()).containsExactly(Kind.UNWATCHED);
        aws.s3().allow();
        later(DELAY);
        assertThat(holding()).isEmpty();

        aws.s3().deny(BUCKET, "");
        later(Duration.ofHours(1).minus(DELAY));

        assertThat(holding()).containsExactly(Kind.UNWATCHED);
        CustodyObservation seen = observations().stream()
                .filter(one -> one.state() == State.HOLDS)
                .findFirst()
                .orElseThrow();
        assertThat(seen.times().aws()).isNull();
        assertThat(seen.times().first()).isEqualTo(seen.times().seen());
        assertThat(seen.times().watchedUntil()).isNull();
        assertThat(detail(seen).message()).contains("s3:ListBucket failed: AccessDenied");
        int revisions = broker.store().size();
        later(DELAY);
        assertThat(broker.store()).hasSize(revisions);
        aws.s3().allow();
        later(DELAY);
        assertThat(holding()).isEmpty();
    }

    @Test
    void observations_of_the_last_minutes_are_sent_again_when_a_process_starts() throws Exception {
        hours(3);
        put(object(4), other(trail.objects().get(object(4))));
        hours(1);
        CustodyObservation before = only(Kind.ALTERED_OBJECT);
        int sent = broker.store().size();

        restart(FailPoint.Listener.NONE, clock);
        watch.pass();

        assertThat(broker.store()).hasSize(sent + 1);
        assertThat(only(Kind.ALTERED_OBJECT)).isEqualTo(before);
    }

    /** Everything at once, hour by hour. */
    private void misdeeds(Doing pass) throws Exception {
        hour(OBJECTS);
        pass.run();
        hour(OBJECTS);
        put(object(1), other(trail.objects().get(object(1))));
        pass.run();
        hour(OBJECTS);
        aws.s3().delete(BUCKET, object(4));
        put(object(3).replace("000", "999"), other(trail.objects().get(object(3))));
        pass.run();
        hour(OBJECTS);
        aws.s3().delete(BUCKET, trail.digests().get(1).key());
        pass.run();
        put(object(1), trail.objects().get(object(1)));
        put(trail.digests().get(1));
        hour(OBJECTS);
        pass.run();
        clock.advance(Duration.ofMinutes(90));
        pass.run();
    }

    private interface Doing {
        void run() throws Exception;
    }

    private static final List<Kind> MISDEEDS = List.of(Kind.GAP, Kind.MISSING_OBJECT, Kind.UNKNOWN_OBJECT);

    private Map<String, State> states() {
        Map<String, State> states = new TreeMap<>();
        observations().forEach(seen -> states.put(EventKeys.of(seen), seen.state()));
        return states;
    }

    @ParameterizedTest
    @EnumSource(
            value = FailPoint.class,
            names = {"AFTER_READ", "AFTER_SEND", "BEFORE_POSITION"})
    void killed_at_any_step_it_finds_the_same(FailPoint point) throws Exception {
        Map<FailPoint, Integer> kills = new HashMap<>();
        misdeeds(() -> {
            for (int time = 1; ; time++) {
                int[] left = {time};
                restart(
                        (reached, object) -> {
                            if (reached == point && --left[0] == 0) {
                                throw new Killed();
                            }
                        },
                        clock);
                try {
                    watch.pass();
                    return;
                } catch (Killed e) {
                    kills.merge(point, 1, Integer::sum);
                }
            }
        });

        assertThat(kills.get(point)).isGreaterThan(2);
        assertThat(holding()).isEqualTo(MISDEEDS);
        assertThat(observations()).hasSize(5);
        assertThat(states().values())
                .filteredOn(state -> state == State.IN_ORDER)
                .hasSize(2);
    }

    /**
     * Half of all requests throttled, errors 500, lost connections, tokens that expire, a clock two hours off, lists in pages
     * of two, and a process that dies at every named step.
     */
    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 2})
    void hours_of_AWS_at_its_worst_change_nothing(int skewHours) throws Exception {
        Duration skew = Duration.ofHours(skewHours);
        Clock local = Clock.offset(clock, skew.negated());
        Map<FailPoint, Integer> kills = new TreeMap<>();
        Random random = new Random(11);
        FailPoint.Listener deadly = (point, object) -> {
            if (random.nextInt(point == FailPoint.AFTER_READ ? 10 : 3) == 0) {
                kills.merge(point, 1, Integer::sum);
                throw new Killed();
            }
        };
        restart(deadly, local);
        aws.s3().pageSize(2);
        aws.faults(Faults.all(skew));
        Map<String, Integer> failures = new TreeMap<>();
        try {
            misdeeds(() -> {
                // As the runner does: what fails is tried again.
                Instant end = clock.instant().plus(Duration.ofMinutes(15));
                boolean done = false;
                while (!done || clock.instant().isBefore(end)) {
                    try {
                        watch.pass();
                        done = true;
                    } catch (IngestException e) {
                        failures.merge(String.valueOf(e.getMessage()).replaceAll(" \\(Service.*", ""), 1, Integer::sum);
                    } catch (Killed e) {
                        restart(deadly, local);
                    }
                    clock.advance(Duration.ofMinutes(1));
                    assertThat(clock.instant()).isBefore(end.plus(Duration.ofMinutes(40)));
                }
            });
        } finally {
            SdkGlobalTime.setGlobalTimeOffset(0);
        }

        assertThat(holding()).isEqualTo(MISDEEDS);
        assertThat(observations()).hasSize(5);
        assertThat(aws.exceeded()).isEmpty();
        assertThat(kills).containsOnlyKeys(FailPoint.AFTER_READ, FailPoint.AFTER_SEND, FailPoint.BEFORE_POSITION);
        System.out.printf(
                "hours of custody: 5 observations, none more, none less; killed %s; passes that failed %s; requests %s%n",
                kills, failures, aws.requests());
    }

    @Test
    void a_configuration_that_cannot_be_watched_is_refused() {
        CustodyConfig usual = CustodyConfig.of("c", Set.of(BUCKET), null, List.of("org/AWSLogs"), true);
        assertThat(usual.prefixes()).containsExactly("org/AWSLogs/");
        assertThatThrownBy(() -> new CustodyConfig(
                        "c",
                        Set.of(BUCKET),
                        null,
                        List.of(),
                        true,
                        Duration.ZERO,
                        Duration.ofMinutes(30),
                        Duration.ofMinutes(5)))
                .hasMessage("silence: PT30M (expected: 1 h to 10 h)");
    }
}
