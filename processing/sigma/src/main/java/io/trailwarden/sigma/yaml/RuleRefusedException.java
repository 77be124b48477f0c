package io.trailwarden.sigma.yaml;

import io.trailwarden.sigma.parse.ParseOutcome;

/** Stops the reading of one document. The parser turns it into {@link ParseOutcome.Refused}. */
public final class RuleRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient RuleProblem problem;

    public RuleRefusedException(Position at, String message) {
        super(at + ": " + message);
        this.problem = new RuleProblem(at, message);
    }

    /** The problem, for people. */
    public RuleProblem problem() {
        return problem;
    }
}
