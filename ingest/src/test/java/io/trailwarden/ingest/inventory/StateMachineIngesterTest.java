package io.trailwarden.ingest.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.MemoryBroker;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.Faults;
import io.trailwarden.testing.aws.SimulatedClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateMachineIngesterTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final String ARN = "arn:aws:states:eu-west-1:111122223333:stateMachine:";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final SimulatedClock clock = new SimulatedClock(NOON);
    private final MemoryBroker broker = new MemoryBroker();
    private FakeAws aws;
    private AwsSessions sessions;
    private Positions positions;

    @BeforeEach
    void start() throws IngestException {
        aws = FakeAws.start(clock);
        sessions = new AwsSessions(clock, clock::advance);
        positions = Positions.open(folder.resolve("positions.db"));
    }

    @AfterEach
    void stop() {
        positions.close();
        sessions.close();
        aws.close();
    }

    private AwsAccess access() {
        return new AwsAccess(
                "eu-west-1", null, "arn:aws:iam::111122223333:role/trailwarden-reader", null, aws.endpoint());
    }

    private StateMachineIngester open() throws IngestException {
        return new StateMachineIngester(
                InventoryConfig.of("state-machines:payments/eu-west-1"),
                sessions.of(access()),
                broker.connect(),
                positions,
                key -> false);
    }

    private static ObjectNode machine(String name, int revision) {
        try {
            return (ObjectNode) JSON.readTree(
                    """
                    {"stateMachineArn":"%s%s","name":"%s","status":"ACTIVE","type":"STANDARD",
                     "roleArn":"arn:aws:iam::111122223333:role/order-flow-exec","creationDate":1748779200.123,
                     "definition":"{\\"StartAt\\":\\"Pay\\",\\"States\\":{\\"Pay\\":{\\"Type\\":\\"Pass\\",\\"End\\":true}}}",
                     "loggingConfiguration":{"level":"ERROR","includeExecutionData":false,"destinations":
                       [{"cloudWatchLogsLogGroup":{"logGroupArn":"arn:aws:logs:eu-west-1:111122223333:log-group:x:*"}}]},
                     "tracingConfiguration":{"enabled":true},"revisionId":"r-%d",
                     "encryptionConfiguration":{"type":"CUSTOMER_MANAGED_KMS_KEY","kmsKeyId":"k","kmsDataKeyReusePeriodSeconds":300}}
                    """
                            .formatted(ARN, name, name, revision));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Map<String, String> held() {
        Map<String, String> held = new TreeMap<>();
        InventorySimulation.held(InventorySimulation.arrived(broker))
                .forEach((key, entry) -> held.put(key.substring(ARN.length()), String.valueOf(entry.body())));
        return held;
    }

    private int sent() {
        return broker.store().size();
    }

    @Test
    void a_state_machine_arrives_with_all_that_is_set_up_its_tags_and_its_definition() throws Exception {
        aws.inventory().putStateMachine(machine("OrderFlow", 1), Map.of("team", "pay", "env", "prod"));
        try (StateMachineIngester ingester = open()) {
            ingester.pass();
        }

        assertThat(held())
                .isEqualTo(
                        Map.of(
                                "OrderFlow",
                                "{\"name\":\"OrderFlow\",\"type\":\"STANDARD\",\"status\":\"ACTIVE\","
                                        + "\"roleArn\":\"arn:aws:iam::111122223333:role/order-flow-exec\","
                                        + "\"creationDate\":\"2025-06-01T12:00:00.123Z\",\"revisionId\":\"r-1\","
                                        + "\"loggingConfiguration\":{\"level\":\"ERROR\",\"includeExecutionData\":false,"
                                        + "\"logGroups\":[\"arn:aws:logs:eu-west-1:111122223333:log-group:x:*\"]},"
                                        + "\"tracingConfiguration\":{\"enabled\":true},"
                                        + "\"encryptionConfiguration\":{\"type\":\"CUSTOMER_MANAGED_KMS_KEY\",\"kmsKeyId\":\"k\","
                                        + "\"kmsDataKeyReusePeriodSeconds\":300},"
                                        + "\"tags\":{\"env\":\"prod\",\"team\":\"pay\"},"
                                        + "\"definitionSha256\":\"ddd63a663c3abcf8dc1891552a026ba4bbe9dc59ba5c9debbf5bcf6264dc4faf\","
                                        + "\"definition\":{\"StartAt\":\"Pay\",\"States\":{\"Pay\":{\"Type\":\"Pass\",\"End\":true}}}}"));
    }

    @Test
    void only_what_changed_is_sent_again() throws Exception {
        aws.inventory().putStateMachine(machine("OrderFlow", 1), Map.of());
        aws.inventory().putStateMachine(machine("Refund", 1), Map.of());
        try (StateMachineIngester ingester = open()) {
            ingester.pass();
            clock.advance(QUARTER);
            ingester.pass();
            assertThat(sent()).isEqualTo(2);

            aws.inventory().putStateMachine(machine("Refund", 2), Map.of());
            aws.inventory().putStateMachine(machine("OrderFlow", 1), Map.of("team", "pay"));
            clock.advance(QUARTER);
            ingester.pass();
        }

        assertThat(sent()).isEqualTo(4);
        assertThat(held().get("Refund")).contains("\"r-2\"");
        assertThat(held().get("OrderFlow")).contains("{\"team\":\"pay\"}");
    }

    @Test
    void a_state_machine_is_gone_when_two_lists_do_not_name_it() throws Exception {
        aws.inventory().putStateMachine(machine("OrderFlow", 1), Map.of());
        aws.inventory().putStateMachine(machine("Refund", 1), Map.of());
        try (StateMachineIngester ingester = open()) {
            ingester.pass();
            aws.inventory().removeStateMachine(ARN + "Refund");
            clock.advance(QUARTER);
            ingester.pass();
            assertThat(held()).containsOnlyKeys("OrderFlow", "Refund");

            clock.advance(QUARTER);
            ingester.pass();
            assertThat(held()).containsOnlyKeys("OrderFlow");

            clock.advance(QUARTER);
            ingester.pass();
            assertThat(sent()).isEqualTo(3);
        }
    }

    @Test
    void tags_are_asked_of_a_hundred_machines_a_look_and_never_faster_than_the_quota() throws Exception {
        for (int i = 0; i < 130; i++) {
            aws.inventory().putStateMachine(machine("M-" + i, 1), Map.of("n", "" + i));
        }
        aws.inventory().pages(50);
        try (StateMachineIngester ingester = open()) {
            ingester.pass();
            assertThat(aws.requests("ListTagsForResource")).isEqualTo(100);
            assertThat(held()).hasSize(130);

            clock.advance(QUARTER);
            ingester.pass();
        }

        assertThat(held().values()).hasSize(130).allMatch(body -> body.contains("\"tags\":{\"n\":"));
        assertThat(sent()).as("those without tags came again with them").isEqualTo(160);
        assertThat(aws.exceeded()).isEmpty();
    }

    @Test
    void an_encrypted_definition_that_may_not_be_read_leaves_the_rest() throws Exception {
        aws.inventory().putStateMachine(machine("OrderFlow", 1), Map.of());
        aws.inventory().unreadable(ARN + "OrderFlow", "KmsAccessDeniedException");
        try (StateMachineIngester ingester = open()) {
            ingester.pass();
        }

        assertThat(held().get("OrderFlow")).contains("order-flow-exec").doesNotContain("definition");
    }

    @Test
    void a_machine_that_may_not_be_described_is_there_as_listed_and_does_not_stop_the_others() throws Exception {
        aws.inventory().putStateMachine(machine("Hidden", 1), Map.of());
        aws.inventory().putStateMachine(machine("OrderFlow", 1), Map.of());
        aws.inventory().unreadable(ARN + "Hidden", "AccessDeniedException");
        try (StateMachineIngester ingester = open()) {
            ingester.pass();
        }

        assertThat(held().get("Hidden"))
                .isEqualTo("{\"name\":\"Hidden\",\"type\":\"STANDARD\",\"creationDate\":\"2025-06-01T12:00:00.123Z\"}");
        assertThat(held().get("OrderFlow")).contains("order-flow-exec");
    }

    @Test
    void a_list_that_fails_on_its_way_removes_nothing() throws Exception {
        aws.inventory().putStateMachine(machine("OrderFlow", 1), Map.of());
        aws.inventory().putStateMachine(machine("Refund", 1), Map.of());
        aws.inventory().pages(1);
        try (StateMachineIngester ingester = open()) {
            ingester.pass();
            aws.faults(new Faults(0, 0, 0, 1, 0, Duration.ZERO));
            for (int i = 0; i < 3; i++) {
                clock.advance(QUARTER);
                assertThatThrownBy(ingester::pass).hasMessageContaining("states:ListStateMachines failed");
            }
        }

        assertThat(sent()).isEqualTo(2);
        assertThat(held()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 2})
    void half_an_hour_of_AWS_at_its_worst_ends_in_what_is_there(int skewHours) throws Exception {
        aws.inventory().pages(3);
        Map<String, Integer> there = new TreeMap<>();
        int[] next = {0};
        List<InventorySimulation.Arrived> all = InventorySimulation.run(
                aws,
                clock,
                Duration.ofHours(skewHours),
                (now, random) -> {
                    int turn = next[0]++;
                    there.keySet().forEach(name -> aws.inventory().hide(ARN + name, false));
                    String name = "M-" + random.nextInt(12);
                    switch (turn % 4) {
                        case 0, 1 -> {
                            there.put(name, turn);
                            aws.inventory().putStateMachine(machine(name, turn), Map.of("turn", "" + turn));
                        }
                        case 2 -> aws.inventory().hide(ARN + name, now.isBefore(NOON.plus(Duration.ofMinutes(20))));
                        default -> {
                            there.remove(name);
                            aws.inventory().removeStateMachine(ARN + name);
                        }
                    }
                },
                (publisher, itsPositions, local, failPoints) -> new StateMachineIngester(
                        InventoryConfig.of("state-machines:payments/eu-west-1"),
                        new AwsSessions(local, clock::advance).of(access()),
                        publisher,
                        itsPositions,
                        key -> false,
                        failPoints),
                folder.resolve("simulation"));

        Map<String, Integer> held = new TreeMap<>();
        InventorySimulation.held(all).forEach((arn, entry) -> {
            JsonNode body = read(String.valueOf(entry.body()));
            int turn = Integer.parseInt(body.path("revisionId").asText().substring(2));
            assertThat(body.path("tags").path("turn").asInt()).isEqualTo(turn);
            held.put(arn.substring(ARN.length()), turn);
        });
        assertThat(held).isEqualTo(there);
        List<String> times = new ArrayList<>();
        all.stream()
                .filter(each -> each.entry() != null)
                .forEach(each -> times.add(each.entry().seenAt().toString()));
        assertThat(times)
                .as("by AWS's clock")
                .allMatch(time -> time.startsWith("2026-03-02T12:") || time.startsWith("2026-03-02T13:"));
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
