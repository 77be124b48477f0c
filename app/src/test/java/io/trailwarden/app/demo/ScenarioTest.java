package io.trailwarden.app.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.event.codec.ExecutionCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ScenarioTest {

    private static final Instant START = Instant.parse("2026-03-02T09:00:00Z");
    private static final Pattern ADDRESS = Pattern.compile("\\b(\\d{1,3}(?:\\.\\d{1,3}){3})\\b");
    private static final Pattern ACCOUNT = Pattern.compile("\\b\\d{12}\\b");

    @Test
    void the_same_seed_tells_the_same_story() {
        assertThat(story(7, 200)).isEqualTo(story(7, 200));
        assertThat(story(7, 10)).isNotEqualTo(story(8, 10));
    }

    @Test
    void every_record_can_be_read() {
        Origin origin = new Origin("demo", "000000.json", 0, "0".repeat(64), START);
        for (ObjectNode record : story(1, 3 * Scenario.ROUND_SECONDS)) {
            byte[] bytes = record.toString().getBytes(UTF_8);
            Decoded<?> decoded = record.has("execution_arn")
                    ? new ExecutionCodec().decode(bytes, origin)
                    : new CloudTrailCodec().decode(bytes, origin);
            assertThat(decoded).as("%s", record).isInstanceOf(Decoded.Read.class);
        }
    }

    @Test
    void no_event_id_comes_twice() {
        Set<String> ids = new HashSet<>();
        for (ObjectNode record : story(1, 3 * Scenario.ROUND_SECONDS)) {
            String id = record.has("eventID")
                    ? record.path("eventID").asText()
                    : record.path("execution_arn").asText() + record.path("id").asText();
            assertThat(ids.add(id)).as(id).isTrue();
        }
    }

    @Test
    void all_accounts_are_invented_and_all_addresses_are_for_documentation() {
        List<String> accounts = List.of("111122223333", "222233334444", "333344445555", "999988887777");
        for (ObjectNode record : story(1, 2 * Scenario.ROUND_SECONDS)) {
            String text = record.toString();
            Matcher address = ADDRESS.matcher(record.path("sourceIPAddress").asText());
            if (address.find()) {
                assertThat(address.group(1)).matches("(192\\.0\\.2|198\\.51\\.100|203\\.0\\.113)\\.\\d+");
            }
            Matcher account = ACCOUNT.matcher(text.replaceAll("[0-9a-f]{8}-[0-9a-f-]+", ""));
            while (account.find()) {
                assertThat(accounts).contains(account.group());
            }
        }
    }

    private static List<ObjectNode> story(long seed, int seconds) {
        Scenario scenario = new Scenario(seed);
        List<ObjectNode> all = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            all.addAll(scenario.at(second, START.plusSeconds(second)));
        }
        return all;
    }
}
