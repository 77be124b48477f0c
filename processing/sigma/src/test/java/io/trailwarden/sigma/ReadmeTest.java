package io.trailwarden.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.correlation.Firing;
import io.trailwarden.sigma.match.FieldReader;
import io.trailwarden.sigma.match.RuleMatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The README shows code that compiles and does what it says. */
class ReadmeTest {

    private static final String YAML =
            """
            title: Failed login
            name: failed
            logsource: {product: aws, service: cloudtrail}
            detection:
              selection: {eventName: ConsoleLogin, errorMessage: Failed authentication}
              condition: selection
            ---
            title: Many failed logins
            name: many
            level: high
            correlation: {type: event_count, rules: [failed], group-by: [user], timespan: 5m, condition: {gte: 3}}
            """;

    @Test
    void its_lines_find_three_failed_logins() {
        Map<Sighting, byte[]> logins = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            logins.put(
                    new Sighting(Instant.parse("2026-03-02T09:00:00Z").plusSeconds(i), "e" + i),
                    "{\"eventName\":\"ConsoleLogin\",\"errorMessage\":\"Failed authentication\",\"user\":\"dana\"}"
                            .getBytes(StandardCharsets.UTF_8));
        }
        List<String> said = new ArrayList<>();
        String yaml = YAML;

        RuleSet rules = RuleSet.parse("logins.yml", yaml);
        rules.refused().forEach(problem -> System.err.println(problem));
        RuleMatcher matcher = RuleMatcher.of(rules.rules());
        Correlations correlations = Correlations.of(rules);
        FieldReader fields = new FieldReader(correlations.fields());
        List<CorrelatedEvent> events = new ArrayList<>();
        logins.forEach((sighting, json) ->
                events.add(new CorrelatedEvent(sighting, matcher.ids(json), fields.read(json), null, null, null)));
        for (Firing firing : correlations.firings(events)) {
            said.add(firing.correlation() + " at " + firing.firstTime() + " for " + firing.group());
        }

        assertThat(rules.refused()).isEmpty();
        assertThat(said).containsExactly("many at 2026-03-02T09:00:02Z for {user=dana}");
    }

    @Test
    void the_readme_shows_these_lines() throws IOException {
        String readme = squeezed(Files.readString(Path.of("README.md")));
        String code =
                readme.substring(readme.indexOf("```java") + 7, readme.indexOf("```", readme.indexOf("```java") + 7));
        String test = squeezed(Files.readString(Path.of("src/test/java/io/trailwarden/sigma/ReadmeTest.java")))
                .replace("said.add(", "System.out.println(");
        assertThat(test).contains(code);
    }

    /** Without white space: the formatter breaks lines of its own. */
    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
