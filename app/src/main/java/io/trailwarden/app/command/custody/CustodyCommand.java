package io.trailwarden.app.command.custody;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.pipeline.StoredTables;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.JsonOut;
import io.trailwarden.app.terminal.TextTable;
import io.trailwarden.ingest.custody.Custody;
import io.trailwarden.ingest.custody.DigestFolder;
import io.trailwarden.ingest.custody.ObjectHash;
import io.trailwarden.ingest.custody.Problem;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code custody}: whether what is stored is what CloudTrail wrote. */
@Command(
        name = "custody",
        mixinStandardHelpOptions = true,
        description = "Verifies CloudTrail's digests and what they prove.",
        synopsisSubcommandLabel = "verify",
        footer = {
            "",
            "Examples:",
            "  trailwarden custody verify --data d --from organization        what is stored, by the configured input",
            "  trailwarden custody verify --bucket BUCKET --region eu-west-1 --bucket-objects --since 24h",
            "",
            "Without access to AWS, from a copy:",
            "  aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail-Digest digests/AWSLogs/ACCOUNT/CloudTrail-Digest",
            "  aws cloudtrail list-public-keys --start-time 2026-03-01 > keys.json",
            "  trailwarden custody verify --data d --digests digests/ --keys keys.json"
        })
public final class CustodyCommand implements Runnable {

    private final Io io;

    @Spec
    CommandSpec spec;

    public CustodyCommand(Io io) {
        this.io = io;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "verify is missing");
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Prints which stored records are proven, by which digest, and what is not as it was signed.",
                "Exit code 1 when anything was altered, moved, removed, added or cannot be verified."
            })
    int verify(
            @Mixin ConfigOptions options,
            @Mixin DigestOptions digests,
            @Option(
                            names = "--objects",
                            paramLabel = "FOLDER",
                            description = "Verify the objects in this folder instead of those that are stored.")
                    @Nullable
                    Path objects,
            @Option(names = "--json", description = "Print JSON.") boolean json)
            throws IOException, InterruptedException {
        DigestOptions.Found found = digests.find(options, io, spec);
        Map<ObjectHash, Long> records = objects != null
                ? uncounted(DigestFolder.objects(objects))
                : found.objects() != null ? uncounted(found.objects()) : stored(options);
        Custody.Report report = Custody.verify(found.digests(), new ArrayList<>(records.keySet()), found.keys());
        if (json) {
            io.out()
                    .println(JsonOut.document(
                            json(report, records, found.digests().size())));
        } else {
            print(report, records, found.digests().size());
        }
        return report.problems().isEmpty() ? ExitCode.FINE : ExitCode.FAILED;
    }

    private Map<ObjectHash, Long> stored(ConfigOptions options) throws IOException {
        Map<ObjectHash, Long> records = new HashMap<>();
        try (Archive archive = StoredTables.open(options.read(io))) {
            for (Ledger.ReceivedObject object : archive.ledger().receivedObjects()) {
                records.merge(new ObjectHash(object.object(), object.sha256()), object.records(), Math::max);
            }
        }
        return records;
    }

    /** Objects whose records nobody has counted. */
    private static Map<ObjectHash, Long> uncounted(List<ObjectHash> objects) {
        Map<ObjectHash, Long> records = new HashMap<>();
        objects.forEach(object -> records.put(object, 0L));
        return records;
    }

    private static long proven(Custody.Report report, Map<ObjectHash, Long> records) {
        return report.proven().keySet().stream().mapToLong(records::get).sum();
    }

    private void print(Custody.Report report, Map<ObjectHash, Long> records, int digests) {
        Map<String, long[]> byDigest = new TreeMap<>();
        report.proven().forEach((object, digest) -> {
            long[] sums = byDigest.computeIfAbsent(digest, unused -> new long[2]);
            sums[0]++;
            sums[1] += records.getOrDefault(object, 0L);
        });
        TextTable proofs = new TextTable("digest", "objects", "records");
        byDigest.forEach((digest, sums) -> proofs.row(digest, Long.toString(sums[0]), Long.toString(sums[1])));
        proofs.print(io.out());
        if (!report.problems().isEmpty()) {
            TextTable problems = new TextTable("problem", "object", "message");
            report.problems().forEach(problem -> problems.row(name(problem), problem.object(), problem.message()));
            io.out().println();
            problems.print(io.out());
        }
        io.out()
                .printf(
                        Locale.ROOT,
                        "%n%,d of %,d digests and %,d of %,d objects (%,d of %,d records) are proven; %,d problems.%n",
                        report.digests(),
                        digests,
                        report.proven().size(),
                        records.size(),
                        proven(report, records),
                        records.values().stream().mapToLong(Long::longValue).sum(),
                        report.problems().size());
    }

    private static ObjectNode json(Custody.Report report, Map<ObjectHash, Long> records, int digests) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("digests", digests)
                .put("provenDigests", report.digests())
                .put("objects", records.size())
                .put("provenObjects", report.proven().size())
                .put(
                        "records",
                        records.values().stream().mapToLong(Long::longValue).sum())
                .put("provenRecords", proven(report, records));
        ArrayNode proofs = json.putArray("proofs");
        report.proven().entrySet().stream()
                .sorted(Map.Entry.comparingByKey(java.util.Comparator.comparing(ObjectHash::object)))
                .forEach(proof -> proofs.addObject()
                        .put("object", proof.getKey().object())
                        .put("sha256", proof.getKey().sha256())
                        .put("digest", proof.getValue()));
        ArrayNode problems = json.putArray("problems");
        report.problems().forEach(problem -> problems.addObject()
                .put("problem", name(problem))
                .put("object", problem.object())
                .put("digest", problem.digest())
                .put("message", problem.message()));
        return json;
    }

    private static String name(Problem problem) {
        return problem.what().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
