package io.trailwarden.testing.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.testing.generator.PlantedFinding.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GeneratorTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private record Sample(RecordSink.Kind kind, String account, String region, String eventId, long time, String text) {

        JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new UncheckedIOException(text, e);
            }
        }
    }

    private static List<Sample> generate(Scenario scenario) {
        List<Sample> samples = new ArrayList<>();
        Generator.generate(
                scenario,
                (kind, account, region, id, time, bytes, length) -> samples.add(new Sample(
                        kind, account, region, id, time, new String(bytes, 0, length, StandardCharsets.UTF_8))));
        return samples;
    }

    private static String hash(Scenario scenario) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Generator.generate(
                scenario, (kind, account, region, id, time, bytes, length) -> digest.update(bytes, 0, length));
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    @Test
    void gives_the_same_bytes_on_every_jdk_in_every_locale_and_zone() throws Exception {
        // A literal, so that a JDK or machine that computes anything differently fails here.
        String expected = "d5890b0759b93617";
        Scenario scenario = Scenario.of(7, 3_000).withPlanted(12);
        assertThat(hash(scenario)).isEqualTo(expected);

        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
            assertThat(hash(scenario)).isEqualTo(expected);
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void another_seed_gives_another_organization() throws Exception {
        assertThat(hash(Scenario.of(7, 500))).isNotEqualTo(hash(Scenario.of(8, 500)));
        assertThat(Generator.accounts(Scenario.of(7, 500)))
                .hasSize(200)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[1-6]\\d{11}"))
                .doesNotContainAnyElementsOf(Generator.accounts(Scenario.of(8, 500)));
    }

    @Test
    void gives_exactly_as_many_distinct_records_as_asked_planted_ones_included() {
        List<Sample> samples = generate(Scenario.of(3, 5_000).withPlanted(40));
        assertThat(samples).hasSize(5_000);
        assertThat(samples.stream().map(Sample::eventId)).doesNotHaveDuplicates();
    }

    @Test
    void refuses_more_planted_records_than_there_are_records() {
        assertThatThrownBy(() -> generate(Scenario.of(3, 100).withPlanted(50)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("planted: 50 findings have \\d+ records \\(expected: at most the 100 .*");
        assertThatThrownBy(() -> Scenario.of(3, 100).withDuplicates(1.5))
                .hasMessage("duplicates: 1.5 (expected: 0 to 1)");
    }

    @Test
    void every_record_is_json_that_says_what_the_sink_was_told() {
        for (Sample sample : generate(Scenario.of(5, 4_000).withPlanted(20))) {
            JsonNode json = sample.json();
            if (sample.kind == RecordSink.Kind.CLOUDTRAIL) {
                assertThat(json.get("eventID").textValue()).isEqualTo(sample.eventId);
                assertThat(json.get("recipientAccountId").textValue()).isEqualTo(sample.account);
                assertThat(json.get("awsRegion").textValue()).isEqualTo(sample.region);
                assertThat(Instant.parse(json.get("eventTime").textValue()).toEpochMilli())
                        .isEqualTo(sample.time / 1000 * 1000);
            } else {
                String id = json.get("execution_arn").textValue()
                        + '#'
                        + json.get("redrive_count").textValue()
                        + '#'
                        + json.get("id").textValue()
                        + '#'
                        + json.get("type").textValue();
                assertThat(id).isEqualTo(sample.eventId);
                assertThat(json.get("event_timestamp").textValue()).isEqualTo(Long.toString(sample.time));
            }
            assertThat(sample.text).doesNotContain("{account}", "{region}", "{hex", "{uuid}");
        }
    }

    @Test
    void sizes_shares_and_variety_are_those_of_real_trails() {
        List<Sample> samples = generate(Scenario.of(11, 40_000));
        List<JsonNode> calls = samples.stream()
                .filter(sample -> sample.kind == RecordSink.Kind.CLOUDTRAIL)
                .map(Sample::json)
                .toList();
        List<Integer> sizes = samples.stream()
                .filter(sample -> sample.kind == RecordSink.Kind.CLOUDTRAIL)
                .map(sample -> sample.text.getBytes(StandardCharsets.UTF_8).length)
                .sorted()
                .toList();
        assertThat(sizes.stream().mapToInt(Integer::intValue).average().orElseThrow())
                .isBetween(1_250.0, 1_500.0);
        assertThat(sizes.get(sizes.size() / 10)).isBetween(900, 1_200);
        assertThat(sizes.get(sizes.size() / 2)).isBetween(1_190, 1_570);
        assertThat(sizes.get(sizes.size() * 99 / 100)).isBetween(2_000, 2_600);

        assertThat((double) calls.size() / samples.size()).isBetween(0.88, 0.92);
        double services = calls.stream()
                .filter(call -> call.at("/userIdentity/type").asText().equals("AWSService"))
                .count();
        assertThat(services / calls.size()).isBetween(0.47, 0.53);
        assertThat(distinct(calls, "/eventName")).hasSizeGreaterThan(70);
        assertThat(distinct(calls, "/eventSource")).hasSizeGreaterThan(35);
        assertThat(distinct(calls, "/eventVersion")).containsExactlyInAnyOrder("1.08", "1.09", "1.10", "1.11");
        assertThat(distinct(calls, "/recipientAccountId")).hasSizeGreaterThan(150);
        assertThat(calls.stream().anyMatch(call -> call.path("responseElements").isNull()))
                .isTrue();
        assertThat(calls.stream().anyMatch(call -> call.toString().contains("Größe")))
                .isTrue();
        double failed = calls.stream().filter(call -> call.has("errorCode")).count();
        assertThat(failed / calls.size()).isBetween(0.005, 0.06);
    }

    @Test
    void who_calls_follows_zipf_and_three_quarters_of_principals_are_roles() {
        Scenario scenario = Scenario.of(11, 60_000).withShares(0, 0);
        Map<String, Integer> calls = new HashMap<>();
        for (Sample sample : generate(scenario)) {
            calls.merge(sample.json().at("/userIdentity/principalId").asText().split(":")[0], 1, Integer::sum);
        }
        List<Integer> counts =
                calls.values().stream().sorted(Comparator.reverseOrder()).toList();
        // Zipf with exponent 1.1 over 20,000 ranks: the first has about 15 %, the second 2^-1.1 = 47 % of the first.
        assertThat(counts.get(0) / 60_000.0).isBetween(0.12, 0.18);
        assertThat((double) counts.get(1) / counts.get(0)).isBetween(0.42, 0.52);
        assertThat(calls).hasSizeBetween(5_000, 14_000);

        Organization organization = new Organization(scenario);
        long roles = 0;
        for (int rank = 0; rank < 20_000; rank++) {
            roles += organization.principal(rank).role() ? 1 : 0;
        }
        assertThat(roles / 20_000.0).isBetween(0.74, 0.76);
    }

    @Test
    void a_principal_keeps_its_account_its_habits_and_its_few_addresses() {
        Map<String, Set<String>> calls = new HashMap<>();
        Map<String, Set<String>> addresses = new HashMap<>();
        Map<String, Set<String>> accounts = new HashMap<>();
        for (Sample sample : generate(Scenario.of(4, 30_000).withShares(0, 0))) {
            JsonNode json = sample.json();
            String who = json.at("/userIdentity/principalId").asText().split(":")[0];
            calls.computeIfAbsent(who, w -> new HashSet<>())
                    .add(json.get("eventName").asText());
            addresses
                    .computeIfAbsent(who, w -> new HashSet<>())
                    .add(json.get("sourceIPAddress").asText());
            accounts.computeIfAbsent(who, w -> new HashSet<>())
                    .add(json.get("recipientAccountId").asText());
        }
        // The expected start of the guarded machine is one role in each account.
        accounts.values().forEach(seen -> assertThat(seen).hasSize(1));
        calls.values().forEach(seen -> assertThat(seen).hasSizeLessThanOrEqualTo(10));
        addresses.values().forEach(seen -> assertThat(seen).hasSizeLessThanOrEqualTo(5));
        assertThat(addresses.values()).anyMatch(seen -> seen.size() > 2);
    }

    @Test
    void an_outsider_takes_a_role_and_every_later_call_carries_the_issued_key() {
        Scenario scenario = Scenario.of(21, 20_000).withPlanted(80);
        Map<String, Sample> byId =
                generate(scenario).stream().collect(Collectors.toMap(Sample::eventId, sample -> sample));
        Set<String> members = Set.copyOf(Generator.accounts(scenario));
        List<PlantedFinding> sessions = planted(scenario, Kind.OUTSIDER_SESSION);
        assertThat(sessions).hasSize(20);
        for (PlantedFinding finding : sessions) {
            JsonNode first = byId.get(finding.eventIds().get(0)).json();
            assertThat(first.get("eventName").textValue()).isEqualTo("AssumeRole");
            assertThat(first.at("/userIdentity/type").textValue()).isEqualTo("AWSAccount");
            String stranger = first.at("/userIdentity/accountId").textValue();
            assertThat(members).doesNotContain(stranger);
            assertThat(finding.subject())
                    .isEqualTo(stranger
                            + ':'
                            + first.at("/userIdentity/principalId").textValue());
            String key = first.at("/responseElements/credentials/accessKeyId").textValue();
            String session = first.at("/responseElements/assumedRoleUser/arn").textValue();
            assertThat(finding.eventIds()).hasSizeBetween(4, 7);
            for (String id : finding.eventIds().subList(1, finding.eventIds().size())) {
                JsonNode later = byId.get(id).json();
                assertThat(later.at("/userIdentity/accessKeyId").textValue()).isEqualTo(key);
                assertThat(later.at("/userIdentity/arn").textValue()).isEqualTo(session);
                assertThat(later.get("eventTime").textValue())
                        .isGreaterThan(first.get("eventTime").textValue());
            }
        }
    }

    @Test
    void a_throttled_caller_fails_tens_of_times_in_two_minutes_at_one_call() {
        Scenario scenario = Scenario.of(21, 20_000).withPlanted(80);
        Map<String, Sample> byId =
                generate(scenario).stream().collect(Collectors.toMap(Sample::eventId, sample -> sample));
        for (PlantedFinding finding : planted(scenario, Kind.THROTTLED_CALLS)) {
            assertThat(finding.eventIds()).hasSizeBetween(40, 55);
            assertThat(Duration.between(finding.firstTime(), finding.lastTime()))
                    .isLessThan(Duration.ofMinutes(2));
            for (String id : finding.eventIds()) {
                JsonNode json = byId.get(id).json();
                assertThat(json.get("errorCode").textValue())
                        .matches(".*(Throttling|LimitExceeded|TooManyRequests|ThroughputExceeded).*");
                assertThat(json.get("eventName").textValue()).isEqualTo(finding.eventName());
                assertThat(json.at("/userIdentity/sessionContext/sessionIssuer/arn")
                                .textValue())
                        .isEqualTo(finding.principal());
            }
        }
        for (PlantedFinding finding : planted(scenario, Kind.THROTTLED_EXECUTION)) {
            assertThat(finding.eventIds()).hasSizeBetween(30, 33);
            for (String id : finding.eventIds()) {
                assertThat(byId.get(id).json().at("/details/error").textValue())
                        .matches("[A-Za-z]+\\.(TooManyRequests|Throttl|RequestThrottled|Provisioned)[A-Za-z]*");
            }
        }
    }

    @Test
    void no_two_bursts_use_up_the_same_quota() {
        Scenario scenario = Scenario.of(2, 900_000).withPlanted(8_000);
        Plants plants = new Plants(scenario, CallCatalogue.bundled(), new CloudTrailRecords(scenario));
        List<PlantedFinding> bursts = plants.plan(1_000_000).stream()
                .filter(plant -> plant.kind() == Kind.THROTTLED_CALLS || plant.kind() == Kind.THROTTLED_EXECUTION)
                .map(plant -> plants.grow(plant).truth())
                .toList();
        assertThat(bursts)
                .hasSize(4_000)
                .extracting(each -> each.account() + each.region() + each.eventSource() + each.eventName())
                .doesNotHaveDuplicates();
    }

    @Test
    void only_the_planted_stranger_starts_the_guarded_machine_beside_its_scheduler() {
        Scenario scenario = Scenario.of(21, 20_000).withPlanted(80);
        Set<String> starters = new HashSet<>();
        for (Sample sample : generate(scenario)) {
            if (sample.text.contains("stateMachine:payments-settlement")) {
                starters.add(sample.json()
                        .at("/userIdentity/sessionContext/sessionIssuer/arn")
                        .textValue());
            }
        }
        Set<String> planted = planted(scenario, Kind.UNEXPECTED_PRINCIPAL).stream()
                .map(PlantedFinding::principal)
                .collect(Collectors.toSet());
        assertThat(planted).hasSize(20).isSubsetOf(starters);
        starters.removeAll(planted);
        assertThat(starters).isNotEmpty().allMatch(arn -> arn.endsWith(":role/payments-scheduler"));
    }

    private static List<PlantedFinding> planted(Scenario scenario, Kind kind) {
        return Generator.generate(scenario, (k, account, region, id, time, bytes, length) -> {}).stream()
                .filter(finding -> finding.kind() == kind)
                .toList();
    }

    private static Set<String> distinct(List<JsonNode> records, String pointer) {
        return records.stream().map(record -> record.at(pointer).asText()).collect(Collectors.toSet());
    }
}
