package io.trailwarden.storage.findings;

import static io.trailwarden.storage.TestEvents.finding;
import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Claim;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Finding.State;
import io.trailwarden.event.Severity;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.Rows;
import io.trailwarden.storage.TestEvents;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.TableLayouts;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingTableTest {

    @TempDir
    Path data;

    private Archive archive;

    @BeforeEach
    void open() {
        archive = Archive.open(ArchiveConfig.local(data));
    }

    @AfterEach
    void close() throws Exception {
        archive.close();
    }

    @Test
    void what_is_suppressed_is_kept_and_asked_for_apart() throws Exception {
        Finding plain = finding("f1", 1, State.OPEN);
        Finding suppressed = TestEvents.suppressed(finding("f2", 1, State.OPEN), "scan: Known");
        archive.findings().append(List.of(plain, suppressed));
        assertThat(archive.findings().list(FindingQuery.OPEN)).containsExactly(plain);
        assertThat(archive.findings().list(FindingQuery.ALL)).containsExactlyInAnyOrder(plain, suppressed);
    }

    @Test
    void a_finding_comes_back_as_it_went_in() throws Exception {
        Finding finding = finding("f1", 7, State.OPEN);
        assertThat(archive.findings().append(List.of(finding))).isEqualTo(1);
        assertThat(archive.findings().list(FindingQuery.ALL)).containsExactly(finding);
        assertThat(archive.findings()
                        .list(FindingQuery.ALL)
                        .get(0)
                        .words()
                        .facts()
                        .keySet())
                .containsExactly("expected", "seen");
        assertThat(archive.findings().find("f1")).contains(finding);
        assertThat(archive.findings().find("f2")).isEmpty();
    }

    @Test
    void empty_lists_and_maps_come_back_empty() throws Exception {
        Finding full = finding("f1", 1, State.OPEN);
        Finding bare = new Finding(
                new Claim(
                        "f2",
                        new Claim.Detection("d", Severity.LOW, "", List.of()),
                        Claim.Subject.named(""),
                        new Claim.Evidence(
                                full.evidence().first(), full.evidence().last(), List.of(), 0),
                        new Claim.Words("", "", Map.of(), List.of())),
                1,
                State.OPEN,
                full.detectedAt(),
                null);
        archive.findings().append(List.of(full, bare, finding("f3", 1, State.OPEN)));
        assertThat(archive.findings().list(FindingQuery.ALL)).containsExactly(full, bare, finding("f3", 1, State.OPEN));
    }

    @Test
    void every_part_of_a_finding_has_its_column_which_never_changes() throws Exception {
        Finding full = TestEvents.suppressed(finding("f1", 7, State.OPEN), "scan: known");
        archive.findings().append(List.of(full));

        List<String> columns = new ArrayList<>();
        Record row = Rows.of(archive, TableLayouts.FINDING_REVISIONS).get(0);
        row.struct()
                .fields()
                .forEach(column -> columns.add((column.isRequired() ? "required " : "optional ") + column.type() + " "
                        + column.name() + " = " + row.getField(column.name())));
        assertThat(columns)
                .containsExactly(
                        "required string id = f1",
                        "required long revision = 7",
                        "required string state = open",
                        "required string detection = unexpected-principal",
                        "required string severity = high",
                        "required string title = Title f1",
                        "required string description = Description",
                        "required string author = Trailwarden",
                        "required string subject = subject-f1",
                        "optional string account = 111122223333",
                        "optional string region = null",
                        "optional string principal = arn:aws:iam::111122223333:role/Admin",
                        "required timestamptz first_time = 2026-03-01T10:00Z",
                        "required timestamptz last_time = 2026-03-01T10:05Z",
                        "required timestamptz detected_at = 2026-03-01T10:00:00.007Z",
                        "required list<string> event_ids = [e1, e2]",
                        "required long event_count = 2",
                        "required list<string> techniques = [T1078]",
                        "required map<string, string> facts = {expected=alice in eu-central-1, seen==HYPERLINK(\"http://example.com\")}",
                        "required list<string> next_steps = [Ask alice]",
                        "optional string suppression = scan: known");
    }

    @Test
    void only_the_highest_revision_stands_whatever_the_order_and_however_often_it_comes() throws Exception {
        FindingTable table = archive.findings();
        assertThat(table.append(List.of(finding("f1", 5, State.OPEN), finding("f1", 3, State.OPEN))))
                .isEqualTo(1);
        assertThat(table.append(List.of(finding("f1", 5, State.OPEN)))).isZero();
        assertThat(table.append(List.of(finding("f1", 4, State.WITHDRAWN)))).isZero();
        assertThat(table.append(List.of(finding("f1", 6, State.WITHDRAWN), finding("f2", 1, State.OPEN))))
                .isEqualTo(2);

        FindingTable reopened = archive.findings();
        assertThat(reopened.append(List.of(finding("f1", 6, State.WITHDRAWN), finding("f2", 1, State.OPEN))))
                .isZero();
        assertThat(reopened.append(List.of(finding("f2", 2, State.OPEN)))).isEqualTo(1);
        assertThat(table.append(List.of(finding("f2", 2, State.OPEN)))).isZero();

        assertThat(table.list(FindingQuery.ALL))
                .containsExactly(finding("f1", 6, State.WITHDRAWN), finding("f2", 2, State.OPEN));
        assertThat(table.list(FindingQuery.OPEN)).containsExactly(finding("f2", 2, State.OPEN));
        assertThat(Rows.of(archive, TableLayouts.FINDING_REVISIONS)).hasSize(4);
    }

    @Test
    void filters_narrow_the_list() throws Exception {
        FindingTable table = archive.findings();
        table.append(List.of(finding("f1", 1, State.OPEN), finding("f2", 1, State.OPEN)));
        Instant evidence = finding("f1", 1, State.OPEN).evidence().last();

        assertThat(table.list(new FindingQuery(evidence, null, FindingQuery.About.ANYTHING, false, 0)))
                .hasSize(2);
        assertThat(table.list(new FindingQuery(evidence.plusNanos(1000), null, FindingQuery.About.ANYTHING, false, 0)))
                .isEmpty();
        assertThat(table.list(new FindingQuery(null, Severity.HIGH, FindingQuery.About.ANYTHING, false, 0)))
                .hasSize(2);
        assertThat(table.list(new FindingQuery(null, Severity.CRITICAL, FindingQuery.About.ANYTHING, false, 0)))
                .isEmpty();
        assertThat(table.list(new FindingQuery(null, null, new FindingQuery.About("other", null, null), false, 0)))
                .isEmpty();
        assertThat(table.list(
                        new FindingQuery(null, null, new FindingQuery.About(null, "111122223333", null), false, 0)))
                .hasSize(2);
        assertThat(table.list(new FindingQuery(null, null, new FindingQuery.About(null, null, "nobody"), false, 0)))
                .isEmpty();
        assertThat(table.list(new FindingQuery(null, null, FindingQuery.About.ANYTHING, false, 1)))
                .containsExactly(finding("f1", 1, State.OPEN));
    }
}
