package io.trailwarden.storage;

import static io.trailwarden.storage.TestEvents.cloudTrail;
import static io.trailwarden.storage.TestEvents.execution;
import static io.trailwarden.storage.TestEvents.origin;
import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredRecordsTest {

    @TempDir
    Path data;

    @Test
    void records_come_back_as_they_were_from_the_time_asked_for_on() throws Exception {
        CloudTrailEvent before = cloudTrail("e1", "2026-03-01T10:11:11Z", origin("a.json", 1));
        CloudTrailEvent at = cloudTrail("e2", "2026-03-01T10:11:12Z", origin("a.json", 2));
        CloudTrailEvent later = cloudTrail("e3", "2026-04-01T00:00:00Z", origin("b.json", 1));
        ExecutionEvent execution = execution(7, "2026-03-05T00:00:00Z", origin("c.json", 1));
        try (Archive archive = Archive.open(ArchiveConfig.local(data));
                ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(before);
            writer.write(at);
            writer.write(later);
            writer.write(execution);
            archive.commit("run", 1, List.of(writer.flush(1, Map.of())));

            List<String> read = new ArrayList<>();
            long count = archive.records()
                    .read(
                            StoredRecords.Kind.CLOUDTRAIL,
                            Instant.parse("2026-03-01T10:11:12Z"),
                            (time, id, raw) ->
                                    read.add(time + " " + id + " " + new String(raw, StandardCharsets.UTF_8)));

            assertThat(count).isEqualTo(2);
            assertThat(read)
                    .containsExactlyInAnyOrder(
                            "2026-03-01T10:11:12Z e2 " + new String(at.raw(), StandardCharsets.UTF_8),
                            "2026-04-01T00:00:00Z e3 " + new String(later.raw(), StandardCharsets.UTF_8));

            List<String> executions = new ArrayList<>();
            archive.records().read(StoredRecords.Kind.EXECUTIONS, Instant.EPOCH, (time, id, raw) -> executions.add(id));
            assertThat(executions).containsExactly(execution.eventId());
        }
    }
}
