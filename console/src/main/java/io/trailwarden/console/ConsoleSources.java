package io.trailwarden.console;

import io.trailwarden.console.source.ArchiveSource;
import io.trailwarden.console.source.LedgerView;
import io.trailwarden.console.source.Queries;
import io.trailwarden.console.source.Records;
import io.trailwarden.console.source.StoredFindings;
import io.trailwarden.detection.rules.LoadedRules;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whom the console asks. What is null is shown as not available here.
 *
 * @param records evidence
 * @param ledger what became of every record
 * @param queries analysts' SQL
 * @param findings what an empty store is filled from, before the topic is read
 * @param metrics the text of {@code /metrics}, in Prometheus' format
 * @param rules the rules that run, or null while they are not known; without it, they are read from Kafka
 */
public record ConsoleSources(
        @Nullable Records records,
        @Nullable LedgerView ledger,
        @Nullable Queries queries,
        @Nullable StoredFindings findings,
        @Nullable Supplier<String> metrics,
        @Nullable Supplier<@Nullable LoadedRules> rules) {

    /** All of it from the tables. */
    public static ConsoleSources of(ArchiveSource archive, @Nullable Supplier<String> metrics) {
        return new ConsoleSources(archive, archive, archive, archive, metrics, null);
    }

    /** Findings alone. */
    public static final ConsoleSources NONE = new ConsoleSources(null, null, null, null, null, null);
}
