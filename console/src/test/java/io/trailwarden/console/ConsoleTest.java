package io.trailwarden.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.console.findings.Batch;
import io.trailwarden.event.Finding;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API and its defences, over a real server. */
class ConsoleTest {

    private static final String TOKEN = "correct horse battery staple";

    @TempDir
    Path folder;

    private final List<Finding> findings = MadeUp.findings(300, MadeUp.NOW, Duration.ofHours(30), 1);

    private Console console;
    private TestClient client;

    @BeforeEach
    void start() throws IOException {
        start(null);
        console.findings().apply(Batch.of(findings));
    }

    private void start(String token) throws IOException {
        console = Console.start(
                new ConsoleConfig(
                        new ConsoleSettings(true, "127.0.0.1", 0, token, Set.of("audit.example")),
                        folder.resolve("findings.sqlite"),
                        Map.of(),
                        "ada"),
                MadeUp.sources(),
                Clock.systemUTC());
        client = new TestClient(console.url());
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Nested
    class Api {

        @Test
        void lists_findings_page_by_page() {
            Set<String> seen = new HashSet<>();
            String cursor = "";
            int pages = 0;
            do {
                JsonNode page = client.json("/api/findings?limit=70&cursor=" + cursor);
                page.path("findings")
                        .forEach(each ->
                                assertThat(seen.add(each.path("id").asText())).isTrue());
                cursor = page.path("next").asText("").replace("null", "");
                pages++;
            } while (!cursor.isEmpty());

            assertThat(pages).isEqualTo(5);
            assertThat(seen).hasSize(300);
        }

        @Test
        void the_latest_arrival_comes_first() {
            JsonNode first =
                    client.json("/api/findings?limit=1").path("findings").get(0);

            assertThat(first.path("id").asText()).isEqualTo(findings.get(299).id());
            assertThat(first.path("status").asText()).isEqualTo("OPEN");
            assertThat(first.path("lastTime").asText()).isEqualTo("2026-11-22T15:00:00Z");
        }

        @Test
        void filters_by_every_field() {
            for (String filter : List.of(
                    "severity=high",
                    "not.severity=high",
                    "detection=root-login",
                    "account=111122223333",
                    "region=us-east-1",
                    "principal=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fdeploy",
                    "status=open",
                    "q=ROOT+console",
                    "from=2026-11-22T00:00:00Z&to=2026-11-22T06:00:00Z")) {
                long total = client.json("/api/facets?" + filter).path("total").asLong();
                int listed = client.json("/api/findings?limit=1000&" + filter)
                        .path("findings")
                        .size();
                long drawn = 0;
                for (JsonNode bucket : client.json("/api/histogram?" + filter).path("buckets")) {
                    for (JsonNode count : bucket.path("counts")) {
                        drawn += count.asLong();
                    }
                }
                assertThat(total).as(filter).isPositive().isEqualTo(listed).isEqualTo(drawn);
                if (!filter.startsWith("status")) {
                    assertThat(total).as(filter).isLessThan(300);
                }
            }
        }

        @Test
        void a_misspelt_filter_is_refused_rather_than_ignored() {
            assertThat(TestClient.json(client.get("/api/findings?severty=high"), 400)
                            .path("error")
                            .asText())
                    .isEqualTo("unknown parameter \"severty\"");
            assertThat(TestClient.json(client.get("/api/findings?severity=hgih"), 400)
                            .path("error")
                            .asText())
                    .contains("\"hgih\"", "informational, low, medium, high, critical");
            assertThat(TestClient.json(client.get("/api/findings?limit=0"), 400)
                            .path("error")
                            .asText())
                    .isEqualTo("limit: \"0\" (expected: 1 to 1000)");
            assertThat(TestClient.json(client.get("/api/findings?cursor=x"), 400)
                            .path("error")
                            .asText())
                    .contains("cursor: \"x\"");
            assertThat(TestClient.json(client.get("/api/findings?sort=random"), 400)
                            .path("error")
                            .asText())
                    .contains("arrival, time, severity");
        }

        @Test
        void tells_everything_of_one_finding() {
            Finding finding = findings.get(7);

            JsonNode stored = client.json("/api/findings/" + finding.id());

            assertThat(stored.path("finding").path("description").asText())
                    .isEqualTo(finding.words().description());
            assertThat(stored.path("finding").path("facts").path("Seen").asText())
                    .isEqualTo(finding.subject().principal());
            assertThat(stored.path("row").path("status").asText()).isEqualTo("OPEN");
            assertThat(stored.path("decisions")).isEmpty();
        }

        @Test
        void an_unknown_finding_is_not_found() {
            assertThat(TestClient.json(client.get("/api/findings/none"), 404)
                            .path("error")
                            .asText())
                    .isEqualTo("There is no finding none in this console.");
        }

        @Test
        void shows_the_evidence_with_its_secrets_hidden() {
            Finding finding = manyEvents();

            JsonNode evidence = client.json("/api/findings/" + finding.id() + "/evidence");

            assertThat(evidence.path("records"))
                    .hasSize(finding.evidence().eventIds().size() - 1);
            assertThat(evidence.path("missing")).hasSize(1);
            assertThat(evidence.path("unlisted").asLong())
                    .isEqualTo(finding.evidence().count()
                            - finding.evidence().eventIds().size());
            JsonNode record = evidence.path("records").get(0);
            assertThat(record.path("name").asText()).isEqualTo("AssumeRole");
            assertThat(record.path("hidden").asInt()).isEqualTo(2);
            assertThat(record.path("json").asText())
                    .contains("\"accessKeyId\" : \"ASIAEXAMPLE\"")
                    .doesNotContain("wJalrXUtnFEMI", "IQoJb3JpZ2luX2VjEXAMPLE");
        }

        @Test
        void shows_secrets_when_asked() {
            JsonNode evidence = client.json("/api/findings/" + manyEvents().id() + "/evidence?secrets=show");

            assertThat(evidence.path("records").get(0).path("json").asText()).contains("wJalrXUtnFEMI");
        }

        private Finding by(String detection) {
            return findings.stream()
                    .filter(each -> each.detection().name().equals(detection))
                    .findFirst()
                    .orElseThrow();
        }

        @Test
        void shows_what_became_of_every_rule() {
            JsonNode table = client.json("/api/rules");

            assertThat(table.path("numbers").toString())
                    .isEqualTo("{\"FAILED\":1,\"STAGED\":1,\"LOADED\":3,\"DISABLED\":1}");
            JsonNode first = table.path("rules").get(0);
            assertThat(first.path("state").asText()).isEqualTo("FAILED");
            assertThat(first.path("file").asText()).isEqualTo("broken.yml");
            assertThat(first.path("line").asInt()).isEqualTo(3);
            assertThat(first.path("detail").asText()).contains("nothing");
            assertThat(table.path("rules").findValuesAsText("detail"))
                    .contains("status: experimental", "serves correlations, reports nothing itself");
        }

        @Test
        void says_which_parts_of_a_rule_matched_and_hides_secrets() {
            JsonNode explanation =
                    client.json("/api/findings/" + by("external-caller").id() + "/explanation");

            assertThat(explanation.path("rule").asText()).isEqualTo("external-caller");
            assertThat(explanation.path("at").asText()).isEqualTo("sts/external-caller.yml:1:1");
            JsonNode event = explanation.path("events").get(0);
            assertThat(event.path("counts").asBoolean()).isTrue();
            JsonNode lines = event.path("rules").get(0).path("lines");
            assertThat(lines.toString())
                    .contains("\"label\":\"eventName|startswith\",\"holds\":true,\"found\":"
                            + "{\"eventName\":[\"AssumeRole\"]}}")
                    .contains("\"label\":\"sourceIPAddress|cidr\",\"holds\":false")
                    .doesNotContain("wJalrXUtnFEMI", "IQoJb3JpZ2luX2VjEXAMPLE");
        }

        @Test
        void says_which_events_a_correlation_counted() {
            Finding finding = findings.stream()
                    .filter(each -> each.detection().name().equals("throttling-spike")
                            && each.evidence().count() > 30)
                    .findFirst()
                    .orElseThrow();

            JsonNode explanation = client.json("/api/findings/" + finding.id() + "/explanation");

            JsonNode condition = explanation.path("correlations").get(0);
            assertThat(condition.path("condition").asText()).isEqualTo("event_count greater or equal 3");
            assertThat(condition.path("within").asText()).isEqualTo("5 min");
            assertThat(condition.path("over").toString()).isEqualTo("[\"any-sts\"]");
            assertThat(explanation.path("events"))
                    .hasSize(finding.evidence().eventIds().size() - 1);
            JsonNode event = explanation.path("events").get(0);
            assertThat(event.path("counts").asBoolean()).isTrue();
            assertThat(event.path("fields").toString()).isEqualTo("{\"sourceIPAddress\":[\"203.0.113.7\"]}");
            assertThat(explanation.path("others").asLong())
                    .isEqualTo(finding.evidence().count()
                            - finding.evidence().eventIds().size()
                            + 1);
        }

        @Test
        void other_detections_have_no_rule_to_explain() {
            JsonNode explanation =
                    client.json("/api/findings/" + by("new-region").id() + "/explanation");

            assertThat(explanation.path("rule").isNull()).isTrue();
            assertThat(byRule("new-region")).isFalse();
            assertThat(byRule("external-caller")).isTrue();
        }

        /** Whether the evidence says that a rule found this. */
        private boolean byRule(String detection) {
            return client.json("/api/findings/" + by(detection).id() + "/evidence")
                    .path("byRule")
                    .asBoolean();
        }

        private Finding manyEvents() {
            return findings.stream()
                    .filter(each ->
                            each.evidence().count() > each.evidence().eventIds().size())
                    .findFirst()
                    .orElseThrow();
        }

        @Test
        void decides_and_remembers_who_and_why() {
            String id = findings.get(3).id();

            HttpResponse<String> response = client.post(
                    "/api/decisions",
                    "{\"ids\":[\"" + id
                            + "\"],\"verdict\":\"closed\",\"reason\":\"remediated\",\"note\":\"key deleted\"}");

            assertThat(TestClient.json(response, 200)
                            .path("findings")
                            .get(0)
                            .path("status")
                            .asText())
                    .isEqualTo("CLOSED");
            JsonNode decision =
                    client.json("/api/findings/" + id).path("decisions").get(0);
            assertThat(decision.path("by").asText()).isEqualTo("ada");
            assertThat(decision.path("reason").asText()).isEqualTo("REMEDIATED");
            assertThat(client.json("/api/facets?status=closed").path("total").asLong())
                    .isEqualTo(1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"ids\":[],\"verdict\":\"closed\",\"reason\":\"other\"}",
                    "{\"ids\":[\"a\"],\"verdict\":\"closed\"}",
                    "{\"ids\":[\"a\"],\"verdict\":\"ignored\"}",
                    "{\"ids\":[\"a\"],\"verdict\":\"closed\",\"reason\":\"bored\"}",
                    "{\"ids\":[\"a\"],\"verdict\":\"acknowledged\",\"reason\":\"other\"}",
                    "{\"ids\":",
                    ""
                })
        void a_decision_that_makes_no_sense_is_refused(String body) {
            assertThat(TestClient.json(client.post("/api/decisions", body), 400)
                            .path("error")
                            .asText())
                    .isNotEmpty();
        }

        @Test
        void a_body_beyond_the_limit_is_refused() {
            assertThat(client.post("/api/decisions", "x".repeat((1 << 20) + 1)).statusCode())
                    .isEqualTo(413);
        }

        @Test
        void shows_ledger_and_dead_letters() {
            JsonNode ledger = client.json("/api/ledger");

            assertThat(ledger.path("sources").get(0).path("inFlight").asLong()).isEqualTo(571);
            assertThat(ledger.path("sources").get(0).path("balances").asBoolean())
                    .isFalse();
            assertThat(ledger.path("sources").get(1).path("balances").asBoolean())
                    .isTrue();
            assertThat(client.json("/api/dead-letters?reason=MALFORMED")
                            .path("letters")
                            .get(0)
                            .path("payload")
                            .asText())
                    .contains("<script>canary()</script>");
        }

        @Test
        void runs_and_explains_queries() {
            JsonNode result = TestClient.json(
                    client.post("/api/query", "{\"id\":\"q1\",\"sql\":\"SELECT 1\",\"maxRows\":5}"), 200);

            assertThat(result.path("rows")).hasSize(5);
            assertThat(result.path("truncated").asText()).isEqualTo("cut at 5 rows (sql.rows)");
            assertThat(result.path("rows").get(0).get(2).isNull()).isTrue();
            assertThat(TestClient.json(client.post("/api/query", "{\"id\":\"q2\",\"sql\":\"broken\"}"), 422)
                            .path("error")
                            .asText())
                    .startsWith("Parser Error");
            assertThat(client.json("/api/schema")
                            .path("tables")
                            .get(0)
                            .path("name")
                            .asText())
                    .isEqualTo("cloudtrail");
        }

        @Test
        void cancels_a_query() throws Exception {
            CompletableFuture<HttpResponse<String>> running = CompletableFuture.supplyAsync(
                    () -> client.post("/api/query", "{\"id\":\"slow one\",\"sql\":\"select slow\"}"));

            client.post("/api/query/cancel", "{\"id\":\"slow one\"}");

            assertThat(TestClient.json(running.get(10, TimeUnit.SECONDS), 422)
                            .path("error")
                            .asText())
                    .isEqualTo("Cancelled.");
        }

        @Test
        void says_that_it_is_alive() {
            assertThat(client.json("/healthz").path("stored").asInt()).isEqualTo(300);
            assertThat(client.get("/metrics").statusCode()).isEqualTo(404);
        }

        @Test
        void an_empty_store_begins_with_the_findings_of_the_tables() throws IOException {
            stop();
            ConsoleSources sources = new ConsoleSources(null, null, null, () -> findings, null, null);
            ConsoleConfig config = ConsoleConfig.local(0, folder.resolve("empty.sqlite"), Map.of());
            console = Console.start(config, sources, Clock.systemUTC());

            assertThat(console.findings().size()).isEqualTo(300);
            stop();
            console = Console.start(
                    config,
                    new ConsoleSources(null, null, null, () -> List.of(findings.get(0)), null, null),
                    Clock.systemUTC());
            assertThat(console.findings().size()).isEqualTo(300);
        }

        @Test
        void without_tables_says_so() throws IOException {
            stop();
            console = Console.start(
                    ConsoleConfig.local(0, folder.resolve("findings.sqlite"), Map.of()),
                    new ConsoleSources(null, null, null, null, () -> "trailwarden_up 1\n", null),
                    Clock.systemUTC());
            client = new TestClient(console.url());

            assertThat(TestClient.json(client.get("/api/ledger"), 501)
                            .path("error")
                            .asText())
                    .contains("without the tables");
            assertThat(client.get("/metrics").body()).isEqualTo("trailwarden_up 1\n");
        }
    }

    @Nested
    class Pages {

        @Test
        void carry_a_policy_without_unsafe() {
            HttpResponse<String> page = client.get("/");

            assertThat(page.statusCode()).isEqualTo(200);
            String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
            assertThat(policy)
                    .startsWith("default-src 'none'; script-src 'self' 'sha256-")
                    .contains("style-src 'self';", "frame-ancestors 'none'", "require-trusted-types-for 'script'")
                    .doesNotContain("unsafe", "*", "data:");
            assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(page.headers().firstValue("Server")).isEmpty();
        }

        @Test
        void every_answer_carries_the_defences() {
            for (String path : List.of("/", "/api/findings", "/nothing", "/assets/app.js", "/api/findings/none")) {
                HttpResponse<String> response = client.get(path);
                assertThat(response.headers().firstValue("X-Content-Type-Options"))
                        .as(path)
                        .contains("nosniff");
                assertThat(response.headers().firstValue("Content-Security-Policy"))
                        .as(path)
                        .isPresent();
                assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
                        .as(path)
                        .isEmpty();
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/assets/../Console.class",
                    "/assets/%2e%2e/importmap.json",
                    "/assets/..%2fimportmap.json",
                    "/_static/lit/../../../logback-test.xml",
                    "/_static/other/1.0.0/index.js",
                    "/META-INF/MANIFEST.MF",
                    "/io/trailwarden/console/Console.class",
                    "/logback-test.xml",
                    "//etc/passwd",
                    "/assets/",
                    "/importmap.json"
                })
        void nothing_else_of_the_class_path_is_served(String path) {
            String answer = client.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            assertThat(answer.lines().findFirst().orElse("")).matches("HTTP/1.1 (400|404) .*");
        }

        @Test
        void unchanged_files_are_not_sent_again() {
            String tag =
                    client.get("/assets/app.js").headers().firstValue("ETag").orElseThrow();

            assertThat(client.get("/assets/app.js", "If-None-Match", tag).statusCode())
                    .isEqualTo(304);
        }
    }

    @Nested
    class Defences {

        @ParameterizedTest
        @ValueSource(strings = {"evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "", "[::2]", "x y"})
        void another_name_is_refused(String host) {
            String answer = client.raw("GET /api/findings HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

            assertThat(answer.lines().findFirst().orElse("")).matches("HTTP/1.1 4(00|21) .*");
            assertThat(answer).doesNotContain("\"findings\"");
        }

        @ParameterizedTest
        @ValueSource(strings = {"localhost", "LOCALHOST:8080", "127.0.0.1", "[::1]:9", "audit.example"})
        void our_names_are_answered(String host) {
            String answer = client.raw("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

            assertThat(answer).startsWith("HTTP/1.1 200");
        }

        @Test
        void another_site_gets_nothing() {
            assertThat(client.get("/api/findings", "Sec-Fetch-Site", "cross-site")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(client.get("/api/findings", "Sec-Fetch-Site", "same-site")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(client.get("/api/live", "Origin", "http://evil.example").statusCode())
                    .isEqualTo(403);
            assertThat(client.get("/api/findings", "Sec-Fetch-Site", "same-origin")
                            .statusCode())
                    .isEqualTo(200);
        }

        @Test
        void a_form_of_another_site_changes_nothing() {
            String body = "{\"ids\":[\"" + findings.get(0).id() + "\"],\"verdict\":\"acknowledged\"}";
            for (String headers : List.of(
                    "Content-Type: text/plain",
                    "Content-Type: application/x-www-form-urlencoded\r\nX-Trailwarden: 1",
                    "Content-Type: application/json",
                    "Content-Type: application/json\r\nX-Trailwarden: 1\r\nOrigin: http://evil.example",
                    "Content-Type: application/json\r\nX-Trailwarden: 1\r\nOrigin: null")) {
                String answer = client.raw("POST /api/decisions HTTP/1.1\r\nHost: localhost\r\n" + headers
                        + "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body);
                assertThat(answer).as(headers).startsWith("HTTP/1.1 403");
            }
            assertThat(client.json("/api/facets?status=acknowledged")
                            .path("total")
                            .asLong())
                    .isZero();
        }

        @Test
        void an_open_address_without_a_token_is_refused_at_start() {
            assertThatThrownBy(() -> new ConsoleSettings(true, "0.0.0.0", 0, null, Set.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("console.host: \"0.0.0.0\"")
                    .hasMessageContaining("console.token");
            assertThatThrownBy(() -> new ConsoleSettings(true, "0.0.0.0", 0, "short", Set.of()))
                    .hasMessageContaining("console.token: 5 characters");
        }

        @Test
        void the_configuration_does_not_print_its_token() {
            assertThat(new ConsoleConfig(
                                    new ConsoleSettings(true, "0.0.0.0", 0, TOKEN, Set.of()),
                                    folder,
                                    Map.of("sasl.jaas.config", "pw"),
                                    "ada")
                            .toString())
                    .doesNotContain(TOKEN, "pw");
        }
    }

    @Nested
    class Login {

        @BeforeEach
        void withToken() throws IOException {
            stop();
            start(TOKEN);
        }

        @Test
        void every_path_of_the_api_wants_it() {
            for (String path : List.of(
                    "/api/session",
                    "/api/findings",
                    "/api/facets",
                    "/api/histogram",
                    "/api/changes",
                    "/api/live",
                    "/api/findings/x",
                    "/api/findings/x/evidence",
                    "/api/findings/x/explanation",
                    "/api/rules",
                    "/api/ledger",
                    "/api/dead-letters",
                    "/api/stages",
                    "/api/schema",
                    "/api/nothing",
                    "/metrics")) {
                assertThat(client.get(path).statusCode()).as(path).isEqualTo(401);
            }
            for (String path : List.of("/api/decisions", "/api/query", "/api/query/cancel")) {
                assertThat(client.post(path, "{}").statusCode()).as(path).isEqualTo(401);
            }
        }

        @Test
        void a_bearer_token_opens() {
            assertThat(client.get("/api/findings", "Authorization", "Bearer " + TOKEN)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(client.get("/api/findings", "Authorization", "Bearer wrong")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(client.get("/api/findings", "Authorization", "Basic " + TOKEN)
                            .statusCode())
                    .isEqualTo(401);
        }

        @Test
        void the_form_gives_a_session_that_outlives_a_restart() throws IOException {
            HttpResponse<String> response = client.post("/api/login", "{\"token\":\"" + TOKEN + "\"}");
            String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
            assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/");
            String session = cookie.substring(0, cookie.indexOf(';'));
            assertThat(client.get("/api/findings", "Cookie", session).statusCode())
                    .isEqualTo(200);

            stop();
            start(TOKEN);

            assertThat(client.get("/api/findings", "Cookie", session).statusCode())
                    .isEqualTo(200);
        }

        @Test
        void a_forged_session_is_refused() {
            for (String cookie : List.of("trailwarden=99999999999999.x", "trailwarden=", "trailwarden=.", "other=1")) {
                assertThat(client.get("/api/findings", "Cookie", cookie).statusCode())
                        .as(cookie)
                        .isEqualTo(401);
            }
        }

        @Test
        void the_link_works_once() {
            String path =
                    console.loginUrl().getPath() + "?" + console.loginUrl().getQuery();
            HttpResponse<String> first = client.get(path);

            assertThat(first.statusCode()).isEqualTo(303);
            assertThat(first.headers().firstValue("Location")).contains("/");
            assertThat(first.headers().firstValue("Set-Cookie")).isPresent();
            assertThat(client.get(path).statusCode()).isEqualTo(403);
            assertThat(client.get("/login?code=wrong").statusCode()).isEqualTo(403);
        }

        @Test
        void guessing_is_stopped() {
            for (int i = 0; i < 50; i++) {
                client.post("/api/login", "{\"token\":\"guess" + i + "\"}");
            }

            assertThat(client.post("/api/login", "{\"token\":\"guess\"}").statusCode())
                    .isIn(429, 401);
            long refused = 0;
            for (int i = 0; i < 25; i++) {
                refused += client.post("/api/login", "{\"token\":\"guess" + i + "\"}")
                                        .statusCode()
                                == 429
                        ? 1
                        : 0;
            }
            assertThat(refused).isPositive();
        }
    }
}
