package io.trailwarden.settings;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used; the message lists every problem found, one a line. */
public final class BadConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    /** All problems, in the order of the file. */
    public BadConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
