package io.trailwarden.app.reference;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.config.ReferenceFile;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.settings.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The sections {@code accounts}, {@code expectations}, {@code state-machines}, {@code detections} and
 * {@code suppressions} of the configuration and of the files it names.
 *
 * <p>What an entry says is checked by the detections themselves, so a misspelt member is known with its file and line
 * before anything runs.
 */
public final class ReferenceFiles implements ReferenceSource {

    private final List<Path> files;
    private final Path main;
    private final Clock clock;

    /** The files of this configuration. */
    public ReferenceFiles(Configuration config, Clock clock) {
        this.files = config.reference().files();
        this.main = config.file() == null ? Path.of("") : config.file();
        this.clock = clock;
    }

    @Override
    public List<ReferenceEntry> read(List<ConfigProblem> problems) {
        List<ReferenceFile.Located> located = new ArrayList<>();
        for (Path file : files) {
            located.addAll(ReferenceFile.read(file, file.equals(main), clock.instant(), problems));
        }
        Map<String, ReferenceFile.Located> byKey = ReferenceFile.byKey(located, problems);
        List<ReferenceEntry> entries =
                byKey.values().stream().map(ReferenceFile.Located::entry).toList();
        for (Reference.Failure failure : Reference.EMPTY.withAll(entries).failures()) {
            ReferenceFile.Located entry = byKey.get(failure.kind() + " " + failure.key());
            problems.add(new ConfigProblem(
                    entry == null ? "reference data" : entry.place(), failure.key() + ": " + failure.message()));
        }
        return entries;
    }

    @Override
    public String fingerprint() {
        StringBuilder fingerprint = new StringBuilder();
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                fingerprint.append(attributes.lastModifiedTime()).append(' ').append(attributes.size());
            } catch (IOException e) {
                fingerprint.append("absent");
            }
            fingerprint.append('\n');
        }
        return fingerprint.toString();
    }
}
