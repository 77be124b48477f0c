package io.trailwarden.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import io.trailwarden.console.findings.Batch;
import io.trailwarden.console.findings.Decision;
import io.trailwarden.event.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pages in a real browser: Chromium at {@code CHROMIUM} or {@code /usr/bin/chromium}; skipped where there is none.
 */
class BrowserTest {

    private static final Path CHROMIUM = Path.of(System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"));

    /** A caller can write any of these into a role session name or a user agent. */
    private static final List<String> PAYLOADS = List.of(
            "<script>canary()</script>",
            "<img src=x onerror=canary()>",
            "\"><svg onload=canary()>",
            "' onmouseover='canary()' autofocus onfocus='canary()",
            "javascript:canary()",
            "</title><script>canary()</script>",
            "${canary()}{{canary()}}<%= canary() %>",
            "<iframe srcdoc=\"<script>parent.canary()</script>\"></iframe>",
            "<a href=\"javascript:canary()\">x</a>",
            "<style>@import 'http://evil.example/canary'</style>",
            "<math><mtext><script>canary()</script></mtext></math>",
            "\u202e<script>canary()</script>\u0000\u001b[31m",
            "data:text/html,<script>canary()</script>",
            "<details open ontoggle=canary()>",
            "<!--<script>canary()//-->",
            "?&q=<script>canary()</script>#<script>canary()</script>");

    private static Playwright playwright;
    private static Browser browser;

    @TempDir
    Path folder;

    private Console console;
    private BrowserContext context;
    private Page page;
    private final List<String> complaints = new ArrayList<>();
    private int made;

    @BeforeAll
    static void launch() {
        assumeTrue(Files.isExecutable(CHROMIUM), () -> "no browser at " + CHROMIUM + "; set CHROMIUM to run this test");
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    @AfterAll
    static void quit() {
        if (playwright != null) {
            playwright.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        startConsole(0);
        context = browser.newContext(new Browser.NewContextOptions().setViewportSize(1440, 900));
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    private void startConsole(int port) throws IOException {
        console = Console.start(
                ConsoleConfig.local(port, folder.resolve("findings.sqlite"), Map.of()),
                MadeUp.sources(),
                Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        if (context != null) {
            context.close();
        }
        console.close();
    }

    private List<Finding> arrive(int count) {
        List<Finding> findings = MadeUp.findings(count, Instant.now(), Duration.ofMinutes(50), 9_000 + made++);
        console.findings().apply(Batch.of(findings));
        return findings;
    }

    private void open(String path) {
        page.navigate(console.url().resolve(path).toString());
    }

    private Locator rows() {
        return page.locator(".rows .row");
    }

    private Locator total() {
        return page.locator(".bar .num");
    }

    private void noComplaints() {
        assertThat(complaints).isEmpty();
    }

    @Test
    void findings_appear_as_they_arrive() {
        arrive(5);
        open("/");
        assertThat(rows()).hasCount(5);

        Finding newest = arrive(1).get(0);

        assertThat(rows()).hasCount(6);
        assertThat(rows().first().locator(".title")).hasText(newest.words().title());
        assertThat(total()).hasText("6 of 6");
        noComplaints();
    }

    @Test
    void an_empty_console_says_why_and_what_to_do() {
        open("/");
        assertThat(page.locator(".rows")).containsText("No findings yet");
        page.getByText("See what is arriving").click();
        assertThat(page).hasURL(Pattern.compile("/pipeline$"));
        noComplaints();
    }

    @Test
    void pause_loses_nothing_and_counts() {
        arrive(10);
        open("/");
        assertThat(rows()).hasCount(10);
        page.keyboard().press("p");
        assertThat(page.locator("button.pause")).hasAttribute("aria-pressed", "true");

        for (int i = 0; i < 4; i++) {
            arrive(100);
        }

        assertThat(page.locator(".waiting")).hasText("400");
        assertThat(rows()).hasCount(10);
        page.locator("button.pause").click();
        assertThat(total()).hasText("410 of 410");
        assertThat(page.locator(".list")).hasAttribute("aria-rowcount", "411");
        assertThat(everyId()).hasSize(410);
        noComplaints();
    }

    @Test
    void a_flood_while_paused_is_counted_and_then_read_anew() {
        arrive(10);
        open("/");
        assertThat(rows()).hasCount(10);
        page.locator("button.pause").click();

        for (int i = 0; i < 12; i++) {
            arrive(500);
        }

        assertThat(page.locator(".waiting")).hasText("6,000");
        page.locator("button.pause").click();
        assertThat(total()).hasText("6,010 of 6,010");
        noComplaints();
    }

    /** Scrolls through the whole list and collects what it shows. */
    private List<String> everyId() {
        @SuppressWarnings("unchecked")
        List<String> ids = (List<String>)
                page.evaluate(
                        """
                async () => {
                  const scroller = document.querySelector('.rows');
                  const seen = new Set();
                  for (;;) {
                    document.querySelectorAll('.rows .title').forEach((a) => seen.add(new URL(a.href).searchParams.get('finding')));
                    const before = scroller.scrollTop;
                    scroller.scrollTop += 400;
                    await new Promise((next) => setTimeout(next, 60));
                    if (scroller.scrollTop === before && document.querySelector('.tail')?.textContent.startsWith('That is all')) break;
                  }
                  return [...seen];
                }""");
        return ids;
    }

    @Test
    void what_arrives_while_reading_further_down_waits_at_the_top() {
        arrive(100);
        open("/");
        assertThat(rows().first()).isVisible();
        page.evaluate("document.querySelector('.rows').scrollTop = 1500");
        page.waitForFunction("document.querySelector('tw-findings').top === 1500");
        String before = rows().nth(20).locator(".title").getAttribute("href");

        arrive(7);

        assertThat(page.locator(".newer")).hasText("7 new ↑");
        assertThat(rows().nth(20).locator(".title").getAttribute("href")).isEqualTo(before);
        page.locator(".newer").click();
        assertThat(page.locator(".newer")).hasCount(0);
        assertThat(total()).hasText("107 of 107");
        noComplaints();
    }

    @Test
    void the_stream_goes_on_after_a_restart_of_the_console() throws IOException {
        arrive(3);
        open("/");
        assertThat(rows()).hasCount(3);
        int port = console.url().getPort();
        console.close();
        assertThat(page.locator(".bar .pill")).hasText("Reconnecting…");
        startConsole(port);
        arrive(4);

        assertThat(rows()).hasCount(7);
        assertThat(page.locator(".bar .pill")).hasText("Live");
    }

    @Test
    void ten_thousands_of_rows_stay_few_in_the_page() {
        for (int i = 0; i < 20; i++) {
            arrive(1_000);
        }
        open("/");
        assertThat(total()).hasText("20,000 of 20,000");
        assertThat(rows().first()).isVisible();

        assertThat(rows().count()).isLessThan(80);
        page.evaluate("document.querySelector('.rows').scrollTop = 1e7");
        await().until(() ->
                ((Number) page.evaluate("document.querySelector('.rows').scrollHeight")).intValue() > 200 * 46);
        noComplaints();
    }

    @Test
    void filters_by_facet_text_time_and_link() {
        List<Finding> findings = arrive(200);
        open("/");
        assertThat(total()).hasText("200 of 200");

        page.locator("tw-facets label", new Page.LocatorOptions().setHasText("High"))
                .click();
        long high = findings.stream()
                .filter(each -> each.detection().severity().name().equals("HIGH"))
                .count();
        assertThat(total()).hasText(high + " of 200");
        assertThat(page).hasURL(Pattern.compile("severity=HIGH"));

        page.getByLabel("Leave out root-login").click();
        long others = findings.stream()
                .filter(each -> each.detection().severity().name().equals("HIGH")
                        && !each.detection().name().equals("root-login"))
                .count();
        assertThat(total()).hasText(others + " of 200");

        page.reload();
        assertThat(total()).hasText(others + " of 200");
        page.goBack();
        assertThat(total()).hasText(high + " of 200");

        page.keyboard().press("/");
        page.keyboard().type("nothing at all has this");
        assertThat(page.locator(".rows")).containsText("It hides all 200");
        page.locator(".rows").getByText("Clear the filter").click();
        assertThat(total()).hasText("200 of 200");

        Locator chart = page.locator("tw-histogram svg");
        var box = chart.boundingBox();
        page.mouse().move(box.x + box.width * 0.5, box.y + 30);
        page.mouse().down();
        page.mouse().move(box.x + box.width * 0.9, box.y + 30);
        page.mouse().up();
        assertThat(page).hasURL(Pattern.compile("from=.*to="));
        assertThat(page.getByLabel("Remove the filter by time")).isVisible();
        noComplaints();
    }

    @Test
    void explains_a_finding_with_its_evidence() {
        Finding finding = arrive(20).get(19);
        open("/");
        assertThat(rows()).hasCount(20);

        rows().first().click();

        Locator drawer = page.locator("tw-drawer");
        assertThat(drawer.locator("h1")).hasText(finding.words().title());
        assertThat(drawer).containsText(finding.words().description());
        assertThat(drawer.locator(".pairs").first()).containsText("Region");
        assertThat(drawer).containsText(finding.words().nextSteps().get(0));
        assertThat(drawer).containsText(finding.detection().techniques().get(0));
        drawer.locator(".events summary").first().click();
        assertThat(drawer.locator(".events pre").first()).containsText("\"eventName\" : \"AssumeRole\"");
        assertThat(drawer.locator(".events pre").first()).containsText("‹hidden: 21 characters›");
        assertThat(page).hasURL(Pattern.compile("finding=" + finding.id()));
        page.keyboard().press("Escape");
        assertThat(drawer).hasCount(0);
        noComplaints();
    }

    @Test
    void a_link_to_a_finding_opens_it_although_the_list_hides_it() {
        Finding finding = arrive(5).get(0);
        console.findings()
                .decide(List.of(finding.id()), Decision.Verdict.CLOSED, Decision.Reason.OTHER, "seen before", "ada");

        open("/?finding=" + finding.id());

        assertThat(page.locator("tw-drawer h1")).hasText(finding.words().title());
        assertThat(page.locator("tw-drawer")).containsText("seen before");
        assertThat(rows()).hasCount(4);
        noComplaints();
    }

    @Test
    void findings_are_handled_without_a_mouse() {
        arrive(6);
        open("/");
        assertThat(rows()).hasCount(6);

        page.keyboard().press("j");
        page.keyboard().press("a");
        assertThat(rows().first().locator(".status")).hasText("Acknowledged");

        page.keyboard().press("j");
        page.keyboard().press("Enter");
        assertThat(page.locator("tw-drawer h1")).isVisible();
        page.keyboard().press("c");
        assertThat(page.locator(".decide select")).isFocused();
        page.keyboard().press("F");
        page.keyboard().press("Tab");
        page.keyboard().type("was a drill");
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");

        assertThat(rows()).hasCount(5);
        assertThat(page.locator("tw-drawer")).containsText("was a drill");
        assertThat(page.locator("tw-drawer")).containsText("False positive");
        page.keyboard().press("Escape");
        page.keyboard().press("?");
        assertThat(page.locator("dialog")).isVisible();
        noComplaints();
    }

    @Test
    void a_finding_amended_elsewhere_changes_in_its_place() {
        List<Finding> findings = arrive(3);
        open("/");
        assertThat(rows()).hasCount(3);

        Finding first = findings.get(0);
        console.findings()
                .apply(Batch.of(List.of(MadeUp.amended(
                        first,
                        first.revision() + 1,
                        Finding.State.OPEN,
                        4_321,
                        first.detection().severity()))));

        assertThat(rows().nth(2)).containsText("4,321");
        console.findings()
                .apply(Batch.of(List.of(MadeUp.amended(
                        first,
                        first.revision() + 2,
                        Finding.State.WITHDRAWN,
                        4_321,
                        first.detection().severity()))));
        assertThat(rows()).hasCount(2);
        noComplaints();
    }

    @Test
    void shows_what_became_of_every_rule() {
        open("/rules");
        assertThat(page.locator(".headline h1")).containsText("1 cannot run");
        assertThat(page.locator("tbody tr")).hasCount(6);
        assertThat(page.locator("tbody tr").first()).containsText("broken.yml:3:");
        Locator staged = page.locator("header button", new Page.LocatorOptions().setHasText("Staged"));
        staged.click();
        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page.locator("tbody")).containsText("<img src=x onerror=canary()>");
        staged.click();
        page.getByLabel("Search rules").fill("young");
        assertThat(page.locator("tbody tr")).hasCount(1);
        noComplaints();
    }

    @Test
    void says_which_parts_of_a_rule_matched() {
        Finding finding = arrive(200).stream()
                .filter(each -> each.detection().name().equals("external-caller"))
                .findFirst()
                .orElseThrow();
        open("/?finding=" + finding.id());

        page.locator("tw-drawer button", new Page.LocatorOptions().setHasText("Work it out"))
                .click();

        Locator parts = page.locator("tw-drawer .parts").first();
        assertThat(parts).containsText("eventName|startswith");
        assertThat(parts).containsText("eventName = AssumeRole");
        assertThat(parts).containsText("Does not hold: filter");
        noComplaints();
    }

    @Test
    void offers_no_parts_of_a_rule_where_no_rule_found_something() {
        Finding finding = arrive(200).stream()
                .filter(each -> each.detection().name().equals("new-region"))
                .findFirst()
                .orElseThrow();

        open("/?finding=" + finding.id());

        assertThat(page.locator("tw-drawer .events summary").first()).isVisible();
        assertThat(page.locator("tw-drawer")).not().containsText("Which parts of the rule matched");
        noComplaints();
    }

    @Test
    void shows_ledger_and_dead_letters() {
        open("/pipeline");
        assertThat(page.locator(".headline h1")).containsText("not connected to Kafka");
        assertThat(page.locator(".table").first()).containsText("1,204,518");
        assertThat(page.locator(".table").first()).containsText("571 on their way");
        page.locator("button", new Page.LocatorOptions().setHasText("Show"))
                .first()
                .click();
        page.locator(".events summary").first().click();
        assertThat(page.locator("pre").first()).containsText("<script>canary()</script>");
        noComplaints();
    }

    @Test
    void queries_run_cancel_fail_and_export() {
        open("/query");
        Locator editor = page.locator("tw-editor .cm-content");
        assertThat(editor).isVisible();
        page.keyboard().press("Control+Enter");
        assertThat(page.locator(".result tbody tr")).hasCount(500);
        assertThat(page).hasURL(Pattern.compile("sql=SELECT"));

        Download csv = page.waitForDownload(() -> page.getByText("CSV").click());
        assertThat(text(csv)).startsWith("event_name,calls,last\r\n").contains("\"'=HYPERLINK(\"\"http://x\"\")\"");
        Download json = page.waitForDownload(() -> page.getByText("JSON").click());
        assertThat(text(json)).contains("\"event_name\": \"Call0\"");

        type(editor, "select broken");
        page.keyboard().press("Control+Enter");
        assertThat(page.locator("pre[role=alert]")).containsText("syntax error");
        assertThat(editor).containsText("select broken");

        type(editor, "select slow");
        page.keyboard().press("Control+Enter");
        page.getByText("Cancel").click();
        assertThat(page.locator("pre[role=alert]")).hasText("Cancelled.");
        page.reload();
        assertThat(editor).containsText("select slow");
        assertThat(complaints.stream()
                        .filter(each -> !each.contains("422"))
                        // Chromium's own editing keeps colours of replaced text as style attributes; they are blocked.
                        .filter(each -> !each.startsWith("Applying inline style")))
                .isEmpty();
    }

    private void type(Locator editor, String sql) {
        editor.click();
        page.keyboard().press("Control+a");
        page.keyboard().insertText(sql);
    }

    private static String text(Download download) {
        try {
            return Files.readString(download.path());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void asks_for_the_token_where_there_is_one() throws IOException {
        console.close();
        console = Console.start(
                new ConsoleConfig(
                        new ConsoleSettings(true, "127.0.0.1", 0, "0123456789abcdef", Set.of()),
                        folder.resolve("f"),
                        Map.of(),
                        "ada"),
                MadeUp.sources(),
                Clock.systemUTC());
        arrive(2);
        open("/");
        page.getByLabel("Token").fill("wrong wrong wrong");
        page.keyboard().press("Enter");
        assertThat(page.locator("[role=alert]")).hasText("Wrong token.");
        page.getByLabel("Token").fill("0123456789abcdef");
        page.keyboard().press("Enter");
        assertThat(rows()).hasCount(2);
    }

    @Test
    void nothing_written_by_a_stranger_is_executed() {
        page.addInitScript(
                "window.canaries = 0; window.canary = () => { window.canaries++; }; window.alert = window.canary;");
        List<Finding> findings = new ArrayList<>();
        Finding base =
                MadeUp.findings(1, Instant.now(), Duration.ofMinutes(1), 1).get(0);
        for (int i = 0; i < PAYLOADS.size(); i++) {
            findings.add(MadeUp.with(base, PAYLOADS.get(i), i % 2 == 0 ? PAYLOADS.get(i) : "id" + i));
        }
        List<String> requests = new ArrayList<>();
        page.onRequest(request -> requests.add(request.url()));
        console.findings().apply(Batch.of(findings));
        open("/");
        assertThat(rows()).hasCount(PAYLOADS.size());
        for (int i = 0; i < PAYLOADS.size(); i++) {
            rows().nth(i).click();
            // Every second id, from the last on, cannot stand in a path and is refused; the others open.
            Locator opened =
                    page.locator("tw-drawer h1, tw-drawer [role=alert]").first();
            assertThat(opened).isVisible();
            if (i % 2 == 0) {
                page.locator("tw-drawer .events summary").first().click();
                assertThat(page.locator("tw-drawer .events pre").first()).isVisible();
            }
            opened.hover();
            page.keyboard().press("Escape");
        }
        // The same words arriving live, as a filter, in the address and in the table of a result.
        console.findings().apply(Batch.of(List.of(MadeUp.with(base, PAYLOADS.get(1), "live"))));
        // The clicks have scrolled the list, so it waits at the top.
        page.locator(".newer").click();
        assertThat(rows()).hasCount(PAYLOADS.size() + 1);
        page.locator("tw-facets label").nth(8).click();
        open("/?q=" + URLEncoder.encode(PAYLOADS.get(0), StandardCharsets.UTF_8) + "&account=%3Cscript%3Ecanary()");
        assertThat(page.locator(".chips")).containsText("<script>canary()");
        open("/pipeline");
        page.locator("button", new Page.LocatorOptions().setHasText("Show"))
                .first()
                .click();
        page.locator(".events summary").first().click();
        open("/rules");
        assertThat(page.locator("tbody")).containsText("<img src=x");
        open("/query?sql=" + URLEncoder.encode(PAYLOADS.get(1), StandardCharsets.UTF_8));
        page.locator(".desk button.primary").click();
        assertThat(page.locator(".result")).containsText("<img src=x");

        assertThat(page.evaluate("window.canaries")).isEqualTo(0);
        assertThat(page.title()).isEqualTo("Query · Trailwarden");
        assertThat(requests)
                .allSatisfy(url -> assertThat(url).startsWith(console.url().toString()));
        assertThat(complaints.stream().filter(each -> !each.startsWith("Failed to load resource")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void every_page_is_accessible(String theme) throws IOException {
        List<Finding> findings = arrive(60);
        console.findings().decide(List.of(findings.get(3).id()), Decision.Verdict.ACKNOWLEDGED, null, "", "ada");
        console.findings()
                .decide(List.of(findings.get(5).id()), Decision.Verdict.CLOSED, Decision.Reason.OTHER, "Note", "ada");
        page.addInitScript("localStorage.setItem('theme', '" + theme + "')");

        open("/");
        assertThat(rows().first()).isVisible();
        assertThat(total()).hasText("59 of 60");
        violations("findings");
        page.keyboard().press("p");
        arrive(2);
        assertThat(page.locator(".waiting")).hasText("2");
        violations("findings, paused");

        Finding byRule = findings.stream()
                .filter(each -> each.detection().name().equals("external-caller"))
                .findFirst()
                .orElseThrow();
        open("/?finding=" + byRule.id() + "&severity=HIGH&not.region=us-east-1&status=any");
        assertThat(page.locator("tw-drawer h1")).isVisible();
        page.locator("tw-drawer .events summary").first().click();
        page.locator("tw-drawer button", new Page.LocatorOptions().setHasText("Work it out"))
                .click();
        violations("details");
        open("/?finding=" + findings.get(3).id());
        assertThat(page.locator("tw-drawer h1")).isVisible();
        page.keyboard().press("c");
        assertThat(page.locator(".decide")).isVisible();
        violations("closing");
        open("/?q=nothing+has+this");
        assertThat(page.locator(".rows")).containsText("It hides all");
        violations("nothing to show");
        page.keyboard().press("Escape");
        page.getByLabel("Keyboard shortcuts and help").click();
        violations("help");

        open("/pipeline");
        assertThat(page.locator(".table").first()).isVisible();
        page.locator("button", new Page.LocatorOptions().setHasText("Show"))
                .first()
                .click();
        assertThat(page.locator(".events summary").first()).isVisible();
        violations("pipeline");

        open("/rules");
        assertThat(page.locator(".table").first()).isVisible();
        violations("rules");

        open("/query");
        assertThat(page.locator("tw-editor .cm-content")).isVisible();
        page.keyboard().press("Control+Enter");
        assertThat(page.locator(".result tbody tr").first()).isVisible();
        violations("query");

        page.setViewportSize(420, 800);
        open("/");
        assertThat(rows().first()).isVisible();
        violations("findings on a phone");
        noComplaints();
    }

    /** Fails with axe's own words if it finds anything on the page as it is. */
    private void violations(String where) throws IOException {
        try (InputStream in = BrowserTest.class.getResourceAsStream("/axe.min.js")) {
            page.evaluate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Object found;
        try {
            found = page.evaluate(
                    """
                    async () => {
                      await new Promise((next) => setTimeout(next, 1700));
                      const result = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
                      return result.violations.map((each) => each.id + ': ' + each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + ' ' + node.failureSummary).join(' | '));
                    }""");
        } catch (PlaywrightException e) {
            throw new AssertionError("axe failed on " + where, e);
        }
        assertThat((List<?>) found).as(where).isEmpty();
    }
}
