package io.trailwarden.app.config;

import io.trailwarden.app.config.Setting.Kind;
import io.trailwarden.app.config.Setting.Unfit;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.custody.CustodyConfig;
import io.trailwarden.ingest.inventory.InventoryConfig;
import io.trailwarden.ingest.logs.LogsConfig;
import io.trailwarden.ingest.lookup.LookupConfig;
import io.trailwarden.ingest.s3.BucketConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads the section {@code aws}: a list of inputs. It holds no secrets, only where the SDK finds them.
 *
 * <p>Every member is checked, unknown ones are refused, and each problem is told with its place.
 */
final class AwsInputs {

    /** The section's name. */
    static final String SECTION = "aws";

    /**
     * A member of an input.
     *
     * @param kinds of inputs that have it
     * @param defaultText as one would write it; null: it must be given, empty: it may be absent
     */
    record Member(String name, Set<String> kinds, Kind<?> takes, @Nullable String defaultText, String meaning) {}

    private static final String LOOKUP = "cloudtrail";
    private static final String LOGS = "logs";
    private static final String BUCKET = "s3";
    private static final String ORGANIZATION = "organization";
    private static final String STATE_MACHINES = "state-machines";
    private static final Set<String> KINDS = new TreeSet<>(Set.of(LOOKUP, LOGS, BUCKET, ORGANIZATION, STATE_MACHINES));

    /** They are asked in one Region alone. */
    private static final Set<String> OF_ONE_REGION = Set.of(BUCKET, ORGANIZATION);

    private static final Kind<Duration> SPAN = Kinds.duration(Duration.ZERO, LookupConfig.LONGEST_BACKFILL);

    /** All members, in the order in which people read them. */
    static final List<Member> MEMBERS = List.of(
            member(
                    "kind",
                    KINDS,
                    Kinds.text("one of cloudtrail, logs, organization, s3, state-machines"),
                    null,
                    "what is read: Event history, log groups, accounts, buckets, state machines"),
            member(
                    "name",
                    KINDS,
                    Kinds.text("a name"),
                    null,
                    "part of the origin of its records; keep it once there is data"),
            member(
                    "regions",
                    KINDS,
                    Kinds.texts(),
                    null,
                    "Regions that are read; of s3 the one of queue and buckets, of organization us-east-1"),
            member(
                    "profile",
                    KINDS,
                    Kinds.text("a profile"),
                    "",
                    "profile of the AWS configuration files; absent: the SDK's chain"),
            member("role", KINDS, Kinds.text("a role's ARN"), "", "role to assume"),
            member("external-id", KINDS, Kinds.text("a text"), "", "external id that the role's trust policy asks for"),
            member(
                    "endpoint",
                    KINDS,
                    Kinds.text("a URL"),
                    "",
                    "called in place of AWS; a queue then where its URL says"),
            member("groups", Set.of(LOGS), Kinds.texts(), "", "log groups by name"),
            member(
                    "prefixes",
                    Set.of(LOGS),
                    Kinds.texts(),
                    "",
                    "log groups by the beginning of their names, new ones too"),
            member("backfill", Set.of(LOOKUP, LOGS), SPAN, "1d", "how far back to begin; Event history goes back 90d"),
            member(
                    "overlap",
                    Set.of(LOOKUP, LOGS),
                    SPAN,
                    "",
                    "how late events may come: 30m of cloudtrail, 10m of logs"),
            member(
                    "interval",
                    Set.of(LOOKUP, LOGS, ORGANIZATION, STATE_MACHINES),
                    SPAN,
                    "",
                    "between two looks: 30s of cloudtrail, 10s of logs, 15m of organization and state-machines"),
            member(
                    "live",
                    Set.of(LOGS),
                    Kinds.bool(),
                    "false",
                    "also as CloudWatch Logs shows events live, a second after they came; AWS charges for it"),
            member("queue", Set.of(BUCKET), Kinds.text("a queue's URL"), "", "SQS queue that announces objects"),
            member("buckets", Set.of(BUCKET), Kinds.texts(), null, "buckets that may be read; others are refused"),
            member("owner", Set.of(BUCKET), Kinds.text("an account id"), "", "account that must own the buckets"),
            member(
                    "backfill-prefixes",
                    Set.of(BUCKET),
                    Kinds.texts(),
                    "",
                    "key prefixes of what is there already and shall be read"),
            member(
                    "backfill-from",
                    Set.of(BUCKET),
                    Kinds.text("a time"),
                    "",
                    "read what was written since, such as 2026-03-01T00:00:00Z"),
            member("backfill-to", Set.of(BUCKET), Kinds.text("a time"), "", "read what was written before"),
            member(
                    "custody",
                    Set.of(BUCKET),
                    Kinds.bool(),
                    "false",
                    "verify CloudTrail's digests as they arrive, while following; what is wrong is a finding"),
            member(
                    "custody-prefixes",
                    Set.of(BUCKET),
                    Kinds.texts(),
                    "AWSLogs/",
                    "key prefixes below which digests are looked for"),
            member(
                    "custody-lateness",
                    Set.of(BUCKET),
                    Kinds.duration(Duration.ZERO, Duration.ofHours(6)),
                    "30m",
                    "how late a digest may be, and an object unread after its digest"),
            member(
                    "custody-silence",
                    Set.of(BUCKET),
                    Kinds.duration(Duration.ofHours(1), CustodyConfig.LONGEST_SILENCE),
                    "4h",
                    "how long a busy trail may deliver nothing"));

    private final Path file;
    private final List<ConfigProblem> problems;
    private final Set<String> sources = new HashSet<>();

    private AwsInputs(Path file, List<ConfigProblem> problems) {
        this.file = file;
        this.problems = problems;
    }

    private static Member member(
            String name, Set<String> kinds, Kind<?> takes, @Nullable String defaultText, String meaning) {
        return new Member(name, kinds, takes, defaultText, meaning);
    }

    /** The inputs in this node. */
    static List<AwsInput> read(Path file, Node section, List<ConfigProblem> problems) {
        AwsInputs inputs = new AwsInputs(file, problems);
        List<AwsInput> all = new ArrayList<>();
        if (section instanceof SequenceNode sequence) {
            sequence.getValue().forEach(node -> inputs.input(node, all));
        } else if (!(section instanceof ScalarNode scalar
                && scalar.getTag().getValue().endsWith(":null"))) {
            inputs.problem(section, SECTION + ": " + YamlFile.shown(section) + " (expected: a sequence of inputs)");
        }
        return List.copyOf(all);
    }

    private void input(Node node, List<AwsInput> all) {
        int before = problems.size();
        Map<String, YamlFile.Entry> entries =
                YamlFile.entries(file, node, "a mapping that describes an input", problems);
        if (!(node instanceof MappingNode)) {
            return;
        }
        String kind = entries.containsKey("kind") ? text(entries.get("kind").value()) : "";
        if (!KINDS.contains(kind)) {
            Node place = entries.containsKey("kind") ? entries.get("kind").value() : node;
            problem(place, "aws.kind: \"" + kind + "\" (expected: one of " + String.join(", ", KINDS) + ")");
            return;
        }
        Map<String, Member> members = new LinkedHashMap<>();
        MEMBERS.stream()
                .filter(member -> member.kinds().contains(kind))
                .forEach(member -> members.put(member.name(), member));
        Map<String, Object> values = new LinkedHashMap<>();
        entries.forEach((name, entry) -> {
            Member member = members.get(name);
            if (member == null) {
                problem(
                        entry.keyNode(),
                        "\"" + name + "\" is not a member of an input of kind " + kind
                                + Spelling.nearest(name, members.keySet())
                                        .map(near -> " (did you mean \"" + near + "\"?)")
                                        .orElse(" (expected: one of " + String.join(", ", members.keySet()) + ")"));
            } else {
                values.put(name, value(member, entry.value()));
            }
        });
        for (Member member : members.values()) {
            if (!values.containsKey(member.name()) && member.defaultText() == null) {
                problem(node, "aws: an input without " + member.name() + " (expected: " + member.meaning() + ")");
            }
        }
        if (problems.size() == before) {
            try {
                make(kind, new Values(values), all);
            } catch (IllegalArgumentException e) {
                problem(node, "aws: " + e.getMessage());
            }
        }
        for (AwsInput input : all.subList(Math.max(0, all.size() - 1), all.size())) {
            if (problems.size() == before && !sources.add(input.source())) {
                problem(node, "aws: \"" + input.source() + "\" is there twice (expected: names that differ)");
            }
        }
    }

    private Object value(Member member, Node node) {
        String text = node instanceof SequenceNode sequence && member.takes().list()
                ? String.join(
                                "\n",
                                sequence.getValue().stream()
                                        .map(AwsInputs::text)
                                        .toList()) + "\n"
                : text(node);
        try {
            if (!text.isBlank() && (node instanceof ScalarNode || node instanceof SequenceNode)) {
                return member.takes().parse(text, file);
            }
        } catch (Unfit e) {
            // told below
        }
        problem(
                node,
                "aws." + member.name() + ": " + YamlFile.shown(node) + " (expected: "
                        + member.takes().expected() + ")");
        return "";
    }

    /** The checked values of one input. */
    private record Values(Map<String, Object> all) {

        String text(String name) {
            Object value = all.get(name);
            return value instanceof String text ? text : "";
        }

        @Nullable
        String textOrNull(String name) {
            String text = text(name);
            return text.isEmpty() ? null : text;
        }

        List<String> texts(String name) {
            return all.get(name) instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
        }

        boolean flag(String name) {
            return all.get(name) instanceof Boolean flag && flag;
        }

        Duration span(String name, Duration otherwise) {
            return all.get(name) instanceof Duration duration ? duration : otherwise;
        }

        @Nullable
        Instant time(String name) {
            String text = text(name);
            try {
                return text.isEmpty() ? null : Instant.parse(text);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        name + ": \"" + text + "\" (expected: a time such as 2026-03-01T00:00:00Z)", e);
            }
        }
    }

    private static void make(String kind, Values values, List<AwsInput> all) {
        String name = kind + ":" + values.text("name");
        List<String> regions = values.texts("regions");
        if (OF_ONE_REGION.contains(kind) && regions.size() != 1) {
            throw new IllegalArgumentException(
                    "regions: " + regions + " (expected: one Region of an input of kind " + kind + ")");
        }
        for (String region : regions) {
            AwsAccess access = new AwsAccess(
                    region,
                    values.textOrNull("profile"),
                    values.textOrNull("role"),
                    values.textOrNull("external-id"),
                    endpoint(values.text("endpoint")));
            all.add(
                    switch (kind) {
                        case LOOKUP -> new AwsInput.Lookup(access, lookup(name + "/" + region, values));
                        case LOGS -> new AwsInput.Logs(access, logs(name + "/" + region, values));
                        case ORGANIZATION -> new AwsInput.Organization(access, inventory(name, values));
                        case STATE_MACHINES ->
                            new AwsInput.StateMachines(access, inventory(name + "/" + region, values));
                        default -> new AwsInput.Bucket(access, bucket(name, values), custody(values));
                    });
        }
    }

    private static LookupConfig lookup(String source, Values values) {
        LookupConfig usual = LookupConfig.of(source);
        return new LookupConfig(
                source,
                values.span("backfill", usual.backfill()),
                values.span("overlap", usual.overlap()),
                values.span("interval", usual.interval()));
    }

    private static LogsConfig logs(String source, Values values) {
        LogsConfig usual = LogsConfig.of(source, values.texts("groups"), values.texts("prefixes"));
        return new LogsConfig(
                source,
                usual.groups(),
                usual.prefixes(),
                values.span("backfill", usual.backfill()),
                values.span("overlap", usual.overlap()),
                values.span("interval", usual.interval()),
                Boolean.TRUE.equals(values.all().get("live")));
    }

    private static InventoryConfig inventory(String source, Values values) {
        return new InventoryConfig(
                source, values.span("interval", InventoryConfig.of(source).interval()));
    }

    private static BucketConfig bucket(String source, Values values) {
        Instant from = values.time("backfill-from");
        Instant to = values.time("backfill-to");
        List<String> prefixes = values.texts("backfill-prefixes");
        BucketConfig.Backfill backfill = from == null && to == null && prefixes.isEmpty()
                ? null
                : new BucketConfig.Backfill(prefixes, from == null ? Instant.EPOCH : from, to);
        return BucketConfig.of(
                source,
                values.textOrNull("queue"),
                new TreeSet<>(values.texts("buckets")),
                values.textOrNull("owner"),
                backfill);
    }

    private static @Nullable CustodyConfig custody(Values values) {
        if (!values.flag("custody")) {
            return null;
        }
        CustodyConfig usual = CustodyConfig.of(
                "custody:" + values.text("name"),
                new TreeSet<>(values.texts("buckets")),
                values.textOrNull("owner"),
                values.texts("custody-prefixes"),
                values.textOrNull("queue") != null);
        return new CustodyConfig(
                usual.source(),
                usual.buckets(),
                usual.owner(),
                usual.prefixes(),
                usual.read(),
                values.span("custody-lateness", usual.lateness()),
                values.span("custody-silence", usual.silence()),
                usual.interval());
    }

    private static @Nullable URI endpoint(String text) {
        if (text.isEmpty()) {
            return null;
        }
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null
                    && uri.getScheme() != null
                    && uri.getScheme().matches("https?")) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("endpoint: \"" + text + "\" (expected: a URL)", e);
        }
        throw new IllegalArgumentException("endpoint: \"" + text + "\" (expected: an http or https URL)");
    }

    private static String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private void problem(Node place, String message) {
        problems.add(new ConfigProblem(YamlFile.place(file, place), message));
    }
}
