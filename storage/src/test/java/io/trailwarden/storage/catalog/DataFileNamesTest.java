package io.trailwarden.storage.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class DataFileNamesTest {

    @Test
    void a_writers_file_tells_its_lineage_and_checkpoint() {
        String name = DataFileNames.prefix("job-1/ä", UUID.randomUUID()) + DataFileNames.label(41) + "-7.parquet";
        assertThat(DataFileNames.parse("file:///w/data/event_time_day=2026-03-01/" + name))
                .isEqualTo(new DataFileNames.Written("job-1/ä", 41));
    }

    @Test
    void other_files_tell_nothing() {
        assertThat(DataFileNames.parse("/w/merged-" + UUID.randomUUID() + ".parquet"))
                .isNull();
        assertThat(DataFileNames.parse("/w/findings-" + UUID.randomUUID() + "-0.parquet"))
                .isNull();
        assertThat(DataFileNames.parse("/w/metadata/v1.metadata.json")).isNull();
        assertThat(DataFileNames.parse("zz-0-a1-0.parquet")).isNull();
    }
}
