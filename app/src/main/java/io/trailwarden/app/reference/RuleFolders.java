package io.trailwarden.app.reference;

import io.trailwarden.app.config.Configuration.Maturity;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.sigma.parse.ParseOutcome;
import io.trailwarden.sigma.parse.SigmaParser;
import io.trailwarden.sigma.rule.RuleHeader.Status;
import io.trailwarden.sigma.yaml.Position;
import io.trailwarden.sigma.yaml.RuleProblem;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Folders of rule files; each file is an entry named by its path below its folder. Files with a rule that is not mature
 * enough are published too, but disabled, so that people see them.
 */
public final class RuleFolders implements ReferenceSource {

    private static final long MAX_BYTES = 1024 * 1024;

    private final List<Path> folders;
    private final Maturity least;
    private final Clock clock;

    /**
     * The rules in these folders and all folders in them.
     *
     * @param least the least mature rules that run
     */
    public RuleFolders(List<Path> folders, Maturity least, Clock clock) {
        this.folders = List.copyOf(folders);
        this.least = least;
        this.clock = clock;
    }

    @Override
    public List<ReferenceEntry> read(List<ConfigProblem> problems) {
        List<ReferenceEntry> entries = new ArrayList<>();
        for (Path folder : folders) {
            try {
                for (Path file : files(folder)) {
                    entries.add(read(folder.relativize(file).toString().replace('\\', '/'), file));
                }
            } catch (IOException e) {
                problems.add(new ConfigProblem(folder.toString(), "cannot be read: " + e));
            }
        }
        return entries;
    }

    /** A file that cannot be read is refused like one that can and is wrong: it stops no other. */
    private ReferenceEntry read(String name, Path file) {
        String why;
        try {
            if (Files.size(file) <= MAX_BYTES) {
                String yaml = Files.readString(file, StandardCharsets.UTF_8);
                return LoadedRules.entry(name, yaml, isMature(name, yaml), clock.instant());
            }
            why = "larger than " + MAX_BYTES + " bytes";
        } catch (MalformedInputException e) {
            why = "not UTF-8 (expected: YAML in UTF-8)";
        } catch (IOException e) {
            why = "cannot be read: " + e;
        }
        RuleProblem problem = new RuleProblem(new Position(name, 1, 1), why);
        return LoadedRules.refused(name, null, List.of(problem), clock.instant());
    }

    @Override
    public String fingerprint() {
        StringBuilder fingerprint = new StringBuilder();
        for (Path folder : folders) {
            try {
                for (Path file : files(folder)) {
                    fingerprint
                            .append(file)
                            .append(' ')
                            .append(Files.getLastModifiedTime(file).toMillis())
                            .append(' ')
                            .append(Files.size(file))
                            .append('\n');
                }
            } catch (IOException e) {
                fingerprint.append("absent\n");
            }
        }
        return fingerprint.toString();
    }

    /** A file that cannot be read as rules is left on: loading it says what is wrong with it. */
    private boolean isMature(String name, String yaml) {
        return SigmaParser.parse(name, yaml).stream()
                .filter(ParseOutcome.Parsed.class::isInstance)
                .map(outcome ->
                        ((ParseOutcome.Parsed) outcome).document().header().status())
                .allMatch(this::isMature);
    }

    private boolean isMature(@Nullable Status status) {
        if (status == null || status == Status.STABLE) {
            return true;
        }
        return status == Status.TEST
                ? least.compareTo(Maturity.TEST) >= 0
                : status == Status.EXPERIMENTAL && least == Maturity.EXPERIMENTAL;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder, 16, new FileVisitOption[0])) {
            return tree.filter(RuleFolders::isRule)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isRule(Path file) {
        String name = file.getFileName().toString();
        return (name.endsWith(".yml") || name.endsWith(".yaml"))
                && !name.endsWith(".test.yml")
                && !name.endsWith(".test.yaml");
    }
}
