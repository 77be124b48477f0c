package io.trailwarden.storage.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MaintenanceConfigTest {

    @Test
    void one_file_cannot_be_merged_with_itself() {
        assertThat(config(2, 1).smallFiles()).isEqualTo(2);
        assertThatThrownBy(() -> config(1, 1)).hasMessage("smallFiles: 1 (expected: 2 or more)");
    }

    @Test
    void the_last_snapshot_always_stays() {
        assertThat(config(2, 1).retainLast()).isEqualTo(1);
        assertThatThrownBy(() -> config(2, 0)).hasMessage("retainLast: 0 (expected: 1 or more)");
    }

    @Test
    void by_default_files_outlive_the_queries_that_read_them_and_the_jobs_that_are_stopped() {
        MaintenanceConfig defaults = MaintenanceConfig.defaults();

        assertThat(defaults.retention()).isGreaterThan(Duration.ofMinutes(1));
        assertThat(defaults.orphanAge()).isGreaterThan(defaults.retention());
        assertThat(defaults.unclaimedAge()).isGreaterThan(defaults.orphanAge());
    }

    private static MaintenanceConfig config(int smallFiles, int retainLast) {
        Duration hour = Duration.ofHours(1);
        return new MaintenanceConfig(hour, smallFiles, 1, hour, retainLast, hour, hour);
    }
}
