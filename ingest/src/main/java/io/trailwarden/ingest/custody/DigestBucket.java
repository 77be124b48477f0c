package io.trailwarden.ingest.custody;

import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSession;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.ingest.format.ObjectContent;
import io.trailwarden.ingest.format.ObjectLimits;
import io.trailwarden.ingest.format.Unpacker;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.cloudtrail.model.GetTrailStatusResponse;
import software.amazon.awssdk.services.cloudtrail.model.PublicKey;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** Digests, the objects they name, and what CloudTrail says of its keys and trails, where they are: in AWS. */
public final class DigestBucket implements AutoCloseable {

    /** Digests are small: the largest names the objects of one hour. */
    private static final ObjectLimits DIGEST = new ObjectLimits(64 << 20, ObjectLimits.DEFAULT.maxRatio());

    /** Around the time of a signature the keys that were valid are asked for (AWS CLI, {@code validate-logs}). */
    private static final Duration AROUND = Duration.ofHours(1);

    /** Nothing is made up for later than this. */
    private static final Duration LATEST = Duration.ofDays(366);

    /** The first digest names objects that were delivered in the hour before it. */
    private static final Duration BEFORE = Duration.ofHours(2);

    private static final String SIGNATURE = "signature";
    private static final String BACKFILLED = "backfill-generation-timestamp";

    /** An object as it is listed; what is not the same in all of this is not the same object. */
    record Listed(String key, String etag, Instant modified) {}

    /**
     * A digest as it is.
     *
     * @param signed about when
     */
    record Fetched(DigestFile file, Instant signed) {}

    private final String source;
    private final AwsSessions sessions;
    private final AwsAccess access;
    private final @Nullable String owner;
    private final Unpacker digests = new Unpacker(DIGEST);
    private final Unpacker objects = new Unpacker(ObjectLimits.DEFAULT);

    /**
     * Calls with this access.
     *
     * @param source for messages
     * @param owner account that must own the buckets, checked by S3 itself; null: not checked
     */
    public DigestBucket(String source, AwsSessions sessions, AwsAccess access, @Nullable String owner) {
        this.source = source;
        this.sessions = sessions;
        this.access = access;
        this.owner = owner;
    }

    /** AWS's time. */
    Instant now() {
        return session().now();
    }

    /**
     * All digests below these prefixes that were made since then.
     *
     * @param keys gets the keys that they name, as far as CloudTrail knows them
     * @throws IngestException if AWS does not answer or refuses
     */
    public List<DigestFile> digests(String bucket, List<String> prefixes, Instant since, PublicKeys keys)
            throws IngestException, InterruptedException {
        List<DigestFile> found = new ArrayList<>();
        for (TrailFolder folder : folders(bucket, prefixes)) {
            Set<String> asked = new HashSet<>();
            for (Listed listed : list(bucket, folder.digests(), TrailFolder.from(folder.digests(), since))) {
                Fetched fetched = Custody.time(listed.key()).isAfter(since) ? digest(bucket, listed.key()) : null;
                if (fetched != null) {
                    found.add(fetched.file());
                    String fingerprint = fingerprint(fetched.file());
                    if (fingerprint != null && keys.of(fingerprint) == null && asked.add(fingerprint)) {
                        keys(folder.region(), fetched.signed()).forEach(keys::add);
                    }
                }
            }
        }
        return found;
    }

    /**
     * The hashes of all objects that digests of this time can name.
     *
     * @throws IngestException if AWS does not answer or refuses
     */
    public List<ObjectHash> objects(String bucket, List<String> prefixes, Instant since)
            throws IngestException, InterruptedException {
        List<ObjectHash> hashes = new ArrayList<>();
        Instant from = since.minus(BEFORE);
        for (TrailFolder folder : folders(bucket, prefixes)) {
            for (String kind : list(bucket, folder.root() + "CloudTrail")) {
                String objects = kind + folder.region() + '/';
                if (kind.endsWith('/' + TrailFolder.DIGESTS + '/')) {
                    continue;
                }
                for (Listed listed : list(bucket, objects, TrailFolder.from(objects, from))) {
                    String hash = Custody.delivered(listed.key()).isBefore(from) ? null : hash(bucket, listed.key());
                    if (hash != null) {
                        hashes.add(new ObjectHash(bucket + '/' + listed.key(), hash));
                    }
                }
            }
        }
        return hashes;
    }

    /** Which key a digest says it was signed with; null if it does not. */
    static @Nullable String fingerprint(DigestFile file) {
        try {
            return Digest.read(file.content()).fingerprint();
        } catch (IOException e) {
            // What is no digest is told when it is verified.
            return null;
        }
    }

    /** The folders below these prefixes that have digests. */
    Set<TrailFolder> folders(String bucket, List<String> prefixes) throws IngestException, InterruptedException {
        Set<TrailFolder> found = new HashSet<>();
        for (String prefix : prefixes) {
            descend(bucket, prefix, found);
        }
        return found;
    }

    private void descend(String bucket, String prefix, Set<TrailFolder> found)
            throws IngestException, InterruptedException {
        for (String folder : list(bucket, prefix)) {
            String name = folder.substring(prefix.length(), folder.length() - 1);
            if (name.equals("AWSLogs") || name.matches("o-[a-z0-9]{10,32}|[0-9]{12}")) {
                descend(bucket, folder, found);
            } else if (name.equals(TrailFolder.DIGESTS)) {
                for (String region : list(bucket, folder)) {
                    TrailFolder one =
                            TrailFolder.of(bucket, prefix, region.substring(folder.length(), region.length() - 1));
                    if (one != null) {
                        found.add(one);
                    }
                }
            }
        }
    }

    private List<String> list(String bucket, String prefix) throws IngestException, InterruptedException {
        List<String> folders = new ArrayList<>();
        String token = null;
        do {
            ListObjectsV2Response answer = list(ListObjectsV2Request.builder()
                    .bucket(bucket)
                    .prefix(prefix)
                    .delimiter("/")
                    .continuationToken(token)
                    .expectedBucketOwner(owner)
                    .build());
            answer.commonPrefixes().stream().map(CommonPrefix::prefix).forEach(folders::add);
            token = answer.nextContinuationToken();
        } while (token != null);
        return folders;
    }

    /** The objects of a folder behind this key. */
    List<Listed> list(String bucket, String folder, String after) throws IngestException, InterruptedException {
        List<Listed> all = new ArrayList<>();
        String token = null;
        do {
            ListObjectsV2Response answer = list(ListObjectsV2Request.builder()
                    .bucket(bucket)
                    .prefix(folder)
                    .startAfter(after)
                    .continuationToken(token)
                    .expectedBucketOwner(owner)
                    .build());
            answer.contents()
                    .forEach(object -> all.add(new Listed(
                            object.key(),
                            object.eTag() == null ? "" : object.eTag(),
                            object.lastModified() == null ? Instant.EPOCH : object.lastModified())));
            token = answer.nextContinuationToken();
        } while (token != null);
        return all;
    }

    private ListObjectsV2Response list(ListObjectsV2Request request) throws IngestException, InterruptedException {
        return session().call(AwsApi.LIST_OBJECTS, source + ", bucket \"" + request.bucket() + "\"", () -> session()
                .s3()
                .listObjectsV2(request));
    }

    /** A digest with the signature beside it; null if it is not there. */
    @Nullable
    Fetched digest(String bucket, String key) throws IngestException, InterruptedException {
        Got got = get(bucket, key, DIGEST.maxBytes());
        if (got == null) {
            return null;
        }
        ObjectContent content = digests.unpack(got.bytes(), got.bytes().length);
        return new Fetched(
                new DigestFile(
                        bucket,
                        key,
                        Arrays.copyOf(content.bytes(), content.length()),
                        got.metadata().get(SIGNATURE)),
                signed(key, got.metadata().get(BACKFILLED)));
    }

    /** A digest says when it was made, and one that was made later than its hour when that was. */
    private static Instant signed(String key, @Nullable String backfilled) {
        Instant made = Custody.time(key);
        try {
            Instant later = backfilled == null ? made : Instant.parse(backfilled);
            // What it says is a stranger's word until it is verified.
            return later.isAfter(made) && later.isBefore(made.plus(LATEST)) ? later : made;
        } catch (DateTimeException e) {
            return made;
        }
    }

    /** SHA-256 of what an object holds uncompressed; null if it is not there. */
    @Nullable
    String hash(String bucket, String key) throws IngestException, InterruptedException {
        Got got = get(bucket, key, ObjectLimits.DEFAULT.maxBytes());
        if (got == null) {
            return null;
        }
        ObjectContent content = objects.unpack(got.bytes(), got.bytes().length);
        MessageDigest sha256 = Custody.sha256();
        sha256.update(content.bytes(), 0, content.length());
        return HexFormat.of().formatHex(sha256.digest());
    }

    private record Got(byte[] bytes, Map<String, String> metadata) {}

    private @Nullable Got get(String bucket, String key, int most) throws IngestException, InterruptedException {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(bucket)
                .key(key)
                .expectedBucketOwner(owner)
                .build();
        try {
            return session().call(AwsApi.GET_OBJECT, source + ", object " + bucket + '/' + key, () -> {
                try (ResponseInputStream<GetObjectResponse> in = session().s3().getObject(request)) {
                    return new Got(in.readNBytes(most + 1), in.response().metadata());
                } catch (IOException e) {
                    throw SdkClientException.create("the object's content breaks off", e);
                }
            });
        } catch (IngestException e) {
            if (code(e).equals("NoSuchKey")) {
                return null;
            }
            throw e;
        }
    }

    /** The keys with which CloudTrail signed in this Region around this time, as AWS hands them out. */
    List<byte[]> keys(String region, Instant signed) throws IngestException, InterruptedException {
        AwsSession there = sessions.of(access.in(region));
        List<byte[]> values = new ArrayList<>();
        for (PublicKey key : there.call(
                        AwsApi.LIST_PUBLIC_KEYS, source + ", keys of " + region, () -> there.cloudTrail()
                                .listPublicKeys(list ->
                                        list.startTime(signed.minus(AROUND)).endTime(signed.plus(AROUND))))
                .publicKeyList()) {
            if (key.value() != null) {
                values.add(key.value().asByteArray());
            }
        }
        return values;
    }

    /** What CloudTrail says of a trail; null if we may not know. */
    @Nullable
    GetTrailStatusResponse status(TrailFolder.Trail trail) throws IngestException, InterruptedException {
        AwsSession there = sessions.of(access.in(trail.home()));
        try {
            return there.call(AwsApi.TRAIL_STATUS, source + ", " + trail.arn(), () -> there.cloudTrail()
                    .getTrailStatus(status -> status.name(trail.arn())));
        } catch (IngestException e) {
            if (AwsSession.isRefused(e)) {
                return null;
            }
            throw e;
        }
    }

    private static String code(IngestException e) {
        return e.getCause() == null ? "" : AwsSession.code(e.getCause());
    }

    private AwsSession session() {
        return sessions.of(access);
    }

    @Override
    public void close() {
        digests.close();
        objects.close();
    }
}
