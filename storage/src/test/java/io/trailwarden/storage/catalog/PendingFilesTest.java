package io.trailwarden.storage.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PendingFilesTest {

    @Test
    void offsets_alone_travel_too() {
        PendingFiles offsets = new PendingFiles(Map.of("audit.cloudtrail-1", 7L), Map.of(), Map.of());
        PendingFiles read = PendingFiles.fromBytes(offsets.toBytes());
        assertThat(read.offsets()).isEqualTo(Map.of("audit.cloudtrail-1", 7L));
        assertThat(read.isEmpty()).isTrue();
        assertThat(read.rows()).isEmpty();
    }

    @Test
    void bytes_of_a_newer_version_are_refused_by_name() {
        assertThatThrownBy(() -> PendingFiles.fromBytes(
                        "{\"version\":2,\"offsets\":{},\"tables\":{}}".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("pending files of version 2 (expected: 1)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "nonsense", "[]", "{\"version\":1}", "{\"version\":1,\"offsets\":{},\"tables\":{\"x\":{}}}"})
    void other_bytes_are_refused(String bytes) {
        assertThatThrownBy(() -> PendingFiles.fromBytes(bytes.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
