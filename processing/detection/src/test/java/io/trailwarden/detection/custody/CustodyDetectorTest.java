package io.trailwarden.detection.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.trailwarden.detection.Rehearsal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Finding;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.Severity;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.event.custody.CustodyObservation.Detail;
import io.trailwarden.event.custody.CustodyObservation.Kind;
import io.trailwarden.event.custody.CustodyObservation.Place;
import io.trailwarden.event.custody.CustodyObservation.State;
import io.trailwarden.event.custody.CustodyObservation.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CustodyDetectorTest {

    private static final Instant HOUR = Instant.parse("2026-03-02T04:00:00Z");
    private static final Instant SEEN = Instant.parse("2026-03-02T05:05:00Z");
    private static final String DIGEST = "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/one.json.gz";
    private static final Place PLACE = new Place("example-trail", DIGEST, "111122223333", "eu-west-1");
    private static final String TRAIL = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main";
    private static final Detail ALTERED = new Detail("a.json.gz", "its content is not the one that was signed");

    private static CustodyObservation seen(Kind kind, Detail... details) {
        return seen(kind, PLACE, HOUR, DIGEST, details);
    }

    private static CustodyObservation seen(
            Kind kind, Place place, @Nullable Instant aws, @Nullable String digest, Detail... details) {
        Times times = new Times(aws, SEEN, SEEN, aws == null ? null : aws.plus(Duration.ofHours(24)));
        return new CustodyObservation(kind, place, State.HOLDS, times, digest, List.of(details), details.length);
    }

    private static CustodyObservation later(CustodyObservation observation, State state, int minutes) {
        return observation.at(state, SEEN.plus(Duration.ofMinutes(minutes)));
    }

    private static Rehearsal<CustodyKey, CustodyObservation, CustodyState> rehearsal() {
        return new Rehearsal<>(new CustodyDetector(), Reference.EMPTY);
    }

    private static Finding only(CustodyObservation observation) {
        return rehearsal().observe(observation).only();
    }

    @Test
    void an_altered_object_is_found_with_its_digest() {
        Finding finding = only(seen(Kind.ALTERED_OBJECT, ALTERED));

        assertThat(finding.detection().name()).isEqualTo("custody-altered-object");
        assertThat(finding.detection().severity()).isEqualTo(Severity.CRITICAL);
        assertThat(finding.detection().author()).isEqualTo("Trailwarden");
        assertThat(finding.detection().techniques()).containsExactly("T1565.001");
        assertThat(finding.subject().name()).isEqualTo("example-trail/" + DIGEST);
        assertThat(finding.subject().account()).isEqualTo("111122223333");
        assertThat(finding.subject().region()).isEqualTo("eu-west-1");
        assertThat(finding.evidence().first()).isEqualTo(HOUR);
        assertThat(finding.evidence().last()).isEqualTo(HOUR);
        assertThat(finding.words().title())
                .isEqualTo("CloudTrail objects were altered (account 111122223333, eu-west-1)");
        assertThat(finding.words().facts())
                .containsExactly(
                        entry("Expected", "the content that CloudTrail signed"),
                        entry("Seen", "a.json.gz: its content is not the one that was signed"),
                        entry("How many", "1"),
                        entry("Shown by digest", DIGEST),
                        entry("Bucket", "example-trail"));
        assertThat(finding.words().nextSteps()).hasSize(3);
    }

    /** People's decisions hang on these ids: the parts are fixed. */
    @Test
    void ids_depend_on_the_kind_the_place_and_the_times_of_AWS_alone() {
        Place trail = new Place(null, TRAIL, "111122223333", "eu-west-1");
        String digest = "example-trail/" + DIGEST;

        assertThat(only(seen(Kind.MISSING_OBJECT, ALTERED)).id())
                .isEqualTo(FindingId.of("custody-missing-object", digest, ""));
        assertThat(only(seen(Kind.GAP, ALTERED)).id())
                .isEqualTo(FindingId.of("custody-gap", digest, "2026-03-02T04:00:00Z"));
        assertThat(only(seen(Kind.STOPPED_TRAIL, trail, HOUR, null, ALTERED)).id())
                .isEqualTo(FindingId.of("custody-stopped-trail", TRAIL, "2026-03-02T04:00:00Z"));
        assertThat(only(seen(Kind.UNDELIVERED_DIGESTS, trail, null, null, ALTERED))
                        .id())
                .isEqualTo(FindingId.of("custody-undelivered", TRAIL, "digests 1970-01-01T00:00:00Z"));
        assertThat(only(seen(Kind.UNDELIVERED_OBJECTS, trail, HOUR, null, ALTERED))
                        .id())
                .isEqualTo(FindingId.of("custody-undelivered", TRAIL, "objects 2026-03-02T04:00:00Z"));
        assertThat(only(seen(Kind.UNWATCHED, Place.bucket("b"), null, null, ALTERED))
                        .id())
                .isEqualTo(FindingId.of("custody-unwatched", "b", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "ALTERED_OBJECT, CRITICAL, custody-altered-object",
        "MISSING_OBJECT, HIGH, custody-missing-object",
        "MOVED_OBJECT, HIGH, custody-moved-object",
        "UNKNOWN_OBJECT, HIGH, custody-unknown-object",
        "ALTERED_DIGEST, CRITICAL, custody-altered-digest",
        "MISSING_DIGEST, HIGH, custody-missing-digest",
        "MOVED_DIGEST, HIGH, custody-moved-digest",
        "GAP, HIGH, custody-gap",
        "UNVERIFIABLE_DIGEST, MEDIUM, custody-unverifiable-digest",
        "UNREAD_OBJECT, MEDIUM, custody-unread-object",
        "SILENT_TRAIL, MEDIUM, custody-silent-trail",
        "STOPPED_TRAIL, HIGH, custody-stopped-trail",
        "UNDELIVERED_DIGESTS, HIGH, custody-undelivered",
        "UNDELIVERED_OBJECTS, HIGH, custody-undelivered",
        "UNWATCHED, HIGH, custody-unwatched"
    })
    void every_kind_is_as_bad_as_the_reference_says(Kind kind, Severity severity, String detection) {
        Finding finding = only(seen(kind, ALTERED));

        assertThat(finding.detection().severity()).isEqualTo(severity);
        assertThat(finding.detection().name()).isEqualTo(detection);
    }

    @ParameterizedTest
    @EnumSource
    void every_kind_says_what_it_means_and_what_to_do(Kind kind) {
        Finding finding = only(seen(kind, ALTERED));

        assertThat(finding.words().title()).isNotBlank().hasSizeLessThan(200);
        assertThat(finding.words().description()).endsWith(".");
        assertThat(finding.words().facts()).containsKeys("Expected", "Seen");
        assertThat(finding.words().nextSteps()).isNotEmpty();
    }

    @Test
    void what_is_in_order_again_is_withdrawn_and_what_is_wrong_again_is_open_again() {
        CustodyObservation wrong = seen(Kind.MISSING_OBJECT, ALTERED);
        var rehearsal = rehearsal().observe(wrong).observe(later(wrong, State.IN_ORDER, 5));

        assertThat(rehearsal.open()).isEmpty();
        Finding withdrawn = rehearsal.revisions().get(1);
        assertThat(withdrawn.state()).isEqualTo(Finding.State.WITHDRAWN);
        assertThat(withdrawn.id()).isEqualTo(rehearsal.revisions().get(0).id());
        assertThat(withdrawn.words().description())
                .isEqualTo(
                        "Withdrawn: what was missing has come, what was wrong is as it was signed, or another finding"
                                + " says more.");

        rehearsal.observe(later(wrong, State.HOLDS, 10));
        assertThat(rehearsal.only().id()).isEqualTo(withdrawn.id());
    }

    @Test
    void of_what_is_in_order_and_never_was_otherwise_nothing_is_said() {
        assertThat(rehearsal()
                        .observe(later(seen(Kind.GAP, ALTERED), State.IN_ORDER, 5))
                        .revisions())
                .isEmpty();
    }

    @Test
    void any_order_of_arrival_any_number_of_times_gives_the_same() {
        CustodyObservation one = seen(Kind.ALTERED_OBJECT, ALTERED);
        CustodyObservation other = seen(Kind.MISSING_OBJECT, new Detail("b", "it was delivered, and is not there"));
        CustodyObservation more = new CustodyObservation(
                other.what(),
                other.place(),
                State.HOLDS,
                later(other, State.HOLDS, 20).times(),
                DIGEST,
                List.of(new Detail("b", "gone"), new Detail("c", "gone")),
                2);
        List<CustodyObservation> all = new ArrayList<>(
                List.of(one, later(one, State.IN_ORDER, 5), other, later(other, State.IN_ORDER, 10), more, one, more));
        List<Finding> expected = List.of(only(more));

        for (int seed = 0; seed < 60; seed++) {
            Collections.shuffle(all, new Random(seed));
            var rehearsal = seed % 2 == 0 ? rehearsal() : rehearsal().lazily();
            all.forEach(rehearsal::observe);
            assertThat(rehearsal.settle().open()).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void an_observation_that_comes_again_is_no_revision() {
        CustodyObservation wrong = seen(Kind.ALTERED_OBJECT, ALTERED);

        assertThat(rehearsal()
                        .observe(wrong)
                        .observe(wrong)
                        .observe(later(wrong, State.HOLDS, 5))
                        .revisions())
                .hasSize(1);
    }

    @Test
    void of_two_that_were_seen_at_once_the_one_that_says_that_something_is_wrong_counts() {
        CustodyObservation wrong = seen(Kind.ALTERED_OBJECT, ALTERED);

        assertThat(rehearsal()
                        .observe(wrong)
                        .observe(later(wrong, State.IN_ORDER, 0))
                        .open())
                .hasSize(1);
        assertThat(rehearsal()
                        .observe(later(wrong, State.IN_ORDER, 0))
                        .observe(wrong)
                        .open())
                .hasSize(1);
    }

    @Test
    void what_is_suppressed_is_marked_and_a_suppression_that_ends_is_a_revision() {
        var rehearsal = rehearsal().observe(seen(Kind.ALTERED_OBJECT, ALTERED));
        assertThat(rehearsal.only().suppression()).isNull();

        String body = "{'reason':'A drill','until':'%s','when':{'detections':['custody-*']}}";
        rehearsal.learn(ReferenceEntry.Kind.SUPPRESSION, "drill", body.formatted("2100-01-01T00:00:00Z"));
        assertThat(rehearsal.only().suppression()).isEqualTo("drill: A drill (until 2100-01-01T00:00:00Z)");

        rehearsal.learn(ReferenceEntry.Kind.SUPPRESSION, "drill", body.formatted("2026-03-02T00:00:00Z"));
        assertThat(rehearsal.only().suppression()).isNull();
        assertThat(rehearsal.revisions()).hasSize(3);
    }

    @Test
    void of_a_bucket_that_was_emptied_ten_objects_are_named_and_all_are_counted() {
        Detail[] gone = IntStream.range(0, 2_000)
                .mapToObj(i -> new Detail("object-" + i + "x".repeat(1_000), "y".repeat(100_000)))
                .toArray(Detail[]::new);
        var rehearsal = rehearsal().observe(seen(Kind.MISSING_OBJECT, gone));

        assertThat(rehearsal.only().words().facts()).containsEntry("How many", "2000");
        assertThat(rehearsal.only().words().facts().get("Seen")).endsWith("; and 1990 more");
        assertThat(rehearsal.states().toString()).hasSizeLessThan(30_000);
    }

    @Test
    void what_AWS_gives_no_time_of_is_since_it_was_first_seen() {
        Finding finding = only(seen(
                Kind.UNWATCHED, Place.bucket("b"), null, null, new Detail("", "s3:ListBucket failed: AccessDenied")));

        assertThat(finding.subject().name()).isEqualTo("b");
        assertThat(finding.words().title()).isEqualTo("Custody cannot be watched");
        assertThat(finding.evidence().first()).isEqualTo(SEEN);
        assertThat(finding.words().facts())
                .containsExactly(
                        entry("Expected", "digests, objects and keys that can be read"),
                        entry("Seen", "s3:ListBucket failed: AccessDenied"));
    }

    @Test
    void state_outlives_the_watch_and_what_is_watched_without_end_stays() {
        CustodyDetector detector = new CustodyDetector();
        CustodyObservation wrong = seen(Kind.ALTERED_OBJECT, ALTERED);
        CustodyObservation unwatched = seen(Kind.UNWATCHED, Place.bucket("b"), null, null, ALTERED);
        var states = rehearsal()
                .observe(wrong)
                .observe(unwatched)
                .observe(later(seen(Kind.GAP, ALTERED), State.IN_ORDER, 5))
                .states();

        assertThat(states.values())
                .extracting(state -> detector.expiresAt(state, Reference.EMPTY))
                .containsExactly(
                        HOUR.plus(Duration.ofHours(48)),
                        Instant.MAX,
                        SEEN.plus(Duration.ofMinutes(5)).plus(Duration.ofDays(1)));
    }
}
