package io.trailwarden.event.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.Claim;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A finding's JSON is what sinks, stores and other programs read: its members and their order never change. */
class FindingJsonTest {

    private static final String FULL = "{\"id\":\"00112233445566778899aabbccddeeff\",\"revision\":1772442000123,"
            + "\"state\":\"OPEN\",\"detection\":\"unexpected-principal\",\"severity\":\"HIGH\",\"title\":\"A title\","
            + "\"description\":\"A description.\",\"author\":\"An author\",\"subject\":\"a subject\","
            + "\"account\":\"111122223333\",\"region\":\"eu-central-1\","
            + "\"principal\":\"arn:aws:iam::111122223333:user/ada\",\"firstTime\":\"2026-03-02T09:00:00Z\","
            + "\"lastTime\":\"2026-03-02T09:05:00.123456789Z\",\"detectedAt\":\"2026-03-02T09:06:00.500Z\","
            + "\"eventIds\":[\"e1\",\"e2\"],\"eventCount\":3,\"techniques\":[\"T1078.004\",\"T1535\"],"
            + "\"facts\":{\"z expected\":\"nothing\",\"a seen\":\"something\"},"
            + "\"nextSteps\":[\"Look.\",\"Ask.\"],\"suppression\":\"scan: known (until 2026-12-31T00:00:00Z)\"}";

    private static final String HOSTILE = "{\"id\":\"ff\",\"revision\":-1,\"state\":\"WITHDRAWN\",\"detection\":\"\","
            + "\"severity\":\"INFORMATIONAL\",\"title\":\"\\u0000\\u001B[2J\",\"description\":\"line\\nline\\t\\\"quoted\\\\\","
            + "\"author\":\"İı\",\"subject\":\"</script>\u202E\\uD83D\\uDE00\",\"account\":null,\"region\":null,"
            + "\"principal\":null,\"firstTime\":\"1970-01-01T00:00:00Z\",\"lastTime\":\"1970-01-01T00:00:00Z\","
            + "\"detectedAt\":\"1970-01-01T00:00:00Z\",\"eventIds\":[],\"eventCount\":0,\"techniques\":[],"
            + "\"facts\":{\"\":\"{\\\"$ref\\\":1}\"},\"nextSteps\":[\"'; DROP TABLE finding; --\"],\"suppression\":null}";

    private static Finding full() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("z expected", "nothing");
        facts.put("a seen", "something");
        return new Finding(
                new Claim(
                        "00112233445566778899aabbccddeeff",
                        new Claim.Detection(
                                "unexpected-principal", Severity.HIGH, "An author", List.of("T1078.004", "T1535")),
                        new Claim.Subject(
                                "a subject", "111122223333", "eu-central-1", "arn:aws:iam::111122223333:user/ada"),
                        new Claim.Evidence(
                                Instant.parse("2026-03-02T09:00:00Z"),
                                Instant.parse("2026-03-02T09:05:00.123456789Z"),
                                List.of("e1", "e2"),
                                3),
                        new Claim.Words("A title", "A description.", facts, List.of("Look.", "Ask."))),
                1_772_442_000_123L,
                Finding.State.OPEN,
                Instant.parse("2026-03-02T09:06:00.5Z"),
                "scan: known (until 2026-12-31T00:00:00Z)");
    }

    private static Finding hostile() {
        return new Finding(
                new Claim(
                        "ff",
                        new Claim.Detection("", Severity.INFORMATIONAL, "İı", List.of()),
                        Claim.Subject.named("</script>\u202E😀"),
                        new Claim.Evidence(Instant.EPOCH, Instant.EPOCH, List.of(), 0),
                        new Claim.Words(
                                "\u0000\u001B[2J",
                                "line\nline\t\"quoted\\",
                                Map.of("", "{\"$ref\":1}"),
                                List.of("'; DROP TABLE finding; --"))),
                -1,
                Finding.State.WITHDRAWN,
                Instant.EPOCH,
                null);
    }

    @Test
    void every_member_is_written_under_its_name_in_its_place() {
        assertThat(json(full())).isEqualTo(FULL);
    }

    @Test
    void what_is_absent_is_null_and_hostile_text_stays_text() {
        assertThat(json(hostile())).isEqualTo(HOSTILE);
    }

    @Test
    void what_was_written_is_read_with_its_facts_in_order() {
        assertThat(read(FULL)).isEqualTo(full());
        assertThat(json(read(FULL))).isEqualTo(FULL);
        assertThat(read(HOSTILE)).isEqualTo(hostile());
    }

    @Test
    void members_may_come_in_any_order_and_new_ones_are_passed_over() {
        String without = FULL.replace("\"id\":\"00112233445566778899aabbccddeeff\",", "");
        String turned = without.substring(0, without.length() - 1)
                + ",\"verdict\":{\"deep\":[1]},\"id\":\"00112233445566778899aabbccddeeff\"}";

        assertThat(read(turned)).isEqualTo(full());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id",
                "state",
                "detection",
                "severity",
                "title",
                "description",
                "author",
                "subject",
                "firstTime",
                "lastTime",
                "detectedAt",
                "eventIds",
                "techniques",
                "facts",
                "nextSteps"
            })
    void what_may_not_be_absent_is_missed_by_name(String member) {
        String renamed = FULL.replace("\"" + member + "\":", "\"other\":");
        String nulled =
                FULL.replaceFirst("\"" + member + "\":(\\{[^}]*}|\\[[^]]*]|\"[^\"]*\")", "\"" + member + "\":null");

        for (String json : List.of(renamed, nulled)) {
            assertThat(json).isNotEqualTo(FULL);
            assertThatThrownBy(() -> read(json))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage("Finding without " + member + ": " + json.substring(0, 200) + "…");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"account", "region", "principal", "suppression"})
    void what_may_be_absent_is_null(String member) {
        Finding finding = read(FULL.replace("\"" + member + "\":", "\"other\":"));

        assertThat(json(finding)).contains("\"" + member + "\":null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "\"text\"",
                "{\"id\":\"x\"}",
                "\"revision\":1772442000123 -> \"revision\":null",
                "\"revision\":1772442000123 -> \"revision\":\"many\"",
                "\"revision\":1772442000123 -> \"other\":1",
                "\"eventCount\":3 -> \"eventCount\":null",
                "\"eventCount\":3 -> \"eventCount\":{}",
                "\"eventCount\":3 -> \"other\":3",
                "\"state\":\"OPEN\" -> \"state\":\"AJAR\"",
                "\"severity\":\"HIGH\" -> \"severity\":\"high\"",
                "\"title\":\"A title\" -> \"title\":[]",
                "\"firstTime\":\"2026-03-02T09:00:00Z\" -> \"firstTime\":\"yesterday\"",
                "\"firstTime\":\"2026-03-02T09:00:00Z\" -> \"firstTime\":\"2026-03-02T09:00:00+01:00:99\"",
                "\"eventIds\":[\"e1\",\"e2\"] -> \"eventIds\":\"e1\"",
                "\"facts\":{ -> \"facts\":[],\"other\":{",
                "\"id\": -> \"id\":\"twice\",\"id\":",
                "\"Ask.\"], -> \"Ask.\"",
                "00Z)\"} -> 00Z)\"} trailing"
            })
    void what_is_not_a_finding_is_refused(String change) {
        String[] parts = change.split(" -> ", 2);
        String json = parts.length == 1 ? change : FULL.replace(parts[0], parts[1]);

        assertThat(json).isNotEqualTo(FULL);
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("not a Finding: ");
    }

    private static String json(Finding finding) {
        return new String(RecordCodec.FINDING.encode(finding), StandardCharsets.UTF_8);
    }

    private static Finding read(String json) {
        return RecordCodec.FINDING.decode(json.getBytes(StandardCharsets.UTF_8));
    }
}
