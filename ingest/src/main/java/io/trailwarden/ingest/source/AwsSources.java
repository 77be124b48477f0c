package io.trailwarden.ingest.source;

import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSource;
import io.trailwarden.ingest.inventory.OrganizationSource;
import io.trailwarden.ingest.inventory.StateMachineSource;
import io.trailwarden.ingest.logs.LogsSource;
import io.trailwarden.ingest.lookup.LookupSource;
import io.trailwarden.ingest.s3.BucketSource;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.settings.Explained;
import io.trailwarden.settings.RefusedException;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.SettingsEntry;
import io.trailwarden.settings.Values;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the section {@code aws}: a list of sources. It holds no secrets, only where the SDK finds them. */
public final class AwsSources {

    /** The section's name. */
    public static final String SECTION = "aws";

    /** Every kind: a new one is a package of its own, and a line here. */
    private static final List<AwsSource.Kind> KINDS = List.of(
            LogsSource.KIND, LookupSource.KIND, BucketSource.KIND, OrganizationSource.KIND, StateMachineSource.KIND);

    private static final List<Setting<?>> OF_ALL = Stream.<Setting<?>>concat(
                    Stream.of(AwsSource.KIND, AwsSource.NAME, AwsSource.REGIONS), AwsAccess.SETTINGS.stream())
            .toList();

    private AwsSources() {}

    /**
     * The sources in this node.
     *
     * @param problems gets what is wrong, each at its own place
     */
    public static List<AwsSource> read(Path file, Node section, List<ConfigProblem> problems) {
        List<AwsSource> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (SettingsEntry entry : SettingsEntry.all(file, section, SECTION, problems)) {
            for (AwsSource source : sources(entry)) {
                if (names.add(source.source())) {
                    all.add(source);
                } else {
                    entry.problem(
                            AwsSource.NAME,
                            ".name: \"" + source.source() + "\" is there twice (expected: names that differ)");
                }
            }
        }
        return List.copyOf(all);
    }

    private static List<AwsSource> sources(SettingsEntry entry) {
        String name = entry.text(AwsSource.KIND);
        AwsSource.Kind kind = kind(name);
        if (kind == null) {
            entry.problem(
                    AwsSource.KIND,
                    ".kind: \"" + name + "\" (expected: one of "
                            + KINDS.stream().map(AwsSource.Kind::name).sorted().collect(Collectors.joining(", "))
                            + ")");
            return List.of();
        }
        Values values = entry.values(
                Stream.concat(OF_ALL.stream(), kind.settings().stream()).toList(), "an input of kind " + name);
        List<AwsSource> sources = values == null ? null : entry.bind(values, said -> bind(kind, said));
        return sources == null ? List.of() : sources;
    }

    private static AwsSource.@Nullable Kind kind(String name) {
        for (AwsSource.Kind kind : KINDS) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        return null;
    }

    private static List<AwsSource> bind(AwsSource.Kind kind, Values values) {
        List<String> regions = values.get(AwsSource.REGIONS);
        if (regions.isEmpty() || kind.oneRegion() && regions.size() != 1) {
            throw new RefusedException(
                    AwsSource.REGIONS,
                    regions.toString(),
                    (kind.oneRegion() ? "one Region" : "at least one Region") + " of an input of kind " + kind.name());
        }
        String name = kind.name() + ":" + values.get(AwsSource.NAME);
        return regions.stream()
                .map(region -> kind.binding()
                        .bind(kind.oneRegion() ? name : name + "/" + region, AwsAccess.of(region, values), values))
                .toList();
    }

    /** Every member that an entry may have, for people; where kinds have other defaults the meaning says so. */
    public static List<Explained> explained() {
        Map<String, Map<String, Setting<?>>> byKind = new LinkedHashMap<>();
        for (Setting<?> setting : OF_ALL) {
            KINDS.forEach(kind -> byKind.computeIfAbsent(setting.key(), unused -> new LinkedHashMap<>())
                    .put(kind.name(), setting));
        }
        for (AwsSource.Kind kind : KINDS) {
            kind.settings().forEach(setting -> byKind.computeIfAbsent(setting.key(), unused -> new LinkedHashMap<>())
                    .put(kind.name(), setting));
        }
        return byKind.values().stream().map(AwsSources::explained).toList();
    }

    private static Explained explained(Map<String, Setting<?>> byKind) {
        Setting<?> first = byKind.values().iterator().next();
        Set<String> defaults = byKind.values().stream()
                .map(setting -> setting.defaultText() == null ? "(required)" : setting.defaultText())
                .collect(Collectors.toSet());
        String meaning = first.meaning() + " (" + String.join(", ", new TreeSet<>(byKind.keySet())) + ")";
        return new Explained(
                SECTION + "[]." + first.key(),
                defaults.size() == 1 ? defaults.iterator().next() : "",
                "default",
                defaults.size() == 1 ? meaning : first.meaning() + ": " + differing(byKind) + kinds(byKind));
    }

    private static String differing(Map<String, Setting<?>> byKind) {
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        byKind.forEach((kind, setting) -> kinds.computeIfAbsent(
                        String.valueOf(setting.defaultText()), unused -> new ArrayList<>())
                .add(kind));
        return kinds.entrySet().stream()
                .map(each -> each.getKey() + " of " + String.join(" and ", each.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String kinds(Map<String, Setting<?>> byKind) {
        return " (" + String.join(", ", new TreeSet<>(byKind.keySet())) + ")";
    }
}
