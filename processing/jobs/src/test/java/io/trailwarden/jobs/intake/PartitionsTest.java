package io.trailwarden.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartitionsTest {

    private final Partitions partitions = new Partitions(Duration.ofMillis(100), Duration.ofMillis(1000));

    @Test
    void withoutEventsThereIsNoWatermark() {
        partitions.at("receipts", 0).reached(5);

        assertThat(partitions.watermark(0)).isEmpty();
    }

    @Test
    void theWatermarkIsTheNewestEventLessTheDisorder() {
        partitions.at("a", 0).heard(5_000, 1);
        partitions.at("a", 0).heard(4_000, 2);

        assertThat(partitions.watermark(3)).hasValue(4_899);
    }

    @Test
    void theSlowestPartitionDecides() {
        partitions.at("a", 0).heard(5_000, 1);
        partitions.at("a", 1).heard(2_000, 1);
        partitions.at("b", 0).heard(9_000, 1);

        assertThat(partitions.watermark(2)).hasValue(1_899);
    }

    @Test
    void aSilentPartitionNoLongerDecides() {
        partitions.at("a", 0).heard(5_000, 1_500);
        partitions.at("a", 1).heard(2_000, 1);

        assertThat(partitions.watermark(1_001)).hasValue(1_899);
        assertThat(partitions.watermark(1_002)).hasValue(4_899);
        assertThat(partitions.watermark(9_999)).isEmpty();
    }

    @Test
    void reachedIsTheOffsetAfterTheLastRecordAndNamesItsPartition() {
        partitions.at("audit.cloudtrail", 1).reached(41);
        partitions.at("audit.cloudtrail", 0).reached(6);
        partitions.at("audit.cloudtrail", 1).reached(42);

        assertThat(partitions.reached())
                .containsExactly(Map.entry("audit.cloudtrail/0", 7L), Map.entry("audit.cloudtrail/1", 43L));
    }
}
