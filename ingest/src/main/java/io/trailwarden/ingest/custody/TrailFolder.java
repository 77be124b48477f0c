package io.trailwarden.ingest.custody;

import io.trailwarden.event.Partition;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where trails of one account and Region put their objects and digests.
 *
 * @param bucket that holds them
 * @param root key prefix up to and with the account, for example {@code AWSLogs/111122223333/}
 * @param account the account that the records are about
 * @param region of the trail that made them
 */
record TrailFolder(String bucket, String root, String account, String region) {

    /** What digests are called in place of the kind of objects. */
    static final String DIGESTS = "CloudTrail-Digest";

    private static final Pattern ROOT = Pattern.compile("(?:^|/)AWSLogs/(?:o-[a-z0-9]{10,32}/)?([0-9]{12})/$");
    private static final Pattern KIND = Pattern.compile("^(CloudTrail[A-Za-z-]{0,20})/");
    private static final Pattern CHAIN =
            Pattern.compile("/([0-9]{12})_CloudTrail-Digest_([a-z0-9-]{1,32})_(.{1,128})_([a-z0-9-]{1,32})$");
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy/MM/dd", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** The trail behind a chain of digests. */
    record Trail(String arn, String home) {}

    /** The folder of this Region under this root; null if the root is not one of CloudTrail's. */
    static @Nullable TrailFolder of(String bucket, String root, String region) {
        Matcher matcher = ROOT.matcher(root);
        return matcher.find() ? new TrailFolder(bucket, root, matcher.group(1), region) : null;
    }

    /** Where its digests are. */
    String digests() {
        return objects(DIGESTS);
    }

    /** Where its objects of this kind are. */
    String objects(String kind) {
        return root + kind + '/' + region + '/';
    }

    /** A key before those of this day in the folder, and after those of the day before. */
    static String from(String folder, Instant day) {
        return folder + DAY.format(day);
    }

    /** The kind of an object of this folder; null if the key is of another one. */
    @Nullable
    String kind(String key) {
        Matcher matcher = key.startsWith(root) ? KIND.matcher(key.substring(root.length())) : null;
        return matcher != null && matcher.find() ? matcher.group(1) : null;
    }

    /** Whether it is of a trail of an organization. */
    boolean isOfOrganization() {
        return root.contains("AWSLogs/o-");
    }

    /**
     * Whose chain this is, as the name of its digests tells; null if that is not known: the trail of an organization is in
     * the management account, which no key names.
     */
    @Nullable
    Trail trail(String chain) {
        Matcher matcher = CHAIN.matcher(chain);
        if (isOfOrganization() || !matcher.find()) {
            return null;
        }
        String home = matcher.group(4);
        return new Trail(
                "arn:" + Partition.ofRegion(home) + ":cloudtrail:" + home + ':' + matcher.group(1) + ":trail/"
                        + matcher.group(3),
                home);
    }
}
