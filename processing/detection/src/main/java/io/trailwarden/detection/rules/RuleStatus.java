package io.trailwarden.detection.rules;

import io.trailwarden.sigma.rule.CorrelationRule;
import io.trailwarden.sigma.rule.RuleHeader;
import io.trailwarden.sigma.rule.SigmaDocument;
import io.trailwarden.sigma.yaml.Position;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of one rule, or of one file that holds none that can be read.
 *
 * @param at where the rule begins; of a failed one, where it fails
 * @param rule what people call the rule; empty where the file cannot be read so far
 * @param title empty where the file cannot be read so far
 * @param level the rule's own, in lower case; empty without one
 * @param correlation whether it is one
 * @param detail why it failed, or does not run; else empty
 */
public record RuleStatus(
        Position at, String rule, String title, String level, boolean correlation, State state, String detail) {

    /** What a rule does. */
    public enum State {
        /** It runs and reports. */
        LOADED,
        /** It runs and is counted, but reports nothing until it is promoted. */
        STAGED,
        /** It is there and does not run. */
        DISABLED,
        /** It cannot run. */
        FAILED
    }

    static RuleStatus of(RuleHeader header, boolean correlation, State state, String detail) {
        return new RuleStatus(
                header.at(),
                header.handle(),
                header.title(),
                header.level() == null ? "" : header.level().name().toLowerCase(Locale.ROOT),
                correlation,
                state,
                detail);
    }

    /** One that is switched off; a rule runs or not by how mature it is. */
    static RuleStatus disabled(SigmaDocument document) {
        RuleHeader header = document.header();
        RuleHeader.@Nullable Status maturity = header.status();
        return of(
                header,
                document instanceof CorrelationRule,
                State.DISABLED,
                maturity == null ? "" : "status: " + maturity.name().toLowerCase(Locale.ROOT));
    }

    static RuleStatus without(Position at, State state, String detail) {
        return new RuleStatus(at, "", "", "", false, state, detail);
    }

    /** The entry's name. */
    public String file() {
        return at.file();
    }

    @Override
    public String toString() {
        return at + ": " + state.name().toLowerCase(Locale.ROOT)
                + (rule.isEmpty() ? "" : " " + rule)
                + (detail.isEmpty() ? "" : ": " + detail);
    }
}
