package io.trailwarden.storage.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CarriedTest {

    @TempDir
    Path directory;

    @Test
    void a_table_without_a_snapshot_has_nothing_committed_and_no_rows() {
        Carried none = Carried.of(null);

        assertThat(none.committed()).isEmpty();
        assertThat(none.rows()).isEmpty();
        assertThat(none.contains("job", 0)).isFalse();
    }

    @Test
    void a_checkpoint_is_contained_when_it_or_a_later_one_of_its_lineage_is() {
        Carried carried = empty();
        carried.commit("job", 7);

        assertThat(carried.contains("job", 6)).isTrue();
        assertThat(carried.contains("job", 7)).isTrue();
        assertThat(carried.contains("job", 8)).isFalse();
        assertThat(carried.contains("another", 7)).isFalse();
    }

    @Test
    void rows_of_a_source_add_up() {
        Carried carried = empty();
        carried.add(Map.of("file", 2L, "s3", 1L));
        carried.add(Map.of("file", 3L));

        assertThat(carried.rows()).containsExactly(Map.entry("file", 5L), Map.entry("s3", 1L));
    }

    @Test
    void the_64_lineages_committed_last_are_remembered() {
        Carried carried = empty();
        for (int i = 0; i < 64; i++) {
            carried.commit("job-" + i, i);
        }
        assertThat(carried.contains("job-0", 0)).isTrue();

        carried.commit("job-0", 100);
        carried.commit("job-64", 1);

        assertThat(carried.committed()).hasSize(64);
        assertThat(carried.contains("job-0", 100))
                .as("committed again, so not the oldest")
                .isTrue();
        assertThat(carried.contains("job-1", 1)).as("the oldest").isFalse();
        assertThat(carried.committed().keySet()).last().isEqualTo("job-64");
    }

    @Test
    void it_comes_back_from_the_snapshot_that_it_was_written_to_in_its_order() {
        Table table = new HadoopTables()
                .create(
                        new Schema(Types.NestedField.required(1, "id", Types.StringType.get())),
                        directory.resolve("table").toString());
        Carried carried = empty();
        carried.commit("z\"ä", 2);
        carried.commit("a", Long.MAX_VALUE);
        carried.add(Map.of("s3:bucket/\"quoted\"", 5L));
        AppendFiles append = table.newAppend();
        carried.writeTo(append);
        append.commit();

        Carried read = Carried.of(table.currentSnapshot());

        assertThat(read).isEqualTo(carried);
        assertThat(read.committed().keySet()).containsExactly("z\"ä", "a");
    }

    @Test
    void a_damaged_summary_stops_and_shows_what_is_there() {
        Table table = new HadoopTables()
                .create(
                        new Schema(Types.NestedField.required(1, "id", Types.StringType.get())),
                        directory.resolve("damaged").toString());
        table.newAppend().set("trailwarden.committed", "{\"job\":").commit();

        assertThatThrownBy(() -> Carried.of(table.currentSnapshot()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("A snapshot's summary is damaged: {\"job\":");
    }

    private static Carried empty() {
        return new Carried(new LinkedHashMap<>(), new TreeMap<>());
    }
}
