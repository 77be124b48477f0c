package io.trailwarden.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.console.findings.Decision;
import io.trailwarden.console.findings.FindingFilter;
import io.trailwarden.console.findings.FindingPage;
import io.trailwarden.console.findings.FindingsFeed;
import io.trailwarden.console.findings.FindingsStore;
import io.trailwarden.console.findings.StoredFinding;
import io.trailwarden.console.live.LiveStream;
import io.trailwarden.console.rules.RuleTable;
import io.trailwarden.console.source.LedgerView;
import io.trailwarden.console.source.Queries;
import io.trailwarden.console.source.Records;
import io.trailwarden.console.source.SourceException;
import io.trailwarden.console.stages.StageMonitor;
import io.trailwarden.console.stages.StageReport;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.event.Finding;
import io.trailwarden.event.text.LogKeys;
import io.trailwarden.event.text.Secrets;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the API answers: plain methods from parameters and bodies to values. */
final class Api {

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final int PAGE = 200;
    private static final int MAX_PAGE = 1_000;
    private static final int MAX_BULK = 10_000;
    private static final int MAX_ROWS = 10_000;
    private static final int MAX_SQL = 100_000;
    private static final int MAX_DEAD = 200;

    private final ConsoleConfig config;
    private final ConsoleSources sources;
    private final FindingsStore store;
    private final @Nullable FindingsFeed feed;
    private final @Nullable StageMonitor stages;
    private final @Nullable Supplier<@Nullable LoadedRules> rules;
    private final LiveStream live;

    Api(
            ConsoleConfig config,
            ConsoleSources sources,
            FindingsStore store,
            @Nullable FindingsFeed feed,
            @Nullable StageMonitor stages,
            @Nullable Supplier<@Nullable LoadedRules> rules,
            LiveStream live) {
        this.config = config;
        this.sources = sources;
        this.store = store;
        this.feed = feed;
        this.stages = stages;
        this.rules = rules;
        this.live = live;
    }

    /** What this console can do. */
    record Session(String store, String analyst, boolean token, boolean records, boolean ledger, boolean queries) {}

    /** The state of everything in a word; 503 unless {@code ok}. */
    record Health(boolean ok, String findings, long stored, long unreadable, long behind, int readers) {}

    record Changed(List<?> findings) {}

    record Schema(List<Queries.Table> tables) {}

    record Dead(List<DeadItem> letters) {}

    /** A dead letter with its payload as text; bytes that are not UTF-8 show as the replacement character. */
    record DeadItem(
            String reason,
            String message,
            String place,
            String source,
            String object,
            long offset,
            Instant ingestedAt,
            String payload,
            long payloadLength) {}

    record Stages(@Nullable StageReport report, FindingsFeed.@Nullable State console) {}

    /** One source of the ledger. */
    record LedgerLine(
            String source,
            long received,
            long stored,
            long duplicates,
            long deadLettered,
            long inFlight,
            boolean balances) {}

    /**
     * The ledger's answer.
     *
     * @param balances whether all sources do
     */
    record Ledger(Instant at, boolean balances, List<LedgerLine> sources, List<LedgerView.DeadReason> deadLetters) {}

    Session session() {
        return new Session(
                store.identity(),
                config.analyst(),
                config.settings().token() != null,
                sources.records() != null,
                sources.ledger() != null,
                sources.queries() != null);
    }

    Health health() {
        FindingsFeed.State state = feed == null ? null : feed.state();
        boolean ok = state == null || state.reading();
        String words = state == null ? "not connected to Kafka" : ok ? "reading" : String.valueOf(state.problem());
        return new Health(
                ok, words, store.size(), store.unreadable(), state == null ? 0 : state.behind(), live.readers());
    }

    @Nullable
    String metrics() {
        return sources.metrics() == null ? null : sources.metrics().get();
    }

    FindingPage findings(Map<String, List<String>> parameters) throws Refusal {
        allow(parameters, "sort", "cursor", "limit");
        String sort = one(parameters, "sort", "arrival");
        String cursor = one(parameters, "cursor", "");
        return store.list(
                filter(parameters),
                oneOf("sort", sort, FindingPage.Sort.values()),
                cursor.isEmpty() ? null : cursor,
                number(parameters, "limit", PAGE, 1, MAX_PAGE));
    }

    Object facets(Map<String, List<String>> parameters) throws Refusal {
        allow(parameters);
        return store.facets(filter(parameters));
    }

    Object histogram(Map<String, List<String>> parameters) throws Refusal {
        allow(parameters, "buckets");
        return store.histogram(filter(parameters), number(parameters, "buckets", 100, 1, 2_000));
    }

    /** Changes after a place in the sequence, for readers that missed some. */
    Object changes(Map<String, List<String>> parameters) throws Refusal {
        allow(parameters, "after", "limit");
        FindingFilter filter = filter(parameters);
        return new Changed(store.changes(after(parameters), number(parameters, "limit", PAGE, 1, MAX_PAGE)).stream()
                .filter(filter::test)
                .map(change -> change.row())
                .toList());
    }

    StoredFinding finding(String id) throws Refusal {
        StoredFinding found = store.find(id);
        if (found == null) {
            throw new Refusal(404, "There is no finding " + id + " in this console.");
        }
        return found;
    }

    Evidence evidence(String id, Map<String, List<String>> parameters) throws Refusal {
        StoredFinding found = finding(id);
        Records records = sources.records();
        if (records == null) {
            throw new Refusal(501, "This console was started without the tables, so it cannot show records.");
        }
        boolean show = one(parameters, "secrets", "hide").equals("show");
        if (show) {
            LOG.info(
                    "{} looked at the evidence of {} with its secrets",
                    config.analyst(),
                    LogKeys.finding(found.finding().id()));
        }
        try {
            return Evidence.of(found.finding(), records, show, isByRule(found.finding()));
        } catch (SourceException e) {
            throw unavailable(e);
        }
    }

    private boolean isByRule(Finding finding) {
        LoadedRules running = rules == null ? null : rules.get();
        return running != null
                && running.ruleSet().headers().values().stream().anyMatch(header -> header.handle()
                        .equals(finding.detection().name()));
    }

    /** Why a rule found this, worked out again over the records behind it. */
    RuleEvidence explanation(String id, Map<String, List<String>> parameters) throws Refusal {
        StoredFinding found = finding(id);
        Records records = sources.records();
        if (records == null) {
            throw new Refusal(501, "This console was started without the tables, so it cannot show records.");
        }
        LoadedRules running = running();
        boolean show = one(parameters, "secrets", "hide").equals("show");
        if (show) {
            LOG.info(
                    "{} looked at the explanation of {} with its secrets",
                    config.analyst(),
                    found.finding().id());
        }
        try {
            return RuleEvidence.of(found.finding(), running.ruleSet(), records, show);
        } catch (SourceException e) {
            throw unavailable(e);
        }
    }

    /** Every rule of the running job and what became of it. */
    RuleTable rules() throws Refusal {
        return RuleTable.of(running(), RuleTable.numbers(stages == null ? null : stages.report()));
    }

    private LoadedRules running() throws Refusal {
        if (rules == null) {
            throw new Refusal(501, "This console is not connected to Kafka, so it does not know the rules.");
        }
        LoadedRules running = rules.get();
        if (running == null) {
            throw new Refusal(503, "The rules have not been read yet.");
        }
        return running;
    }

    Object decide(byte[] body) throws Refusal {
        JsonNode json = parse(body);
        List<String> ids = new ArrayList<>();
        json.path("ids").forEach(id -> ids.add(id.asText()));
        if (ids.isEmpty() || ids.size() > MAX_BULK) {
            throw new Refusal(400, "ids: " + ids.size() + " (expected: 1 to " + MAX_BULK + ")");
        }
        Decision.Verdict verdict = oneOf("verdict", json.path("verdict").asText(), Decision.Verdict.values());
        String reason = json.path("reason").asText("");
        try {
            return new Changed(store.decide(
                    ids,
                    verdict,
                    reason.isEmpty() ? null : oneOf("reason", reason, Decision.Reason.values()),
                    json.path("note").asText(""),
                    config.analyst()));
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, String.valueOf(e.getMessage()));
        }
    }

    /** The token in a login. */
    static String token(byte[] body) throws Refusal {
        return parse(body).path("token").asText();
    }

    Ledger ledger() throws Refusal {
        try {
            LedgerView.Report report = ledgerView().read();
            return new Ledger(
                    report.at(),
                    report.sources().stream().allMatch(LedgerView.Entry::balances),
                    report.sources().stream()
                            .map(entry -> new LedgerLine(
                                    entry.source(),
                                    entry.received(),
                                    entry.stored(),
                                    entry.duplicates(),
                                    entry.deadLettered(),
                                    entry.inFlight(),
                                    entry.balances()))
                            .toList(),
                    report.deadLetters());
        } catch (SourceException e) {
            throw unavailable(e);
        }
    }

    Dead dead(Map<String, List<String>> parameters) throws Refusal {
        try {
            List<LedgerView.Dead> dead =
                    ledgerView().dead(one(parameters, "reason", ""), number(parameters, "limit", 50, 1, MAX_DEAD));
            return new Dead(dead.stream()
                    .map(each -> new DeadItem(
                            each.reason(),
                            each.message(),
                            each.place(),
                            each.source(),
                            each.object(),
                            each.offset(),
                            each.ingestedAt(),
                            Secrets.mask(new String(each.payload(), StandardCharsets.UTF_8))
                                    .text(),
                            each.payloadLength()))
                    .toList());
        } catch (SourceException e) {
            throw unavailable(e);
        }
    }

    private LedgerView ledgerView() throws Refusal {
        LedgerView ledger = sources.ledger();
        if (ledger == null) {
            throw new Refusal(501, "This console was started without the tables, so it has no ledger.");
        }
        return ledger;
    }

    Stages stages() {
        return new Stages(stages == null ? null : stages.report(), feed == null ? null : feed.state());
    }

    Schema schema() throws Refusal {
        try {
            return new Schema(queries().tables());
        } catch (SourceException e) {
            throw unavailable(e);
        }
    }

    Queries.Result query(byte[] body) throws Refusal {
        JsonNode json = parse(body);
        String sql = json.path("sql").asText("");
        if (sql.isBlank()) {
            throw new Refusal(400, "sql: empty (expected: one SELECT)");
        }
        if (sql.length() > MAX_SQL) {
            throw new Refusal(400, "sql: " + sql.length() + " characters (expected: at most " + MAX_SQL + ")");
        }
        int rows = json.path("maxRows").asInt(MAX_ROWS);
        try {
            return queries().run(runId(json), sql, Math.max(1, Math.min(rows, MAX_ROWS)));
        } catch (SourceException e) {
            throw new Refusal(422, String.valueOf(e.getMessage()));
        }
    }

    Object cancel(byte[] body) throws Refusal {
        queries().cancel(runId(parse(body)));
        return Map.of();
    }

    private static String runId(JsonNode json) throws Refusal {
        String id = json.path("id").asText("");
        if (id.isEmpty() || id.length() > 100) {
            throw new Refusal(400, "id: " + id.length() + " characters (expected: 1 to 100)");
        }
        return id;
    }

    private Queries queries() throws Refusal {
        Queries queries = sources.queries();
        if (queries == null) {
            throw new Refusal(501, "This console was started without the tables, so there is nothing to query.");
        }
        return queries;
    }

    private static Refusal unavailable(SourceException cause) {
        LOG.warn("The tables did not answer", cause);
        return new Refusal(503, "The tables did not answer: " + cause.getMessage());
    }

    static FindingFilter filter(Map<String, List<String>> parameters) {
        return FindingFilter.parse(parameters);
    }

    /** The place in the sequence that the parameter {@code after} names; negative without one. */
    static long after(Map<String, List<String>> parameters) throws Refusal {
        String text = one(parameters, "after", "-1");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new Refusal(400, "after: \"" + text + "\" (expected: a whole number)");
        }
    }

    /** Refuses parameters that nobody reads: a misspelt filter must not look like no filter. */
    static void allow(Map<String, List<String>> parameters, String... names) throws Refusal {
        for (String name : parameters.keySet()) {
            boolean known = Arrays.asList(names).contains(name)
                    || name.equals("q")
                    || name.equals("from")
                    || name.equals("to")
                    || Arrays.stream(FindingFilter.Field.values())
                            .anyMatch(
                                    field -> name.equals(field.parameter()) || name.equals("not." + field.parameter()));
            if (!known) {
                throw new Refusal(400, "unknown parameter \"" + name + "\"");
            }
        }
    }

    private static JsonNode parse(byte[] body) throws Refusal {
        try {
            return Json.MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new Refusal(400, "the body is not JSON: " + e.getOriginalMessage());
        }
    }

    private static String one(Map<String, List<String>> parameters, String name, String otherwise) {
        List<String> values = parameters.getOrDefault(name, List.of());
        return values.isEmpty() ? otherwise : values.get(0);
    }

    private static int number(Map<String, List<String>> parameters, String name, int otherwise, int least, int most)
            throws Refusal {
        String text = one(parameters, name, Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            LOG.trace("Not a number: {}", name, e);
        }
        throw new Refusal(400, name + ": \"" + text + "\" (expected: " + least + " to " + most + ")");
    }

    private static <E extends Enum<E>> E oneOf(String name, String value, E[] known) throws Refusal {
        for (E each : known) {
            if (each.name().equals(value.toUpperCase(Locale.ROOT))) {
                return each;
            }
        }
        throw new Refusal(
                400,
                name + ": \"" + value + "\" (expected: one of "
                        + Arrays.stream(known)
                                .map(each -> each.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + ")");
    }
}
