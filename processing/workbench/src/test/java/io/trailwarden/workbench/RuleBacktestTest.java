package io.trailwarden.workbench;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.rule.Logsource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleBacktestTest {

    private static final String RULES =
            """
            title: Failed login
            name: failed
            logsource: {product: aws, service: cloudtrail}
            detection:
              selection: {eventName: ConsoleLogin}
              condition: selection
            ---
            title: Two failed logins
            name: two
            correlation:
              type: event_count
              rules: [failed]
              group-by: [sourceIPAddress]
              timespan: 5m
              condition: {gte: 2}
            ---
            title: Root
            name: root
            logsource: {product: aws, service: cloudtrail}
            detection:
              selection: {userIdentity.type: Root}
              condition: selection
            """;

    private final RuleBacktest backtest =
            new RuleBacktest(RuleSet.parse("rules.yml", RULES), Instant.parse("2026-03-02T00:00:00Z"));

    private void add(Logsource kind, String time, String id, String json) {
        backtest.add(kind, Instant.parse(time), id, json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void correlations_remember_what_was_just_before_the_time_asked_for() {
        assertThat(backtest.from()).isBeforeOrEqualTo("2026-03-01T23:55:00Z");
        String login = "{\"eventName\":\"ConsoleLogin\",\"sourceIPAddress\":\"192.0.2.1\"}";
        add(Logsource.CLOUDTRAIL, "2026-03-02T00:01:00Z", "e2", login);
        add(Logsource.CLOUDTRAIL, "2026-03-01T23:58:00Z", "e1", login);

        assertThat(backtest.hits())
                .containsExactly(new RuleBacktest.Hit(
                        Instant.parse("2026-03-02T00:01:00Z"),
                        "sourceIPAddress=192.0.2.1",
                        "two",
                        List.of("e1", "e2")));
        assertThat(backtest.records()).isEqualTo(1);
    }

    @Test
    void single_findings_count_from_the_time_asked_for_and_only_in_their_own_log() {
        String root = "{\"userIdentity\":{\"type\":\"Root\"}}";
        add(Logsource.CLOUDTRAIL, "2026-03-01T23:59:59Z", "e1", root);
        add(Logsource.CLOUDTRAIL, "2026-03-02T00:00:00Z", "e2", root);
        add(Logsource.EXECUTIONS, "2026-03-02T00:00:01Z", "e3", root);
        add(Logsource.CLOUDTRAIL, "2026-03-02T00:00:02Z", "e4", "not json");

        assertThat(backtest.hits())
                .containsExactly(
                        new RuleBacktest.Hit(Instant.parse("2026-03-02T00:00:00Z"), "e2", "root", List.of("e2")));
        assertThat(backtest.malformed()).isEqualTo(1);
    }
}
