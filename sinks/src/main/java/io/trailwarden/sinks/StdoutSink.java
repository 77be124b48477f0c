package io.trailwarden.sinks;

import io.trailwarden.event.Finding;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.text.VisibleText;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * One line per finding on a terminal or in a pipe. Every part that a stranger may have written is shown by
 * {@link VisibleText}, so a line stays a line and nothing in it moves the cursor.
 */
public final class StdoutSink implements FindingSink {

    /** The sink's name, as the configuration knows it. */
    public static final String NAME = "stdout";

    /** For so long a finding that only grows is not printed again for people. */
    static final Duration GROWTH = Duration.ofSeconds(30);

    private static final int REMEMBERED = 10_000;

    private final PrintStream out;
    private final Function<Finding, String> form;
    private final boolean everyRevision;

    /** The revision printed last, of the findings printed last. */
    private final Map<String, Finding> printed = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Finding> eldest) {
            return size() > REMEMBERED;
        }
    };

    private StdoutSink(PrintStream out, Function<Finding, String> form, boolean everyRevision) {
        this.out = out;
        this.form = form;
        this.everyRevision = everyRevision;
    }

    /**
     * For people. A finding that only grows is printed again after {@link #GROWTH} at the earliest; one that becomes
     * better or worse, is suppressed or withdrawn, at once.
     *
     * @param colour whether severities are coloured; false for pipes and where NO_COLOR is set
     */
    public static StdoutSink lines(PrintStream out, boolean colour) {
        return new StdoutSink(out, finding -> line(finding, colour), false);
    }

    /** For scripts: every revision as JSON on a line, in ASCII. */
    public static StdoutSink json(PrintStream out) {
        return new StdoutSink(out, StdoutSink::json, true);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Batching batching() {
        return new Batching(1000, Duration.ZERO);
    }

    @Override
    public List<Refused> deliver(List<Finding> batch) throws SinkUnavailableException {
        StringBuilder lines = new StringBuilder();
        for (Finding finding : batch) {
            if (everyRevision || isNews(finding)) {
                lines.append(form.apply(finding)).append('\n');
            }
        }
        out.print(lines);
        out.flush();
        if (out.checkError()) {
            throw new SinkUnavailableException("standard output is closed", new IllegalStateException("write failed"));
        }
        return List.of();
    }

    private boolean isNews(Finding finding) {
        Finding before = printed.get(finding.id());
        boolean news = before == null
                || before.detection().severity() != finding.detection().severity()
                || before.state() != finding.state()
                || !Objects.equals(before.suppression(), finding.suppression())
                || !finding.detectedAt().isBefore(before.detectedAt().plus(GROWTH));
        if (news) {
            printed.put(finding.id(), finding);
        }
        return news;
    }

    /** The finding on one line, without its line end. */
    public static String line(Finding finding, boolean colour) {
        StringBuilder line = new StringBuilder(160)
                .append(time(finding.evidence().last()))
                .append("  ")
                .append(severity(finding, colour))
                .append("  ")
                .append(VisibleText.of(finding.words().title()));
        if (finding.subject().account() != null && !finding.subject().account().isEmpty()) {
            line.append("  account ").append(VisibleText.of(finding.subject().account()));
        }
        if (finding.subject().region() != null && !finding.subject().region().isEmpty()) {
            line.append("  ").append(VisibleText.of(finding.subject().region()));
        }
        if (finding.subject().principal() != null
                && !finding.subject().principal().isEmpty()) {
            line.append("  by ").append(VisibleText.of(finding.subject().principal()));
        }
        return line.append("  [")
                .append(VisibleText.of(finding.detection().name()))
                .append(' ')
                .append(VisibleText.of(shortened(finding.id())))
                .append(']')
                .toString();
    }

    /** The finding as JSON on one line, in ASCII, without its line end. */
    public static String json(Finding finding) {
        String json = new String(RecordCodec.FINDING.encode(finding), StandardCharsets.UTF_8);
        StringBuilder ascii = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c < 0x7f) {
                ascii.append(c);
            } else {
                ascii.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return ascii.toString();
    }

    private static String shortened(String id) {
        return id.substring(0, Math.min(12, id.length()));
    }

    private static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String severity(Finding finding, boolean colour) {
        if (finding.state() == Finding.State.WITHDRAWN) {
            return "withdrawn    ";
        }
        if (finding.suppression() != null) {
            return "suppressed   ";
        }
        String name = String.format(
                Locale.ROOT, "%-13s", finding.detection().severity().name().toLowerCase(Locale.ROOT));
        if (!colour) {
            return name;
        }
        String code =
                switch (finding.detection().severity()) {
                    case CRITICAL -> "1;35";
                    case HIGH -> "31";
                    case MEDIUM -> "33";
                    case LOW -> "36";
                    case INFORMATIONAL -> "2";
                };
        return "\u001b[" + code + 'm' + name + "\u001b[0m";
    }

    /** Leaves the stream open: it is not ours. */
    @Override
    public void close() {}
}
