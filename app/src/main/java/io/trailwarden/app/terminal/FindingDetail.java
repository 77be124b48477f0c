package io.trailwarden.app.terminal;

import io.trailwarden.event.Finding;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.sinks.StdoutSink;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** One finding with all that is known about it: what, why, expected and seen, what to do now. */
public final class FindingDetail {

    private static final int WIDTH = 110;
    private static final int NAMES = 22;

    private FindingDetail() {}

    /** Prints it, strangers' words made visible. */
    public static void print(Finding finding, PrintStream out, boolean colour) {
        out.println(StdoutSink.line(finding, colour));
        out.println();
        if (finding.suppression() != null) {
            wrapped("Suppressed: " + finding.suppression(), "", out);
            out.println();
        }
        wrapped(finding.words().description(), "", out);
        if (!finding.words().facts().isEmpty()) {
            out.println();
            for (Map.Entry<String, String> fact : finding.words().facts().entrySet()) {
                String name = VisibleText.of(fact.getKey());
                out.print(name + " ".repeat(Math.max(1, NAMES - name.length())));
                wrapped(fact.getValue(), " ".repeat(NAMES), out);
            }
        }
        steps(finding.words().nextSteps(), out);
        out.println();
        out.println(finding.evidence().count() + (finding.evidence().count() == 1 ? " event" : " events")
                + " from " + finding.evidence().first() + " to "
                + finding.evidence().last());
        finding.evidence().eventIds().forEach(id -> out.println("  " + VisibleText.of(id)));
    }

    private static void steps(List<String> steps, PrintStream out) {
        if (steps.isEmpty()) {
            return;
        }
        out.println();
        out.println("What to do now");
        for (int i = 0; i < steps.size(); i++) {
            out.print((i + 1) + ". ");
            wrapped(steps.get(i), "   ", out);
        }
    }

    /** Breaks between words; a longer word, such as an ARN, stays whole so that it can be copied. */
    private static void wrapped(String text, String indent, PrintStream out) {
        int column = indent.length();
        boolean first = true;
        for (String word : VisibleText.of(text).split(" ", -1)) {
            if (!first && column + 1 + word.length() > WIDTH) {
                out.println();
                out.print(indent);
                column = indent.length();
            } else if (!first) {
                out.print(' ');
                column++;
            }
            out.print(word);
            column += word.length();
            first = false;
        }
        out.println();
    }
}
