package io.trailwarden.console.rules;

import io.trailwarden.console.stages.StageReport;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.detection.rules.RuleStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every rule of the running job and what became of it.
 *
 * @param numbers how many rules are in each state
 * @param rules what failed first, then what is muted, then what is staged, then the others by file
 */
public record RuleTable(Map<State, Integer> numbers, List<Row> rules) {

    private static final String STAGED = "staged.";
    private static final String MUTED = "muted.";

    /** What a rule does, worst first. */
    public enum State {
        FAILED,
        /** It runs, and some of its findings were held back because it floods. */
        MUTED,
        STAGED,
        LOADED,
        DISABLED
    }

    /**
     * One rule, or a file without any that can be read.
     *
     * @param count findings that were held back, of a muted one; matches or findings counted, of a staged one; since the
     *     job's last start; null of others, and while the job has not said
     */
    public record Row(
            String file,
            int line,
            int column,
            String rule,
            String title,
            String level,
            boolean correlation,
            State state,
            @Nullable Long count,
            String detail) {}

    /**
     * Puts together what loading says and what the job counts.
     *
     * @param numbers the job's numbers by name, summed over its parts and subtasks
     */
    public static RuleTable of(LoadedRules rules, Map<String, Long> numbers) {
        Map<State, Integer> totals = new TreeMap<>();
        List<Row> rows = new ArrayList<>();
        for (RuleStatus status : rules.status()) {
            boolean runs = status.state() == RuleStatus.State.LOADED;
            Long muted = runs ? numbers.get(MUTED + status.rule()) : null;
            State state =
                    muted != null ? State.MUTED : State.valueOf(status.state().name());
            rows.add(new Row(
                    status.file(),
                    status.at().line(),
                    status.at().column(),
                    status.rule(),
                    status.title(),
                    status.level(),
                    status.correlation(),
                    state,
                    state == State.STAGED ? numbers.get(STAGED + status.rule()) : muted,
                    status.detail()));
            totals.merge(state, 1, Integer::sum);
        }
        rows.sort(
                Comparator.comparing((Row row) -> row.state().compareTo(State.LOADED) < 0 ? row.state() : State.LOADED)
                        .thenComparing(Row::file)
                        .thenComparing(Row::line));
        return new RuleTable(totals, rows);
    }

    /** What {@link #of} needs of the job's numbers. */
    public static Map<String, Long> numbers(@Nullable StageReport report) {
        Map<String, Long> numbers = new TreeMap<>();
        if (report != null) {
            report.job().forEach(part -> part.numbers().forEach((name, value) -> {
                if (counts(name)) {
                    numbers.merge(name, value, Long::sum);
                }
            }));
        }
        return numbers;
    }

    /** Whether a number of the job is about one rule. */
    public static boolean counts(String name) {
        return name.startsWith(STAGED) || name.startsWith(MUTED);
    }
}
