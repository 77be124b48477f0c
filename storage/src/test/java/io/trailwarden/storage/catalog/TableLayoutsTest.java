package io.trailwarden.storage.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class TableLayoutsTest {

    @Test
    void every_column_of_every_table_says_what_it_means_and_has_a_name_and_an_id_of_its_own() {
        for (TableLayout<?> layout : TableLayouts.ALL) {
            Set<String> names = new HashSet<>();
            Set<Integer> ids =
                    new HashSet<>(TypeUtil.indexById(layout.schema().asStruct()).keySet());
            List<NestedField> fields = layout.schema().columns();
            assertThat(fields).as(layout.name()).hasSameSizeAs(layout.columns());
            for (int i = 0; i < fields.size(); i++) {
                NestedField field = fields.get(i);
                assertThat(names.add(field.name()))
                        .as("%s.%s once", layout.name(), field.name())
                        .isTrue();
                assertThat(field.doc()).as("%s.%s", layout.name(), field.name()).isNotBlank();
                assertThat(field.fieldId())
                        .as("%s.%s", layout.name(), field.name())
                        .isEqualTo(i + 1);
                assertThat(field.isRequired())
                        .as("%s.%s", layout.name(), field.name())
                        .isEqualTo(layout.columns().get(i).required());
            }
            assertThat(ids).as("%s: nested ids are others", layout.name()).hasSizeGreaterThanOrEqualTo(fields.size());
        }
    }

    @Test
    void a_table_is_found_by_its_name_and_no_other_is() {
        for (TableLayout<?> layout : TableLayouts.ALL) {
            assertThat(TableLayouts.named(layout.name())).isSameAs(layout);
        }
        assertThatThrownBy(() -> TableLayouts.named("cloudtrial"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cloudtrial");
    }

    @Test
    void bounds_are_kept_for_what_queries_narrow_by_and_for_nothing_else() {
        var properties = TableLayouts.named("cloudtrail").properties();

        assertThat(properties)
                .containsEntry("write.metadata.metrics.default", "none")
                .containsEntry("write.metadata.metrics.column.event_time", "full")
                .containsEntry("write.parquet.stats-enabled.column.event_id", "false")
                .doesNotContainKey("write.parquet.stats-enabled.column.event_time")
                .containsEntry("commit.retry.num-retries", "0")
                .containsEntry("format-version", "2");
    }
}
