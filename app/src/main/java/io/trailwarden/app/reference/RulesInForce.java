package io.trailwarden.app.reference;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.sigma.yaml.Position;
import io.trailwarden.sigma.yaml.RuleProblem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every rule file as it was when it was last good, and that version in force while the file is broken: an edit
 * never takes a running rule away, neither its own nor, by an id or a name, one of another file.
 *
 * <p>Whether edits are good is judged for all of them together, so that files that only fit each other (a rule renamed
 * here, the correlation over it there) come into force at once. What is remembered survives a restart: a broken file
 * on disk means then what it meant before. A file without a good version comes into force as far as it can be read,
 * unless that would stop a rule that runs.
 */
final class RulesInForce {

    private static final Logger LOG = LoggerFactory.getLogger(RulesInForce.class);

    private final Path remembered;
    private final Map<String, ReferenceEntry> good = new TreeMap<>();

    /** What was in force according to this file, which need not exist. */
    RulesInForce(Path remembered) {
        this.remembered = remembered;
        try {
            if (Files.exists(remembered)) {
                for (String line : Files.readAllLines(remembered, StandardCharsets.UTF_8)) {
                    ReferenceEntry entry = RecordCodec.REFERENCE.decode(line.getBytes(StandardCharsets.UTF_8));
                    good.put(entry.key(), entry);
                }
            }
        } catch (IOException | MalformedRecordException e) {
            LOG.warn(
                    "{} cannot be read; rule files that are broken now have no version to fall back on", remembered, e);
        }
    }

    /** The entries that are to be in force: those of good files, and of broken ones what was before. */
    List<ReferenceEntry> settle(Collection<ReferenceEntry> files) {
        Map<String, ReferenceEntry> now = new TreeMap<>();
        files.forEach(entry -> now.put(entry.key(), entry));
        Map<String, ReferenceEntry> before = new TreeMap<>(good);
        before.keySet().retainAll(now.keySet());
        Trial trial = new Trial(before, now);
        trial.run();
        Map<String, List<RuleProblem>> wrong = problems(trial.entries.values());
        Map<String, ReferenceEntry> goodNow = new TreeMap<>();
        List<ReferenceEntry> inForce = new ArrayList<>();
        now.forEach((file, entry) -> {
            ReferenceEntry kept = before.get(file);
            List<RuleProblem> refused = trial.refused.get(file);
            if (refused != null) {
                refused.forEach(problem -> LOG.warn("A changed rule file is not in force: {}", problem));
                inForce.add(LoadedRules.refused(file, kept, refused, entry.seenAt()));
                if (kept != null) {
                    goodNow.put(file, kept);
                }
            } else {
                inForce.add(entry);
                if (!wrong.containsKey(file)) {
                    goodNow.put(file, entry);
                } else if (kept != null) {
                    goodNow.put(file, kept);
                }
            }
        });
        remember(goodNow);
        return inForce;
    }

    /** Finds out which files can be in force together. */
    private static final class Trial {

        private final Map<String, ReferenceEntry> before;
        private final Map<String, ReferenceEntry> edits = new TreeMap<>();
        private final Map<String, List<RuleProblem>> accepted;
        private final Map<String, List<RuleProblem>> refused = new TreeMap<>();
        private Map<String, ReferenceEntry> entries;

        Trial(Map<String, ReferenceEntry> before, Map<String, ReferenceEntry> now) {
            this.before = before;
            this.entries = new TreeMap<>(now);
            now.forEach((file, entry) -> {
                if (!sameBody(before.get(file), entry)) {
                    edits.put(file, entry);
                }
            });
            this.accepted = edits.isEmpty() ? Map.of() : problems(before.values());
        }

        /** All edits at once, without those that are broken themselves; if that harms others, one after the other. */
        void run() {
            boolean again = !edits.isEmpty();
            while (again) {
                Map<String, List<RuleProblem>> wrong = problems(entries.values());
                again = edits.keySet().removeIf(file -> before.containsKey(file) && refuse(file, wrong.get(file)));
                if (!again && harm(wrong) != null) {
                    oneByOne();
                }
            }
        }

        /** Puts a broken edit back; says whether it was one. */
        private boolean refuse(String file, @Nullable List<RuleProblem> problems) {
            if (problems == null) {
                return false;
            }
            ReferenceEntry kept = before.get(file);
            String consequence =
                    kept == null ? " (the file is left out)" : " (the file as it was before stays in force)";
            refused.put(
                    file,
                    problems.stream()
                            .map(problem -> new RuleProblem(problem.at(), problem.message() + consequence))
                            .toList());
            if (kept == null) {
                entries.remove(file);
            } else {
                entries.put(file, kept);
            }
            return true;
        }

        /** What is wrong with a file that was not edited, and was not before; null if nothing. */
        private @Nullable RuleProblem harm(Map<String, List<RuleProblem>> wrong) {
            for (Map.Entry<String, List<RuleProblem>> file : wrong.entrySet()) {
                int known = accepted.getOrDefault(file.getKey(), List.of()).size();
                if (before.containsKey(file.getKey())
                        && !edits.containsKey(file.getKey())
                        && file.getValue().size() > known) {
                    return file.getValue().get(known);
                }
            }
            return null;
        }

        private void oneByOne() {
            Map<String, ReferenceEntry> waiting = new TreeMap<>(edits);
            entries.keySet().removeAll(edits.keySet());
            before.forEach(entries::putIfAbsent);
            edits.clear();
            Map<String, List<RuleProblem>> why = new TreeMap<>();
            boolean progress = true;
            while (progress) {
                progress = waiting.entrySet().removeIf(edit -> {
                    String file = edit.getKey();
                    ReferenceEntry kept = entries.put(file, edit.getValue());
                    edits.put(file, edit.getValue());
                    Map<String, List<RuleProblem>> wrong = problems(entries.values());
                    RuleProblem harm = harm(wrong);
                    edits.remove(file);
                    List<RuleProblem> own = wrong.get(file);
                    if (harm == null && (own == null || kept == null)) {
                        return true;
                    }
                    if (kept == null) {
                        entries.remove(file);
                    } else {
                        entries.put(file, kept);
                    }
                    why.put(
                            file,
                            harm == null
                                    ? own
                                    : List.of(new RuleProblem(
                                            new Position(file, 1, 1), "would stop a rule that runs: " + harm)));
                    return false;
                });
            }
            waiting.keySet().forEach(file -> refuse(file, why.get(file)));
        }
    }

    private static boolean sameBody(@Nullable ReferenceEntry one, ReferenceEntry other) {
        return one != null && String.valueOf(one.body()).equals(other.body());
    }

    /** What the job will find wrong with these files, by file. */
    private static Map<String, List<RuleProblem>> problems(Collection<ReferenceEntry> entries) {
        Map<String, List<RuleProblem>> problems = new TreeMap<>();
        for (RuleProblem problem :
                LoadedRules.of(Reference.EMPTY.withAll(entries), null).problems()) {
            problems.computeIfAbsent(problem.at().file(), file -> new ArrayList<>())
                    .add(problem);
        }
        return problems;
    }

    private void remember(Map<String, ReferenceEntry> now) {
        boolean same = good.keySet().equals(now.keySet())
                && now.entrySet().stream().allMatch(entry -> sameBody(good.get(entry.getKey()), entry.getValue()));
        if (same) {
            return;
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        now.values().forEach(entry -> {
            lines.writeBytes(RecordCodec.REFERENCE.encode(entry));
            lines.write('\n');
        });
        try {
            Path temporary = remembered.resolveSibling(remembered.getFileName() + ".new");
            Files.write(temporary, lines.toByteArray());
            Files.move(temporary, remembered, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(remembered + " cannot be written", e);
        }
        good.clear();
        good.putAll(now);
    }
}
