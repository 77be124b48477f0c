package io.trailwarden.jobs.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.Findings;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnFindingsTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final List<Finding> published = new ArrayList<>();

    private OwnFindings own() {
        return new OwnFindings(new Findings(() -> NOON, List::of, published::add));
    }

    @Test
    void two_subtasks_without_room_for_ids_say_the_same_once_a_day() {
        int day = (int) LocalDate.of(2026, 3, 1).toEpochDay();
        OwnFindings one = own();
        one.memory(day, "no space left");
        one.memory(day, "no space left");
        own().memory(day, "no space left");
        one.memory(day + 1, "no space left");

        assertThat(published).hasSize(3);
        assertThat(published.get(1)).isEqualTo(published.get(0));
        assertThat(published.get(2).id()).isNotEqualTo(published.get(0).id());
        Finding finding = published.get(0);
        assertThat(finding.detection().name()).isEqualTo("deduplication-capacity");
        assertThat(finding.detection().severity()).isEqualTo(Severity.HIGH);
        assertThat(finding.words().title()).isEqualTo("The ids of records of 2026-03-01 do not all fit");
        assertThat(finding.words().facts())
                .containsEntry("reason", "no space left")
                .containsEntry("day", "2026-03-01");
        assertThat(finding.evidence().eventIds()).isEmpty();
    }

    @Test
    void dead_letters_have_no_day() {
        own().memory(Integer.MIN_VALUE, "no space left");
        assertThat(published.get(0).words().title()).isEqualTo("The ids of dead letters do not all fit");
    }

    @Test
    void a_detector_out_of_keys_is_told_of_once_a_day_of_event_time() {
        OwnFindings own = own();
        own.capacity("throttling-spike", 75_000, "e1", NOON);
        own.capacity("throttling-spike", 75_000, "e2", NOON.plusSeconds(3600));
        own.capacity("throttling-spike", 75_000, "e3", NOON.plusSeconds(86_400));
        own.capacity("unexpected-principal", 75_000, "e4", NOON);
        assertThat(published)
                .extracting(finding -> finding.evidence().eventIds().get(0))
                .containsExactly("e1", "e3", "e4");
    }
}
