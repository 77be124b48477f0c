package io.trailwarden.console.findings;

import static io.trailwarden.console.findings.Findings.TIME;
import static io.trailwarden.console.findings.Findings.finding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.testing.SampleFinding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingsStoreTest {

    private static final Clock CLOCK = Clock.fixed(TIME, ZoneOffset.UTC);

    @TempDir
    Path folder;

    private FindingsStore store;

    @BeforeEach
    void open() throws IOException {
        store = FindingsStore.open(folder.resolve("new/findings.sqlite"), CLOCK);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() throws IOException {
        store.close();
        store = FindingsStore.open(folder.resolve("new/findings.sqlite"), CLOCK);
    }

    private void apply(Finding... findings) {
        store.apply(Batch.of(List.of(findings)));
    }

    private List<String> ids() {
        return store.list(FindingFilter.ALL, FindingPage.Sort.ARRIVAL, null, 100).findings().stream()
                .map(FindingRow::id)
                .toList();
    }

    private FindingRow row(String id) {
        StoredFinding found = store.find(id);
        assertThat(found).as(id).isNotNull();
        return found.row();
    }

    @Test
    void keeps_the_highest_revision_whatever_the_order() {
        apply(finding("a", 3), finding("a", 5), finding("a", 4));
        apply(finding("a", 1));

        assertThat(row("a").revision()).isEqualTo(5);
        assertThat(ids()).containsExactly("a");
    }

    @Test
    void a_replay_in_any_order_changes_nothing() {
        List<Finding> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(finding("f" + i % 20, i + 1));
        }
        store.apply(Batch.of(all));
        FindingPage before = store.list(FindingFilter.ALL, FindingPage.Sort.ARRIVAL, null, 100);
        long seq = store.seq();

        Collections.shuffle(all, new Random(7));
        List<Change> changes = store.apply(Batch.of(all));

        assertThat(changes).isEmpty();
        assertThat(store.seq()).isEqualTo(seq);
        assertThat(store.list(FindingFilter.ALL, FindingPage.Sort.ARRIVAL, null, 100))
                .isEqualTo(before);
    }

    @Test
    void shuffled_revisions_end_in_the_same_findings() throws IOException {
        List<Finding> all = new ArrayList<>();
        for (int id = 0; id < 10; id++) {
            for (int revision = 1; revision <= 5; revision++) {
                Finding.State state = id == 3 && revision == 5 ? Finding.State.WITHDRAWN : Finding.State.OPEN;
                all.add(finding("f" + id, revision, state, Severity.values()[revision - 1], revision));
            }
        }
        store.apply(Batch.of(all));
        List<String> expected = statuses();
        for (int seed = 0; seed < 10; seed++) {
            Collections.shuffle(all, new Random(seed));
            try (FindingsStore other = FindingsStore.open(folder.resolve("other" + seed), CLOCK)) {
                all.forEach(each -> other.apply(Batch.of(List.of(each, each))));
                FindingsStore mine = store;
                store = other;
                assertThat(statuses()).isEqualTo(expected);
                store = mine;
            }
        }
    }

    private List<String> statuses() {
        return store.list(FindingFilter.ALL, FindingPage.Sort.ARRIVAL, null, 100).findings().stream()
                .map(row -> row.id() + " " + row.revision() + " " + row.status() + " " + row.severity() + " "
                        + row.seen().eventCount())
                .sorted()
                .toList();
    }

    @Test
    void everything_is_there_after_a_restart() throws IOException {
        store.apply(new Batch(List.of(finding("a", 1)), List.of(), List.of(new Batch.Position("topic", 2, 17))));
        store.decide(List.of("a"), Decision.Verdict.ACKNOWLEDGED, null, "mine", "ada");
        String identity = store.identity();
        long seq = store.seq();

        reopen();

        assertThat(row("a").status()).isEqualTo(Status.ACKNOWLEDGED);
        assertThat(store.positions("topic")).isEqualTo(Map.of(2, 17L));
        assertThat(store.positions("another topic of the same name")).isEmpty();
        assertThat(store.identity()).isEqualTo(identity);
        assertThat(store.seq()).isEqualTo(seq);
    }

    @Test
    void findings_and_positions_are_stored_together_or_not_at_all() {
        Finding fine = finding("a", 1);
        Finding broken = finding("b", 1, Finding.State.OPEN, Severity.LOW, 1, "1", TIME);
        Finding withoutTitle = SampleFinding.like(broken)
                .revision(1)
                .detection("d")
                .title(null)
                .description("")
                .author("")
                .subject("")
                .account(null)
                .region(null)
                .principal(null)
                .at(TIME)
                .events(List.of())
                .eventCount(1)
                .techniques(List.of())
                .facts(Map.of())
                .nextSteps(List.of())
                .suppression(null)
                .build();

        assertThatThrownBy(() -> store.apply(
                        new Batch(List.of(fine, withoutTitle), List.of(), List.of(new Batch.Position("t", 0, 2)))))
                .isInstanceOf(RuntimeException.class);

        assertThat(store.size()).isZero();
        assertThat(store.positions("t")).isEmpty();
        assertThat(store.seq()).isZero();
        apply(fine);
        assertThat(row("a").seq()).isEqualTo(1);
    }

    @Test
    void decisions_survive_a_replay_of_all_findings() {
        apply(finding("a", 1), finding("b", 1));
        store.decide(List.of("a"), Decision.Verdict.CLOSED, Decision.Reason.FALSE_POSITIVE, "planned", "ada");

        apply(finding("a", 2), finding("b", 2));

        assertThat(row("a").status()).isEqualTo(Status.CLOSED);
        assertThat(row("b").status()).isEqualTo(Status.OPEN);
        StoredFinding stored = store.find("a");
        assertThat(stored).isNotNull();
        assertThat(stored.decisions()).singleElement().satisfies(decision -> {
            assertThat(decision.by()).isEqualTo("ada");
            assertThat(decision.note()).isEqualTo("planned");
            assertThat(decision.reason()).isEqualTo(Decision.Reason.FALSE_POSITIVE);
            assertThat(decision.revision()).isEqualTo(1);
            assertThat(decision.at()).isEqualTo(TIME);
        });
    }

    @Test
    void a_closed_finding_that_grows_opens_again() {
        apply(finding("a", 1, Finding.State.OPEN, Severity.MEDIUM, 5));
        store.decide(List.of("a"), Decision.Verdict.CLOSED, Decision.Reason.OTHER, "", "ada");

        apply(finding("a", 2, Finding.State.OPEN, Severity.MEDIUM, 5));
        assertThat(row("a").status()).isEqualTo(Status.CLOSED);
        apply(finding("a", 3, Finding.State.OPEN, Severity.MEDIUM, 6));
        assertThat(row("a").status()).isEqualTo(Status.OPEN);
    }

    @Test
    void a_closed_finding_that_gets_worse_opens_again() {
        apply(finding("a", 1, Finding.State.OPEN, Severity.MEDIUM, 5));
        store.decide(List.of("a"), Decision.Verdict.CLOSED, Decision.Reason.OTHER, "", "ada");

        apply(finding("a", 2, Finding.State.OPEN, Severity.HIGH, 5));

        assertThat(row("a").status()).isEqualTo(Status.OPEN);
    }

    @Test
    void an_acknowledged_finding_stays_so_while_it_grows() {
        apply(finding("a", 1, Finding.State.OPEN, Severity.MEDIUM, 5));
        store.decide(List.of("a"), Decision.Verdict.ACKNOWLEDGED, null, "", "ada");

        apply(finding("a", 2, Finding.State.OPEN, Severity.HIGH, 50));

        assertThat(row("a").status()).isEqualTo(Status.ACKNOWLEDGED);
    }

    @Test
    void a_suppressed_finding_stays_suppressed_until_somebody_decides() {
        Finding suppressed = Findings.suppressed(finding("a", 1, Finding.State.OPEN, Severity.MEDIUM, 1));
        apply(suppressed);
        assertThat(row("a").status()).isEqualTo(Status.SUPPRESSED);

        store.decide(List.of("a"), Decision.Verdict.REOPENED, null, "", "dana");
        assertThat(row("a").status()).isEqualTo(Status.OPEN);
    }

    @Test
    void a_withdrawn_finding_is_withdrawn_whatever_was_decided() {
        apply(finding("a", 1));
        store.decide(List.of("a"), Decision.Verdict.ACKNOWLEDGED, null, "", "ada");

        apply(finding("a", 2, Finding.State.WITHDRAWN, Severity.MEDIUM, 1));

        assertThat(row("a").status()).isEqualTo(Status.WITHDRAWN);
    }

    @Test
    void a_closing_needs_a_reason_and_nothing_else_has_one() {
        apply(finding("a", 1));

        assertThatThrownBy(() -> store.decide(List.of("a"), Decision.Verdict.CLOSED, null, "", "ada"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("false_positive");
        assertThatThrownBy(() ->
                        store.decide(List.of("a"), Decision.Verdict.ACKNOWLEDGED, Decision.Reason.OTHER, "", "ada"))
                .hasMessageContaining("only a closed finding");
        assertThatThrownBy(
                        () -> store.decide(List.of("a"), Decision.Verdict.ACKNOWLEDGED, null, "x".repeat(4_001), "ada"))
                .hasMessage("note: 4001 characters (expected: at most 4000)");
    }

    @Test
    void a_decision_about_an_unknown_finding_is_passed_over() {
        assertThat(store.decide(List.of("nobody"), Decision.Verdict.ACKNOWLEDGED, null, "", "ada"))
                .isEmpty();
    }

    @Test
    void an_amendment_keeps_the_place_in_the_list_and_moves_on_in_the_sequence() {
        apply(finding("a", 1), finding("b", 1));

        apply(finding("a", 2));

        assertThat(ids()).containsExactly("b", "a");
        assertThat(row("a").number()).isEqualTo(1);
        assertThat(row("a").seq()).isEqualTo(3);
    }

    @Test
    void listeners_hear_of_changes_once_and_in_order() {
        List<Long> heard = new ArrayList<>();
        store.listen(changes -> changes.forEach(change -> heard.add(change.row().seq())));

        apply(finding("a", 1), finding("b", 1));
        apply(finding("a", 1));
        apply(finding("a", 2));
        store.decide(List.of("b"), Decision.Verdict.ACKNOWLEDGED, null, "", "ada");

        assertThat(heard).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void changes_since_a_place_come_in_order_each_finding_as_it_is_now() {
        apply(finding("a", 1), finding("b", 1), finding("c", 1));
        apply(finding("a", 2));

        assertThat(store.changes(1, 10))
                .extracting(change -> change.row().id() + change.row().seq() + change.arrived())
                .containsExactly("b2true", "c3true", "a4false");
    }

    @Test
    void pages_of_every_order_hold_each_finding_once() {
        Random random = new Random(3);
        List<Finding> all = new ArrayList<>();
        for (int i = 0; i < 137; i++) {
            all.add(finding(
                    "f" + i,
                    1,
                    Finding.State.OPEN,
                    Severity.values()[random.nextInt(5)],
                    1,
                    "1",
                    TIME.plusSeconds(random.nextInt(20))));
        }
        store.apply(Batch.of(all));
        for (FindingPage.Sort sort : FindingPage.Sort.values()) {
            List<FindingRow> seen = new ArrayList<>();
            String cursor = null;
            do {
                FindingPage page = store.list(FindingFilter.ALL, sort, cursor, 10);
                assertThat(page.findings()).hasSizeLessThanOrEqualTo(10);
                seen.addAll(page.findings());
                cursor = page.next();
            } while (cursor != null);

            assertThat(seen)
                    .as(sort.name())
                    .extracting(FindingRow::id)
                    .doesNotHaveDuplicates()
                    .hasSize(137);
            assertThat(seen).isSortedAccordingTo((left, right) -> switch (sort) {
                case ARRIVAL -> Long.compare(right.number(), left.number());
                case TIME -> right.seen().lastTime().compareTo(left.seen().lastTime());
                case SEVERITY -> right.severity().compareTo(left.severity());
            });
        }
    }

    @Test
    void a_page_read_while_findings_arrive_repeats_nothing() {
        for (int i = 0; i < 30; i++) {
            apply(finding("f" + i, 1));
        }
        FindingPage first = store.list(FindingFilter.ALL, FindingPage.Sort.ARRIVAL, null, 10);
        for (int i = 30; i < 60; i++) {
            apply(finding("f" + i, 1));
        }
        apply(finding("f0", 2));
        FindingPage second = store.list(FindingFilter.ALL, FindingPage.Sort.ARRIVAL, first.next(), 10);

        assertThat(first.findings())
                .extracting(FindingRow::id)
                .startsWith("f29")
                .endsWith("f20");
        assertThat(second.findings())
                .extracting(FindingRow::id)
                .startsWith("f19")
                .endsWith("f10");
    }

    @Test
    void a_cursor_that_is_none_is_refused() {
        assertThatThrownBy(() -> store.list(FindingFilter.ALL, FindingPage.Sort.ARRIVAL, "1; DROP TABLE finding", 10))
                .isInstanceOf(BadFilterException.class)
                .hasMessageContaining("DROP TABLE");
        assertThat(store.size()).isZero();
    }

    @Test
    void facets_count_each_field_without_its_own_filter() {
        apply(
                finding("a", 1, Finding.State.OPEN, Severity.HIGH, 1, "111122223333", TIME),
                finding("b", 1, Finding.State.OPEN, Severity.LOW, 1, "111122223333", TIME),
                finding("c", 1, Finding.State.OPEN, Severity.LOW, 1, "", TIME));

        Facets facets = store.facets(FindingFilter.parse(Map.of("severity", List.of("low"))));

        assertThat(facets.total()).isEqualTo(2);
        assertThat(facets.all()).isEqualTo(3);
        assertThat(facets.fields().get("severity").values())
                .containsExactly(new Facets.Count("HIGH", 1), new Facets.Count("LOW", 2));
        assertThat(facets.fields().get("account").values())
                .containsExactlyInAnyOrder(new Facets.Count("111122223333", 1), new Facets.Count("", 1));
    }

    @Test
    void facets_say_when_there_are_more_values() {
        for (int i = 0; i < 25; i++) {
            apply(finding("f" + i, 1, Finding.State.OPEN, Severity.LOW, 1, "a" + i, TIME));
        }

        Facets.Facet accounts = store.facets(FindingFilter.ALL).fields().get("account");

        assertThat(accounts.values()).hasSize(20);
        assertThat(accounts.more()).isTrue();
    }

    @Test
    void the_histogram_counts_every_finding_once_by_severity() {
        for (int i = 0; i < 100; i++) {
            apply(finding(
                    "f" + i,
                    1,
                    Finding.State.OPEN,
                    Severity.values()[i % 5],
                    1,
                    "1",
                    TIME.plus(Duration.ofMinutes(i))));
        }

        Histogram histogram = store.histogram(FindingFilter.ALL, 15);

        assertThat(histogram.stepMillis()).isEqualTo(600_000);
        assertThat(histogram.from()).isEqualTo(TIME);
        assertThat(histogram.to()).isEqualTo(TIME.plus(Duration.ofMinutes(100)));
        assertThat(histogram.buckets()).hasSize(10).allSatisfy(bucket -> assertThat(bucket.counts())
                .containsExactly(2L, 2L, 2L, 2L, 2L));
    }

    @Test
    void the_histogram_of_nothing_is_empty() {
        assertThat(store.histogram(FindingFilter.ALL, 20).buckets()).isEmpty();
    }

    @Test
    void what_is_not_a_finding_is_kept_with_its_bytes() {
        Batch.Unreadable unreadable =
                new Batch.Unreadable("t", 0, 4, "not a Finding", "{".getBytes(StandardCharsets.UTF_8));

        store.apply(new Batch(List.of(), List.of(unreadable), List.of()));
        store.apply(new Batch(List.of(), List.of(unreadable), List.of()));

        assertThat(store.unreadable()).isEqualTo(1);
    }

    @Test
    void a_file_of_a_later_version_is_refused_with_its_name() throws Exception {
        Path file = folder.resolve("later.sqlite");
        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }

        assertThatThrownBy(() -> FindingsStore.open(file, CLOCK))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("later.sqlite")
                .hasMessageContaining("layout 99");
    }

    @Test
    void a_broken_file_is_refused_with_its_name() throws IOException {
        Path file = folder.resolve("broken.sqlite");
        Files.writeString(file, "this is not SQLite".repeat(100));

        assertThatThrownBy(() -> FindingsStore.open(file, CLOCK))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.sqlite");
    }
}
