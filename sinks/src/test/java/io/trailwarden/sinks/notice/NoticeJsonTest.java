package io.trailwarden.sinks.notice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.testing.SampleFinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NoticeJsonTest {

    private static final int LIMIT = 262_144;

    private final NoticeJson json = new NoticeJson("https://console.example.com/", LIMIT);

    @Test
    void a_finding_has_its_members_and_a_link() throws Exception {
        Finding finding = NoticeSinkTest.finding("a", 7, Severity.HIGH);
        JsonNode written = tree(new Notice.One(finding));
        assertThat(written.get("kind").textValue()).isEqualTo("finding");
        assertThat(written.get("link").textValue()).isEqualTo("https://console.example.com/?finding=" + finding.id());
        assertThat(written.get("trimmed").booleanValue()).isFalse();
        assertThat(written.get("revision").longValue()).isEqualTo(7);
        assertThat(written.get("author").textValue()).isEqualTo("Trailwarden");
    }

    @Test
    void without_a_console_there_is_no_link() {
        assertThat(new NoticeJson("", LIMIT).of(new Notice.One(NoticeSinkTest.finding("a", 7, Severity.HIGH))))
                .doesNotContain("link");
    }

    @Test
    void evidence_that_is_too_much_is_trimmed_and_the_link_stays() throws Exception {
        for (String letter : List.of("x", "\u00e9", "\uD83D\uDE00", "\u0000")) {
            Finding large = with(letter.repeat(60_000), 60);
            String written = json.of(new Notice.One(large));
            assertThat(written.length()).isLessThanOrEqualTo(LIMIT);
            assertThat(written.chars()).allMatch(c -> c < 0x7f);
            JsonNode tree = new ObjectMapper().readTree(written);
            assertThat(tree.get("trimmed").booleanValue()).isTrue();
            assertThat(tree.get("id").textValue()).isEqualTo(large.id());
            assertThat(tree.get("link").textValue()).endsWith(large.id());
            assertThat(tree.get("eventCount").longValue()).isEqualTo(1_000_000);
        }
    }

    @Test
    void the_least_evidence_fits_the_least_limit() {
        String written = new NoticeJson("", 16 * 1024).of(new Notice.One(with("\u0000".repeat(60_000), 60)));
        assertThat(written.length()).isLessThanOrEqualTo(16 * 1024);
    }

    @Test
    void a_full_digest_of_the_worst_texts_stays_below_the_limit_and_names_all() throws Exception {
        List<Finding> many = new ArrayList<>();
        for (int i = 0; i < Notice.Digest.MOST; i++) {
            Finding one = NoticeSinkTest.finding("\uD83D\uDE00".repeat(500) + i, 1, Severity.CRITICAL);
            many.add(one);
        }
        String written = json.of(new Notice.Digest(many));
        assertThat(written.length()).isLessThanOrEqualTo(LIMIT);
        JsonNode tree = new ObjectMapper().readTree(written);
        assertThat(tree.get("count").intValue()).isEqualTo(Notice.Digest.MOST);
        assertThat(tree.get("findings")).hasSize(Notice.Digest.MOST);
        assertThat(tree.at("/severities/critical").intValue()).isEqualTo(Notice.Digest.MOST);
    }

    private JsonNode tree(Notice notice) throws Exception {
        return new ObjectMapper().readTree(json.of(notice));
    }

    private static Finding with(String text, int times) {
        Finding base = NoticeSinkTest.finding("a", 1, Severity.HIGH);
        Map<String, String> facts = new LinkedHashMap<>();
        List<String> steps = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            facts.put(text.substring(0, 1000) + i, text);
            steps.add(text);
            ids.add("event " + i);
        }
        return SampleFinding.of(base.id())
                .detection("test")
                .severity(Severity.HIGH)
                .title(text)
                .description(text)
                .author(text)
                .subject(text)
                .account(base.subject().account())
                .region(base.subject().region())
                .principal(text)
                .between(base.evidence().first(), base.evidence().last())
                .detectedAt(base.detectedAt())
                .events(ids)
                .eventCount(1_000_000)
                .techniques(steps)
                .facts(facts)
                .nextSteps(steps)
                .build();
    }
}
