package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.testing.SharedData;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twenty real S3 objects of an attacked account, read twice into the same data directory. */
class InvictusTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path directory;

    @Test
    void stores_1448_records_once_however_often_they_are_read() throws Exception {
        String input = SharedData.path("cloudtrail/invictus").toString();
        Store store = new Store(directory.resolve("d"));

        JsonNode first = store.runOnce(PATIENCE, "--input", input);
        // The folder's licence is no audit record; that it was there is said.
        assertThat(first.at("/ledger/received").longValue()).isEqualTo(1448);
        assertThat(first.at("/run/ignored").size()).isEqualTo(1);
        assertThat(first.at("/ledger/stored").longValue()).isEqualTo(1448);
        assertThat(first.at("/ledger/inFlight").longValue()).isZero();
        assertThat(first.get("balanced").booleanValue()).isTrue();
        Map<String, JsonNode> findings = store.findings();
        assertThat(findings).isNotEmpty();
        store.verifiedLedger();

        JsonNode second = store.runOnce(PATIENCE, "--input", input);
        assertThat(second.at("/ledger/received").longValue()).isEqualTo(1448);
        assertThat(second.at("/ledger/stored").longValue()).isEqualTo(1448);
        assertThat(second.get("balanced").booleanValue()).isTrue();
        assertThat(store.column("cloudtrail", "event_id")).hasSize(1448).doesNotHaveDuplicates();
        assertThat(store.findings().keySet()).isEqualTo(findings.keySet());
        store.verifiedLedger();

        agreesWithTheOracle(findings);
    }

    /** Throttled calls per service and call: a burst of at least ten within five minutes is a finding with all of them. */
    private static void agreesWithTheOracle(Map<String, JsonNode> findings) throws Exception {
        JsonNode perMinute = new ObjectMapper()
                .readTree(SharedData.path("labelled/oracle_invictus.json").toFile())
                .get("throttles_per_minute_source_name_principal");
        Map<String, Long> expected = new TreeMap<>();
        perMinute.properties().forEach(entry -> {
            String[] key = entry.getKey().split("\\|");
            String service = key[1].substring(0, key[1].indexOf('.'));
            // The lone DescribeParameters of 11:58 is nine minutes before the burst, so no part of it.
            if (!entry.getKey().startsWith("2023-07-10T11:58|ssm.amazonaws.com|DescribeParameters|")) {
                expected.merge(service + ':' + key[2], entry.getValue().longValue(), Long::sum);
            }
        });
        assertThat(expected)
                .isEqualTo(Map.of("ssm:PutParameter", 25L, "ssm:DescribeParameters", 26L, "ssm:DeleteParameter", 10L));

        Map<String, Long> found = new TreeMap<>();
        List<String> principals = new ArrayList<>();
        for (JsonNode finding : findings.values()) {
            if (finding.get("detection").textValue().equals("throttling-spike")) {
                found.put(
                        finding.get("subject").textValue().split(" ")[0],
                        finding.get("eventCount").longValue());
                principals.add(finding.get("principal").textValue());
            }
        }
        assertThat(found).isEqualTo(expected);
        assertThat(principals).containsOnly("arn:aws:iam::123837392027:user/bert-jan");
    }
}
