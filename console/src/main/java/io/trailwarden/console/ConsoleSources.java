package io.trailwarden.console;

import io.trailwarden.console.source.LedgerView;
import io.trailwarden.console.source.Queries;
import io.trailwarden.console.source.Records;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whom the console asks. What is null is shown as not available here.
 *
 * @param records evidence
 * @param ledger what became of every record
 * @param queries analysts' SQL
 * @param metrics the text of {@code /metrics}, in Prometheus' format
 */
public record ConsoleSources(
        @Nullable Records records,
        @Nullable LedgerView ledger,
        @Nullable Queries queries,
        @Nullable Supplier<String> metrics) {

    /** Findings alone. */
    public static final ConsoleSources NONE = new ConsoleSources(null, null, null, null);
}
