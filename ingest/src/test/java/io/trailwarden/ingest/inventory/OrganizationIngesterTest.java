package io.trailwarden.ingest.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.MemoryBroker;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.Faults;
import io.trailwarden.testing.aws.SimulatedClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrganizationIngesterTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final Instant JOINED = Instant.parse("2024-05-01T08:30:00Z");
    private static final Duration QUARTER = Duration.ofMinutes(15);

    @TempDir
    Path folder;

    private final SimulatedClock clock = new SimulatedClock(NOON);
    private final MemoryBroker broker = new MemoryBroker();
    private final Set<String> writtenByPeople = new HashSet<>();
    private FakeAws aws;
    private AwsSessions sessions;
    private Positions positions;

    @BeforeEach
    void start() throws IngestException {
        aws = FakeAws.start(clock);
        sessions = new AwsSessions(clock, clock::advance);
        positions = Positions.open(folder.resolve("positions.db"));
        aws.inventory().putUnit("Workloads", "");
        aws.inventory().putUnit("Production", "Workloads");
        aws.inventory().putAccount("111122223333", "payments", "ACTIVE", JOINED, "Production");
        aws.inventory().putAccount("444455556666", "management", "ACTIVE", JOINED, "");
    }

    @AfterEach
    void stop() {
        positions.close();
        sessions.close();
        aws.close();
    }

    private AwsAccess access() {
        return new AwsAccess(
                "us-east-1", null, "arn:aws:iam::444455556666:role/trailwarden-reader", null, aws.endpoint());
    }

    private OrganizationIngester open() throws IngestException {
        return new OrganizationIngester(
                InventoryConfig.of("organization:acme"),
                sessions.of(access()),
                broker.connect(),
                positions,
                writtenByPeople::contains);
    }

    private Map<String, String> held() {
        Map<String, String> held = new TreeMap<>();
        InventorySimulation.held(InventorySimulation.arrived(broker))
                .forEach((key, entry) -> held.put(key, String.valueOf(entry.body())));
        return held;
    }

    private int sent() {
        return broker.store().size();
    }

    @Test
    void accounts_arrive_with_the_time_they_joined_and_their_place_in_the_tree() throws Exception {
        try (OrganizationIngester ingester = open()) {
            ingester.pass();

            assertThat(held())
                    .isEqualTo(Map.of(
                            "111122223333",
                            "{\"name\":\"payments\",\"joined\":\"2024-05-01T08:30:00Z\",\"state\":\"ACTIVE\","
                                    + "\"unit\":\"Root/Workloads/Production\",\"organization\":\"o-exampleorg1\"}",
                            "444455556666",
                            "{\"name\":\"management\",\"joined\":\"2024-05-01T08:30:00Z\",\"state\":\"ACTIVE\","
                                    + "\"unit\":\"Root\",\"organization\":\"o-exampleorg1\"}"));
            assertThat(ingester.progress().objects()).isEqualTo(1);
            assertThat(ingester.progress().records()).isZero();
        }
    }

    @Test
    void only_changes_are_sent_each_with_the_time_it_was_seen() throws Exception {
        try (OrganizationIngester ingester = open()) {
            ingester.pass();
            ingester.pass();
            assertThat(sent()).isEqualTo(2);

            clock.advance(QUARTER);
            aws.inventory().putAccount("111122223333", "payments", "SUSPENDED", JOINED, "Workloads");
            ingester.pass();
        }

        List<InventorySimulation.Arrived> all = InventorySimulation.arrived(broker);
        assertThat(all).hasSize(3);
        ReferenceEntry last = all.get(2).entry();
        assertThat(last.body()).contains("SUSPENDED", "\"unit\":\"Root/Workloads\"");
        assertThat(last.seenAt()).isBetween(NOON.plus(QUARTER), NOON.plus(QUARTER.multipliedBy(2)));
    }

    @Test
    void an_account_that_two_lists_do_not_name_has_left_when_the_first_of_them_was_made() throws Exception {
        try (OrganizationIngester ingester = open()) {
            ingester.pass();
            aws.inventory().removeAccount("111122223333");
            clock.advance(QUARTER);
            Instant seen = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            ingester.pass();
            assertThat(held().get("111122223333")).doesNotContain("left");

            clock.advance(QUARTER);
            ingester.pass();

            JsonNode body = new ObjectMapper().readTree(held().get("111122223333"));
            assertThat(body.path("joined").asText()).isEqualTo("2024-05-01T08:30:00Z");
            assertThat(body.path("state").asText()).isEqualTo("LEFT");
            assertThat(Instant.parse(body.path("left").asText())).isBetween(seen, seen.plusSeconds(10));
        }
    }

    @Test
    void a_list_that_is_out_of_date_once_makes_nobody_leave() throws Exception {
        try (OrganizationIngester ingester = open()) {
            ingester.pass();
            for (int i = 0; i < 6; i++) {
                aws.inventory().hide("111122223333", i % 2 == 0);
                clock.advance(QUARTER);
                ingester.pass();
            }
        }

        assertThat(sent()).isEqualTo(2);
    }

    @Test
    void an_account_that_returns_has_two_spans_and_one_that_was_only_hidden_has_one() throws Exception {
        try (OrganizationIngester ingester = open()) {
            ingester.pass();
            aws.inventory().hide("111122223333", true);
            aws.inventory().hide("444455556666", true);
            for (int i = 0; i < 2; i++) {
                clock.advance(QUARTER);
                ingester.pass();
            }
            assertThat(held().values()).allMatch(body -> body.contains("\"left\""));
            aws.inventory().hide("111122223333", false);
            aws.inventory().hide("444455556666", false);
            Instant again = clock.instant().plusSeconds(1).truncatedTo(ChronoUnit.SECONDS);
            aws.inventory().putAccount("111122223333", "payments", "ACTIVE", again, "");
            clock.advance(QUARTER);
            ingester.pass();

            JsonNode spans =
                    new ObjectMapper().readTree(held().get("111122223333")).path("spans");
            assertThat(spans).hasSize(2);
            assertThat(spans.path(0).path("from").asText()).isEqualTo("2024-05-01T08:30:00Z");
            assertThat(spans.path(0).path("to").asText()).isNotEmpty();
            assertThat(spans.path(1).path("from").asText()).isEqualTo(again.toString());
            assertThat(spans.path(1).has("to")).isFalse();
            assertThat(held().get("444455556666")).doesNotContain("left").doesNotContain("spans");
        }
    }

    @Test
    void after_a_restart_everything_is_sent_again_with_its_old_time_because_Kafka_may_be_new() throws Exception {
        open().pass();
        aws.inventory().removeAccount("111122223333");
        clock.advance(Duration.ofDays(1));
        try (OrganizationIngester ingester = open()) {
            ingester.pass();
        }

        List<InventorySimulation.Arrived> all = InventorySimulation.arrived(broker);
        assertThat(all).hasSize(4);
        assertThat(new HashSet<>(all)).hasSize(2);
    }

    @Test
    void what_people_wrote_is_left_to_them_until_they_strike_it_out() throws Exception {
        writtenByPeople.add("ACCOUNT|111122223333");
        try (OrganizationIngester ingester = open()) {
            ingester.pass();
            assertThat(held()).containsOnlyKeys("444455556666");

            writtenByPeople.clear();
            ingester.pass();
            assertThat(held()).containsOnlyKeys("111122223333", "444455556666");
        }
    }

    @Test
    void a_list_that_fails_on_its_way_says_nothing() throws Exception {
        aws.inventory().pages(1);
        try (OrganizationIngester ingester = open()) {
            ingester.pass();
            aws.faults(new Faults(0, 0, 0, 1, 0, Duration.ZERO));
            for (int i = 0; i < 3; i++) {
                clock.advance(QUARTER);
                assertThatThrownBy(ingester::pass)
                        .isInstanceOf(IngestException.class)
                        .hasMessageContaining("organizations:ListAccounts failed: InvalidInputException");
            }
            aws.faults(Faults.NONE);
            ingester.pass();
        }

        assertThat(sent()).isEqualTo(2);
    }

    @Test
    void no_organization_is_no_reason_to_forget_the_accounts() throws Exception {
        try (OrganizationIngester ingester = open()) {
            ingester.pass();
            aws.inventory().noOrganization();
            for (int i = 0; i < 3; i++) {
                clock.advance(QUARTER);
                ingester.pass();
            }
        }

        assertThat(sent()).isEqualTo(2);
        assertThat(held().values()).noneMatch(body -> body.contains("left"));
    }

    @Test
    void another_organization_under_the_same_name_is_refused() throws Exception {
        try (OrganizationIngester ingester = open()) {
            ingester.pass();
            aws.inventory().organization("o-another0rg");
            aws.inventory().removeAccount("111122223333");

            assertThatThrownBy(ingester::pass)
                    .hasMessage("organization:acme lists organization \"o-another0rg\" now, before \"o-exampleorg1\""
                            + " (expected: the same, or another name for the input)");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 2})
    void half_an_hour_of_AWS_at_its_worst_ends_in_what_is_there(int skewHours) throws Exception {
        aws.inventory().pages(3);
        Map<String, Instant> joined = new TreeMap<>();
        Map<String, Instant> left = new TreeMap<>();
        int[] next = {0};
        joined.put("111122223333", JOINED);
        joined.put("444455556666", JOINED);
        List<InventorySimulation.Arrived> all = InventorySimulation.run(
                aws,
                clock,
                Duration.ofHours(skewHours),
                (moment, random) -> {
                    Instant now = moment.truncatedTo(ChronoUnit.SECONDS);
                    String id = String.format("%012d", 500_000_000_000L + next[0]++);
                    aws.inventory().putAccount(id, "a" + next[0], "ACTIVE", now, next[0] % 2 == 0 ? "Production" : "");
                    joined.put(id, now);
                    List<String> there = new TreeSet<>(joined.keySet())
                            .stream().filter(one -> !left.containsKey(one)).toList();
                    there.forEach(one -> aws.inventory().hide(one, false));
                    String unlucky = there.get(random.nextInt(there.size()));
                    if (next[0] % 4 == 0) {
                        aws.inventory().removeAccount(unlucky);
                        left.put(unlucky, now);
                    } else if (next[0] % 4 == 2 && now.isBefore(NOON.plus(Duration.ofMinutes(20)))) {
                        // For one list: what is hidden for longer has left.
                        aws.inventory().hide(unlucky, true);
                    }
                },
                (publisher, itsPositions, local, failPoints) -> new OrganizationIngester(
                        InventoryConfig.of("organization:acme"),
                        new AwsSessions(local, clock::advance).of(access()),
                        publisher,
                        itsPositions,
                        writtenByPeople::contains,
                        failPoints),
                folder.resolve("simulation"));

        // Whoever left before a list was made was never seen, and nobody was seen to leave too early or much too late.
        ObjectMapper json = new ObjectMapper();
        Map<String, ReferenceEntry> held = InventorySimulation.held(all);
        joined.forEach((id, at) -> {
            if (!left.containsKey(id)) {
                assertThat(held).containsKey(id);
            }
        });
        for (InventorySimulation.Arrived each : all) {
            JsonNode body = json.readTree(each.entry().body());
            assertThat(body.path("joined").asText())
                    .isEqualTo(joined.get(each.key()).toString());
            if (body.has("left")) {
                assertThat(Instant.parse(body.path("left").asText()))
                        .as("%s left", each.key())
                        .isAfterOrEqualTo(left.get(each.key()))
                        .isBefore(clock.instant());
            }
        }
        held.forEach((id, entry) -> assertThat(entry.body().contains("\"left\""))
                .as("%s has left", id)
                .isEqualTo(left.containsKey(id)));
        assertThat(left).isNotEmpty();
        assertThat(held.values().stream().filter(entry -> entry.body().contains("\"left\"")))
                .as("accounts that were seen to leave")
                .isNotEmpty();
    }
}
