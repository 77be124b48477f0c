package io.trailwarden.testing.aws;

import io.trailwarden.testing.aws.Answer.Refused;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** S3: {@code GetObject} and {@code ListObjectsV2}, buckets in the path. */
public final class FakeS3 implements FakeAws.Service {

    private record Stored(byte[] bytes, Map<String, String> metadata, Instant modified) {
        String etag() {
            return '"' + Integer.toHexString(Arrays.hashCode(bytes)) + '"';
        }
    }

    private final Clock clock;
    private final Map<String, TreeMap<String, Stored>> buckets = new TreeMap<>();
    private final Set<String> denied = new HashSet<>();
    private int pageSize = 1000;

    FakeS3(Clock clock) {
        this.clock = clock;
    }

    /** A bucket without objects. */
    public synchronized void createBucket(String bucket) {
        buckets.computeIfAbsent(bucket, unused -> new TreeMap<>());
    }

    /** An object, replacing that of the same key. */
    public synchronized void put(String bucket, String key, byte[] bytes, Map<String, String> metadata) {
        createBucket(bucket);
        buckets.get(bucket).put(key, new Stored(bytes, metadata, clock.instant()));
    }

    /** Lists come in pages of so many. */
    public synchronized void pageSize(int size) {
        pageSize = size;
    }

    /** A bucket or an object that nobody may read from now on. */
    public synchronized void deny(String bucket, String key) {
        denied.add(bucket + '/' + key);
    }

    /** Everything may be read again. */
    public synchronized void allow() {
        denied.clear();
    }

    /** What is stored under this key, with its metadata. */
    public synchronized byte[] get(String bucket, String key) {
        return buckets.get(bucket).get(key).bytes();
    }

    /** The metadata of an object. */
    public synchronized Map<String, String> metadata(String bucket, String key) {
        return buckets.get(bucket).get(key).metadata();
    }

    /** The object is gone. */
    public synchronized void delete(String bucket, String key) {
        buckets.get(bucket).remove(key);
    }

    @Override
    public synchronized @Nullable Answer answer(Call call) {
        return switch (call.operation()) {
            case "GetObject" -> get(call);
            case "ListObjectsV2" -> list(call);
            default -> null;
        };
    }

    private Answer get(Call call) {
        int slash = call.path().indexOf('/', 1);
        String bucket = call.path().substring(1, slash < 0 ? call.path().length() : slash);
        TreeMap<String, Stored> objects = bucket(bucket);
        check(bucket, call.path().substring(slash + 1));
        Stored stored = objects.get(call.path().substring(slash + 1));
        if (stored == null) {
            throw new Refused(404, "NoSuchKey", "The specified key does not exist.");
        }
        Map<String, String> headers = new TreeMap<>();
        stored.metadata().forEach((name, value) -> headers.put("x-amz-meta-" + name, value));
        headers.put("ETag", stored.etag());
        return new Answer(200, "binary/octet-stream", headers, stored.bytes());
    }

    private Answer list(Call call) {
        String bucket = call.path().replace("/", "");
        TreeMap<String, Stored> objects = bucket(bucket);
        check(bucket, "");
        String prefix = parameter(call, "prefix");
        String after = parameter(call, "continuation-token");
        if (after.isEmpty()) {
            after = parameter(call, "start-after");
        }
        String delimiter = parameter(call, "delimiter");
        String most = parameter(call, "max-keys");
        int left = most.isEmpty() ? pageSize : Math.min(pageSize, Integer.parseInt(most));
        StringBuilder body = new StringBuilder("<?xml version=\"1.0\"?><ListBucketResult><Name>" + bucket + "</Name>");
        String last = "";
        String folder = "";
        boolean more = false;
        for (Map.Entry<String, Stored> entry : objects.tailMap(after, false).entrySet()) {
            String key = entry.getKey();
            if (!key.startsWith(prefix) || !folder.isEmpty() && key.startsWith(folder)) {
                continue;
            }
            if (left-- == 0) {
                more = true;
                break;
            }
            int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
            if (end >= 0) {
                folder = key.substring(0, end + 1);
                body.append("<CommonPrefixes><Prefix>").append(folder).append("</Prefix></CommonPrefixes>");
                last = folder + '\uffff';
            } else {
                body.append("<Contents><Key>")
                        .append(key.replace("&", "&amp;").replace("<", "&lt;"))
                        .append("</Key><LastModified>")
                        .append(entry.getValue().modified())
                        .append("</LastModified><ETag>")
                        .append(entry.getValue().etag().replace("\"", "&quot;"))
                        .append("</ETag><Size>")
                        .append(entry.getValue().bytes().length)
                        .append("</Size></Contents>");
                last = key;
            }
        }
        body.append("<IsTruncated>").append(more).append("</IsTruncated>");
        if (more) {
            body.append("<NextContinuationToken>").append(last).append("</NextContinuationToken>");
        }
        return Answer.xml(body.append("</ListBucketResult>").toString());
    }

    private void check(String bucket, String key) {
        if (denied.contains(bucket + '/' + key) || denied.contains(bucket + '/')) {
            throw new Refused(403, "AccessDenied", "Access Denied");
        }
    }

    private TreeMap<String, Stored> bucket(String bucket) {
        TreeMap<String, Stored> objects = buckets.get(bucket);
        if (objects == null) {
            throw new Refused(404, "NoSuchBucket", "The specified bucket does not exist");
        }
        return objects;
    }

    private static String parameter(Call call, String name) {
        return call.query().getOrDefault(name, List.of("")).get(0);
    }
}
