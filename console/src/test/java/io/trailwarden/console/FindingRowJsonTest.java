package io.trailwarden.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.console.findings.FindingRow;
import io.trailwarden.console.findings.Status;
import io.trailwarden.event.Severity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FindingRowJsonTest {

    @Test
    void a_row_is_one_flat_object_whose_members_never_change() {
        FindingRow row = new FindingRow(
                1,
                2,
                "00ff",
                3,
                Status.OPEN,
                Severity.HIGH,
                "unexpected-principal",
                "A title",
                new FindingRow.About("a subject", "111122223333", "", "arn:aws:iam::111122223333:user/ada"),
                new FindingRow.Seen(
                        Instant.parse("2026-03-02T09:00:00Z"),
                        Instant.parse("2026-03-02T09:05:00Z"),
                        Instant.parse("2026-03-02T09:06:00.5Z"),
                        4),
                null);

        assertThat(new String(Json.bytes(row), StandardCharsets.UTF_8))
                .isEqualTo("{\"number\":1,\"seq\":2,\"id\":\"00ff\",\"revision\":3,\"status\":\"OPEN\","
                        + "\"severity\":\"HIGH\",\"detection\":\"unexpected-principal\",\"title\":\"A title\","
                        + "\"subject\":\"a subject\",\"account\":\"111122223333\",\"region\":\"\","
                        + "\"principal\":\"arn:aws:iam::111122223333:user/ada\","
                        + "\"firstTime\":\"2026-03-02T09:00:00Z\",\"lastTime\":\"2026-03-02T09:05:00Z\","
                        + "\"detectedAt\":\"2026-03-02T09:06:00.500Z\",\"eventCount\":4,\"decision\":null}");
    }
}
