package io.trailwarden.console.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;

class FindingFilterTest {

    private static final String[] ACCOUNTS = {"111122223333", "222233334444", ""};

    private static Path file;
    private static FindingsStore store;

    @BeforeContainer
    static void fill() throws IOException {
        file = Files.createTempFile("filter", ".sqlite");
        Files.delete(file);
        store = FindingsStore.open(file, Clock.systemUTC());
        Random random = new Random(1);
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            findings.add(Findings.finding(
                    "f" + i,
                    1,
                    random.nextInt(6) == 0 ? Finding.State.WITHDRAWN : Finding.State.OPEN,
                    Severity.values()[random.nextInt(5)],
                    1,
                    ACCOUNTS[random.nextInt(3)],
                    Findings.TIME.plusSeconds(random.nextInt(100))));
        }
        store.apply(Batch.of(findings));
    }

    @AfterContainer
    static void close() throws IOException {
        store.close();
        Files.deleteIfExists(file);
    }

    /** The stream filters in memory and the list in SQL; people must not see a difference. */
    @Property(tries = 300)
    void memory_and_sql_decide_alike(@ForAll long seed) {
        Random random = new Random(seed);
        Map<String, List<String>> parameters = new HashMap<>();
        maybe(random, parameters, "severity", "low", "HIGH", "critical");
        maybe(random, parameters, "not.severity", "medium", "low");
        maybe(random, parameters, "account", ACCOUNTS);
        maybe(random, parameters, "not.account", ACCOUNTS);
        maybe(random, parameters, "status", "open", "withdrawn");
        maybe(random, parameters, "q", "ROOT f1", "f2", "203.0.113.9", "nothing has this", "%", "_", "'");
        maybe(
                random,
                parameters,
                "from",
                Findings.TIME.plusSeconds(random.nextInt(100)).toString());
        maybe(
                random,
                parameters,
                "to",
                Findings.TIME.plusSeconds(random.nextInt(100)).toString());
        FindingFilter filter = FindingFilter.parse(parameters);

        List<String> bySql = store.list(filter, FindingPage.Sort.ARRIVAL, null, 1000).findings().stream()
                .map(FindingRow::id)
                .sorted()
                .toList();
        List<String> inMemory = store.changes(0, 1000).stream()
                .filter(filter::test)
                .map(change -> change.row().id())
                .sorted()
                .toList();

        assertThat(bySql).as("%s", Tuple.of(parameters)).isEqualTo(inMemory);
    }

    private static void maybe(Random random, Map<String, List<String>> into, String name, String... values) {
        if (random.nextInt(3) == 0) {
            int count = name.equals("from") || name.equals("to") ? 1 : 1 + random.nextInt(values.length);
            into.put(name, List.of(values).subList(0, count));
        }
    }

    @Test
    void an_unknown_severity_is_refused_with_the_known_ones() {
        assertThatThrownBy(() -> FindingFilter.parse(Map.of("severity", List.of("hgih"))))
                .hasMessage("severity: \"hgih\" (expected: one of informational, low, medium, high, critical)");
    }

    @Test
    void a_time_that_is_none_is_refused() {
        assertThatThrownBy(() -> FindingFilter.parse(Map.of("from", List.of("yesterday"))))
                .hasMessageContaining("from: \"yesterday\"")
                .hasMessageContaining("ISO 8601");
    }

    @Test
    void names_are_read_the_same_in_a_turkish_locale() {
        FindingFilter filter = FindingFilter.parse(Map.of("severity", List.of("critical", "informational")));

        assertThat(filter.include().get(FindingFilter.Field.SEVERITY)).containsExactly("CRITICAL", "INFORMATIONAL");
    }

    @Test
    void too_many_values_are_refused() {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 201; i++) {
            values.add("a" + i);
        }
        assertThatThrownBy(() -> FindingFilter.parse(Map.of("account", values)))
                .hasMessage("account: 201 values (expected: at most 200)");
    }
}
