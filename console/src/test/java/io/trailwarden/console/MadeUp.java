package io.trailwarden.console;

import io.trailwarden.console.source.LedgerView;
import io.trailwarden.console.source.Queries;
import io.trailwarden.console.source.Records;
import io.trailwarden.console.source.SourceException;
import io.trailwarden.console.source.StoredRecord;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.event.Finding;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.testing.SampleFinding;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Findings, records and a ledger of nobody's organization: the same for the same seed. */
final class MadeUp {

    static final Instant NOW = Instant.parse("2026-11-22T15:00:00Z");

    private static final String[] ACCOUNTS = {"111122223333", "222233334444", "333344445555", "444455556666"};
    private static final String[] REGIONS = {"eu-central-1", "us-east-1", "eu-west-1", "ap-southeast-2"};
    private static final String[] ROLES = {
        "deploy",
        "billing-export",
        "nightly-backup",
        "support-readonly",
        "order-flow-machine",
        "platform-admin",
        "ci-runner"
    };
    private static final String[][] KINDS = {
        {"unexpected-principal", "MEDIUM", "%s started %s for the first time", "T1078.004", "states:StartExecution"},
        {"throttling-spike", "LOW", "Throttling burst: %s on %s", "T1498", "sts:GetCallerIdentity"},
        {"external-caller", "HIGH", "Caller outside the organization used %s: %s", "T1199", "sts:AssumeRole"},
        {"cloudtrail-stopped", "CRITICAL", "%s stopped the trail (%s)", "T1562.008", "cloudtrail:StopLogging"},
        {"root-login", "HIGH", "Root signed in to the console (%s, %s)", "T1078.004", "signin:ConsoleLogin"},
        {"new-region", "INFORMATIONAL", "%s was used in a new Region by %s", "T1535", "ec2:DescribeInstances"},
    };

    private MadeUp() {}

    /** {@code count} findings over the last {@code span}, evenly in time. */
    static List<Finding> findings(int count, Instant until, Duration span, long seed) {
        Random random = new Random(seed);
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Instant time = until.minus(span).plus(span.multipliedBy(i + 1L).dividedBy(count));
            findings.add(finding(random, time, seed * 1_000_000 + i));
        }
        return findings;
    }

    static Finding finding(Random random, Instant time, long salt) {
        int pick = random.nextInt(100);
        String[] kind = KINDS[pick < 40 ? 0 : pick < 65 ? 1 : pick < 80 ? 5 : pick < 92 ? 2 : pick < 97 ? 4 : 3];
        String account = ACCOUNTS[random.nextInt(ACCOUNTS.length)];
        String region = REGIONS[Math.min(random.nextInt(6), REGIONS.length - 1)];
        String role = ROLES[random.nextInt(ROLES.length)];
        String principal = "arn:aws:iam::" + account + ":role/" + role;
        String id = FindingId.of(kind[0], principal, time.toString(), Long.toString(salt));
        int events = 1 + random.nextInt(kind[0].equals("throttling-spike") ? 400 : 4);
        List<String> eventIds = new ArrayList<>();
        for (int i = 0; i < Math.min(events, 12); i++) {
            eventIds.add(id.substring(0, 8) + "-" + String.format(Locale.ROOT, "%04d", i) + "-4000-8000-"
                    + id.substring(20));
        }
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Expected", "role/" + ROLES[(int) (salt % 3)] + ", role/order-flow-machine");
        facts.put("Seen", principal);
        facts.put("Expected Regions", "eu-central-1, eu-west-1");
        facts.put("Seen Region", region);
        facts.put("Action", kind[4]);
        facts.put("Source address", "203.0.113." + (salt % 250));
        facts.put("Learning since", time.minus(Duration.ofDays(21)).toString());
        return SampleFinding.of(id)
                .revision(time.toEpochMilli())
                .detection(kind[0])
                .severity(Severity.valueOf(kind[1]))
                .title(String.format(Locale.ROOT, kind[2], role, kind[4]))
                .description("The role " + role + " in account " + account + " called " + kind[4] + " in " + region
                        + ". In the 21 days of its learning period it had never used this action, and no expectation for"
                        + " this account allows it. The same session made " + events + " such calls within the window.")
                .subject(principal + " " + kind[4])
                .account(account)
                .region(region)
                .principal(principal)
                .between(time.minusSeconds(90), time)
                .detectedAt(time.plusSeconds(20))
                .events(eventIds)
                .eventCount(events)
                .techniques(List.of(kind[3]))
                .facts(facts)
                .nextSteps(List.of(
                        "Ask the owner of account " + account + " whether " + role + " was meant to do this.",
                        "If not, revoke the role's sessions: IAM > Roles > " + role + " > Revoke sessions.",
                        "If so, add the action to the account's expectations."))
                .build();
    }

    /** A copy with another text in place of every text that a stranger can write. */
    static Finding with(Finding finding, String text, String id) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(text, text);
        return SampleFinding.like(finding, id)
                .detection(text)
                .title(text)
                .description(text)
                .author(text)
                .subject(text)
                .account(text)
                .region(text)
                .principal(text)
                .events(List.of(text))
                .techniques(List.of(text))
                .facts(facts)
                .nextSteps(List.of(text))
                .suppression(null)
                .build();
    }

    static Finding amended(Finding finding, long revision, Finding.State state, long eventCount, Severity severity) {
        return SampleFinding.like(finding)
                .revision(revision)
                .state(state)
                .severity(severity)
                .eventCount(eventCount)
                .build();
    }

    /** A record for any event id asked for. */
    static Records records() {
        return (eventIds, from, to) -> {
            List<StoredRecord> records = new ArrayList<>();
            for (int i = 0; i < eventIds.size(); i++) {
                String id = eventIds.get(i);
                if (i == 3) {
                    continue;
                }
                Instant time = from.plus(Duration.ofHours(1)).plusSeconds(i);
                String raw =
                        """
                        {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:session",\
                        "arn":"arn:aws:sts::111122223333:assumed-role/deploy/session","accountId":"111122223333"},\
                        "eventTime":"%s","eventSource":"sts.amazonaws.com","eventName":"AssumeRole","awsRegion":"us-east-1",\
                        "sourceIPAddress":"203.0.113.7","userAgent":%s,"requestParameters":{"roleArn":\
                        "arn:aws:iam::111122223333:role/deploy","roleSessionName":"nightly"},"responseElements":\
                        {"credentials":{"accessKeyId":"ASIAEXAMPLE","secretAccessKey":"wJalrXUtnFEMI/K7MDENG",\
                        "sessionToken":"IQoJb3JpZ2luX2VjEXAMPLE","expiration":"Nov 22, 2026, 4:00:00 PM"}},"requestID":"r-%d",\
                        "eventID":%s,"readOnly":true,"eventType":"AwsApiCall","managementEvent":true,\
                        "recipientAccountId":"111122223333","eventCategory":"Management"}"""
                                .formatted(
                                        time,
                                        quoted(id.length() > 60 ? id : "aws-cli/2.27.1 md/prompt#off"),
                                        i,
                                        quoted(id));
                records.add(new StoredRecord(
                        id,
                        "cloudtrail",
                        time,
                        "s3:audit-trail",
                        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/22/part-0001.json.gz",
                        i,
                        raw.getBytes(StandardCharsets.UTF_8)));
            }
            return records;
        };
    }

    private static String quoted(String text) {
        return new String(Json.bytes(text), StandardCharsets.UTF_8);
    }

    static LedgerView ledger() {
        return new LedgerView() {
            @Override
            public Report read() {
                return new Report(
                        Instant.now(),
                        List.of(
                                new Entry("s3:audit-trail", 1_204_518, 968_031, 235_904, 12),
                                new Entry("logs:order-flow", 88_210, 88_209, 0, 1),
                                new Entry("file", 1_448, 1_448, 0, 0)),
                        List.of(
                                new DeadReason("MALFORMED", 9),
                                new DeadReason("DUPLICATE_KEY", 3),
                                new DeadReason("TOO_DEEP", 1)));
            }

            @Override
            public List<Dead> dead(String reason, int limit) {
                byte[] payload =
                        "{\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"IAMUser\",<script>canary()</script>"
                                .getBytes(StandardCharsets.UTF_8);
                return List.of(new Dead(
                        reason,
                        "unexpected end of input (expected: a JSON value)",
                        "record 17, byte 48213",
                        "s3:audit-trail",
                        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/22/part-0007.json.gz",
                        17,
                        NOW.minusSeconds(300),
                        payload,
                        payload.length));
            }
        };
    }

    /** Answers every query with the same rows; {@code select slow} waits to be cancelled. */
    static Queries queries() {
        Map<String, CountDownLatch> running = new ConcurrentHashMap<>();
        return new Queries() {
            @Override
            public Result run(String id, String sql, int maxRows) throws SourceException {
                if (sql.contains("slow")) {
                    CountDownLatch latch = running.computeIfAbsent(id, unused -> new CountDownLatch(1));
                    try {
                        if (latch.await(60, TimeUnit.SECONDS)) {
                            throw new SourceException("Cancelled.");
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    throw new SourceException("Stopped after 60 s (query.timeout).");
                }
                if (sql.contains("broken")) {
                    throw new SourceException("Parser Error: syntax error at or near \"broken\", line 1");
                }
                List<Column> columns = List.of(
                        new Column("event_name", "VARCHAR"),
                        new Column("calls", "BIGINT"),
                        new Column("last", "TIMESTAMP"));
                List<List<@Nullable String>> rows = new ArrayList<>();
                for (int i = 0; i < Math.min(500, maxRows); i++) {
                    rows.add(Arrays.asList(
                            i == 3 ? "=HYPERLINK(\"http://x\")" : i == 4 ? "<img src=x onerror=canary()>" : "Call" + i,
                            Integer.toString(10_000 - i),
                            i % 7 == 0 ? null : NOW.minusSeconds(i).toString()));
                }
                return new Result(
                        columns, rows, 0, maxRows < 500 ? "cut at " + maxRows + " rows (sql.rows)" : null, 42);
            }

            @Override
            public void cancel(String id) {
                running.computeIfAbsent(id, unused -> new CountDownLatch(1)).countDown();
            }

            @Override
            public List<Table> tables() {
                List<Column> columns = List.of(
                        new Column("event_id", "VARCHAR"),
                        new Column("event_time", "TIMESTAMP WITH TIME ZONE"),
                        new Column("event_source", "VARCHAR"),
                        new Column("event_name", "VARCHAR"),
                        new Column("user_identity_arn", "VARCHAR"),
                        new Column("source_ip_address", "VARCHAR"),
                        new Column("raw", "VARCHAR"));
                return List.of(
                        new Table("cloudtrail", columns),
                        new Table("executions", columns),
                        new Table(
                                "findings",
                                List.of(
                                        new Column("id", "VARCHAR"),
                                        new Column("severity", "VARCHAR"),
                                        new Column("title", "VARCHAR"))));
            }
        };
    }

    /** Rules of every state; some are called like the detections of the findings. */
    static LoadedRules rules() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(
                "sts/external-caller.yml",
                """
                title: A role was assumed from outside
                name: external-caller
                level: high
                logsource: {product: aws, service: cloudtrail}
                detection:
                  selection:
                    eventSource: sts.amazonaws.com
                    eventName|startswith: AssumeRole
                  secret:
                    responseElements.credentials.secretAccessKey|exists: true
                    responseElements.credentials.sessionToken|contains: Jb3
                  filter:
                    sourceIPAddress|cidr: 10.0.0.0/8
                  condition: selection and secret and not filter
                """);
        files.put(
                "sts/throttling-spike.yml",
                """
                title: Any call to STS
                name: any-sts
                logsource: {product: aws, service: cloudtrail}
                detection:
                  selection: {eventSource: sts.amazonaws.com}
                  condition: selection
                ---
                title: Many calls to STS
                name: throttling-spike
                correlation:
                  type: event_count
                  rules: [any-sts]
                  group-by: [sourceIPAddress]
                  timespan: 5m
                  condition: {gte: 3}
                """);
        files.put(
                "broken.yml",
                "title: Broken\nlogsource: {product: aws}\ndetection: {selection: {a: 1}, condition: nothing}\n");
        files.put(
                "hostile.yml",
                """
                title: <img src=x onerror=canary()>
                name: <script>canary()</script>
                staging: true
                logsource: {product: aws, service: cloudtrail}
                detection: {selection: {eventName: "<svg onload=canary()>"}, condition: selection}
                """);
        Reference reference = Reference.EMPTY.with(LoadedRules.entry(
                "young.yml",
                "title: Still young\nstatus: experimental\nlogsource: {product: aws}\n"
                        + "detection: {selection: {eventName: x}, condition: selection}\n",
                false,
                NOW));
        for (Map.Entry<String, String> file : files.entrySet()) {
            reference = reference.with(LoadedRules.entry(file.getKey(), file.getValue(), true, NOW));
        }
        return LoadedRules.of(reference, null);
    }

    static ConsoleSources sources() {
        LoadedRules rules = rules();
        return new ConsoleSources(records(), ledger(), queries(), null, null, () -> rules);
    }
}
