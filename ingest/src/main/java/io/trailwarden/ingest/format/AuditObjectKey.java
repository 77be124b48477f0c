package io.trailwarden.ingest.format;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the key of an object that AWS delivered says about it (CloudTrail user guide, "Getting and viewing your
 * CloudTrail log files"):
 * {@code [prefix/]AWSLogs/[o-organization/]account/KIND/region/YYYY/MM/DD/file}.
 *
 * @param organization for example {@code o-exampleorg1}; absent if the trail is not one of an organization
 * @param account the account that the records are about
 * @param region the trail's Region; that of its records can differ
 */
public record AuditObjectKey(@Nullable String organization, String account, Kind kind, String region) {

    /** What such an object holds. */
    public enum Kind {
        EVENTS("CloudTrail"),
        INSIGHTS("CloudTrail-Insight"),
        NETWORK_ACTIVITY("CloudTrail-NetworkActivity"),
        AGGREGATED("CloudTrail-Aggregated"),
        /** Signed hashes of other objects: proof of integrity, no records. */
        DIGEST("CloudTrail-Digest");

        private final String folder;

        Kind(String folder) {
            this.folder = folder;
        }
    }

    // Every part is bounded and ends where the next begins: keys are written by strangers, and this cannot blow up.
    private static final Pattern LAYOUT =
            Pattern.compile("(?:^|/)AWSLogs/(?:(o-[a-z0-9]{10,32})/)?([0-9]{12})/(CloudTrail[A-Za-z-]{0,20})/"
                    + "([a-z0-9-]{1,32})/[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/]+$");

    /** What this key says; null if it is not of this layout. */
    public static @Nullable AuditObjectKey parse(String key) {
        Matcher matcher = LAYOUT.matcher(key);
        if (!matcher.find()) {
            return null;
        }
        for (Kind kind : Kind.values()) {
            if (kind.folder.equals(matcher.group(3))) {
                return new AuditObjectKey(matcher.group(1), matcher.group(2), kind, matcher.group(4));
            }
        }
        return null;
    }
}
