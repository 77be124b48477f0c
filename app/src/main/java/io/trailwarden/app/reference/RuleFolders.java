package io.trailwarden.app.reference;

import io.trailwarden.app.config.ConfigProblem;
import io.trailwarden.detection.sigma.LoadedRules;
import io.trailwarden.event.ReferenceEntry;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Folders of rule files; each file is an entry named by its path below its folder. */
public final class RuleFolders implements ReferenceSource {

    private static final long MAX_BYTES = 1024 * 1024;

    private final List<Path> folders;
    private final Clock clock;

    /** The rules in these folders and all folders in them. */
    public RuleFolders(List<Path> folders, Clock clock) {
        this.folders = List.copyOf(folders);
        this.clock = clock;
    }

    @Override
    public List<ReferenceEntry> read(List<ConfigProblem> problems) {
        List<ReferenceEntry> entries = new ArrayList<>();
        for (Path folder : folders) {
            try {
                for (Path file : files(folder)) {
                    if (Files.size(file) > MAX_BYTES) {
                        problems.add(new ConfigProblem(file.toString(), "larger than " + MAX_BYTES + " bytes"));
                        continue;
                    }
                    String name = folder.relativize(file).toString().replace('\\', '/');
                    entries.add(LoadedRules.entry(name, Files.readString(file), true, clock.instant()));
                }
            } catch (IOException e) {
                problems.add(new ConfigProblem(folder.toString(), "cannot be read: " + e));
            }
        }
        return entries;
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
