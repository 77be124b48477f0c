package io.trailwarden.app.command.custody;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.Since;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.PipelineException;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.ingest.aws.AwsSource;
import io.trailwarden.ingest.aws.Pause;
import io.trailwarden.ingest.custody.DigestBucket;
import io.trailwarden.ingest.custody.DigestFile;
import io.trailwarden.ingest.custody.DigestFolder;
import io.trailwarden.ingest.custody.ObjectHash;
import io.trailwarden.ingest.custody.PublicKeys;
import io.trailwarden.ingest.s3.BucketSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where {@code custody verify} gets digests and keys: a folder, a bucket, or a configured input. */
final class DigestOptions {

    @Option(
            names = "--digests",
            paramLabel = "FOLDER",
            description = "A copy of the digests; the signature of the newest lies beside it in DIGEST.sig.")
    @Nullable
    Path folder;

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            description = "With --digests: the output of aws cloudtrail list-public-keys.")
    @Nullable
    Path keys;

    @Option(
            names = "--from",
            paramLabel = "NAME",
            description = "Fetch digests and keys as the configured input of kind s3 and this name says.")
    @Nullable
    String input;

    @Option(names = "--bucket", paramLabel = "BUCKET", description = "Fetch digests from this bucket, and their keys.")
    @Nullable
    String bucket;

    @Option(names = "--region", paramLabel = "REGION", description = "With --bucket: the bucket's Region.")
    @Nullable
    String region;

    @Option(
            names = "--prefix",
            paramLabel = "PREFIX",
            description = "With --bucket or --from: only digests below this key prefix (default: AWSLogs/).")
    List<String> prefixes = List.of();

    @Option(names = "--profile", paramLabel = "PROFILE", description = "With --bucket: a profile of AWS's files.")
    @Nullable
    String profile;

    @Option(names = "--role", paramLabel = "ARN", description = "With --bucket: a role to assume.")
    @Nullable
    String role;

    @Option(names = "--external-id", paramLabel = "TEXT", description = "With --role: what its trust policy asks for.")
    @Nullable
    String externalId;

    @Option(names = "--endpoint", paramLabel = "URL", description = "With --bucket: called in place of AWS.")
    @Nullable
    URI endpoint;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            defaultValue = "7d",
            description = "With --bucket or --from: how far back, such as 24h or 2026-03-01T00:00:00Z (default: 7d).")
    String since = "7d";

    @Option(
            names = "--bucket-objects",
            description = "With --bucket or --from: verify the objects in the bucket instead of those that are stored.")
    boolean bucketObjects;

    /**
     * What was found.
     *
     * @param objects in the bucket; null if they were not asked for
     */
    record Found(List<DigestFile> digests, PublicKeys keys, @Nullable List<ObjectHash> objects) {}

    private record Place(AwsAccess access, List<String> buckets, @Nullable String owner, List<String> prefixes) {}

    Found find(ConfigOptions options, Io io, CommandSpec spec) throws IOException, InterruptedException {
        long ways = List.of(folder != null, input != null, bucket != null).stream()
                .filter(Boolean::booleanValue)
                .count();
        if (ways != 1) {
            throw new ParameterException(spec.commandLine(), "one of --digests, --from and --bucket is needed");
        }
        if (folder != null) {
            if (keys == null || bucketObjects) {
                throw new ParameterException(
                        spec.commandLine(),
                        keys == null ? "--digests needs --keys" : "--bucket-objects needs a bucket");
            }
            return new Found(DigestFolder.read(folder), PublicKeys.read(Files.readAllBytes(keys)), null);
        }
        Place place = input == null ? given(spec) : configured(options.read(io), input);
        Instant start = Since.parse(spec, io.clock(), since);
        List<DigestFile> digests = new ArrayList<>();
        List<ObjectHash> objects = new ArrayList<>();
        PublicKeys found = new PublicKeys();
        try (AwsSessions sessions = new AwsSessions(io.clock(), Pause.SLEEP);
                DigestBucket aws = new DigestBucket("custody", sessions, place.access(), place.owner())) {
            for (String one : place.buckets()) {
                digests.addAll(aws.digests(one, place.prefixes(), start, found));
                if (bucketObjects) {
                    objects.addAll(aws.objects(one, place.prefixes(), start));
                }
            }
        } catch (IngestException e) {
            throw new PipelineException(e.getMessage(), e);
        }
        return new Found(digests, found, bucketObjects ? objects : null);
    }

    private Place given(CommandSpec spec) {
        if (region == null) {
            throw new ParameterException(spec.commandLine(), "--bucket needs --region");
        }
        try {
            return new Place(
                    new AwsAccess(region, profile, role, externalId, endpoint),
                    List.of(String.valueOf(bucket)),
                    null,
                    slashed());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Place configured(Configuration config, String name) {
        List<String> names = new ArrayList<>();
        for (AwsSource one : config.inputs().aws()) {
            if (one instanceof BucketSource found) {
                if (found.source().equals("s3:" + name)) {
                    List<String> usual = found.custody() == null
                            ? List.of("AWSLogs/")
                            : found.custody().prefixes();
                    return new Place(
                            found.access(),
                            List.copyOf(new TreeSet<>(found.config().buckets())),
                            found.config().owner(),
                            prefixes.isEmpty() ? usual : slashed());
                }
                names.add(found.source().substring("s3:".length()));
            }
        }
        throw new PipelineException(
                "--from: \"" + name + "\" (expected: an input of kind s3"
                        + (names.isEmpty() ? ", and none is configured" : ", one of " + String.join(", ", names)) + ")",
                null);
    }

    private List<String> slashed() {
        return prefixes.isEmpty()
                ? List.of("AWSLogs/")
                : prefixes.stream()
                        .map(prefix -> prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + '/')
                        .toList();
    }
}
