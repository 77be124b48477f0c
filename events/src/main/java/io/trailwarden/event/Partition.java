package io.trailwarden.event;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The partition of AWS that something is in, as ARNs write it: {@code aws}, {@code aws-cn}, {@code aws-us-gov} and so on.
 * An account, a role or a topic has another ARN in each, so none is ever written by hand.
 */
public final class Partition {

    private static final String COMMERCIAL = "aws";

    /** By how names of Regions begin (AWS SDKs, {@code partitions.json}). */
    private static final Map<String, String> BY_REGION = new LinkedHashMap<>();

    static {
        BY_REGION.put("cn-", "aws-cn");
        BY_REGION.put("us-gov-", "aws-us-gov");
        BY_REGION.put("us-iso-", "aws-iso");
        BY_REGION.put("us-isob-", "aws-iso-b");
        BY_REGION.put("eu-isoe-", "aws-iso-e");
        BY_REGION.put("us-isof-", "aws-iso-f");
        BY_REGION.put("eusc-", "aws-eusc");
        // Pseudo-Regions of services that are in no single one.
        BY_REGION.put("aws-cn-", "aws-cn");
        BY_REGION.put("aws-us-gov-", "aws-us-gov");
        BY_REGION.put("aws-iso-b-", "aws-iso-b");
        BY_REGION.put("aws-iso-e-", "aws-iso-e");
        BY_REGION.put("aws-iso-f-", "aws-iso-f");
        BY_REGION.put("aws-iso-", "aws-iso");
        BY_REGION.put("aws-eusc-", "aws-eusc");
    }

    private Partition() {}

    /** The partition of a Region; of none and of one that is not known, {@code aws}. */
    public static String ofRegion(@Nullable String region) {
        if (region != null) {
            for (Map.Entry<String, String> entry : BY_REGION.entrySet()) {
                if (region.startsWith(entry.getKey())) {
                    return entry.getValue();
                }
            }
        }
        return COMMERCIAL;
    }

    /** The partition that an ARN names; of what is no ARN, that of the Region. */
    public static String of(@Nullable String arn, @Nullable String region) {
        if (arn != null && arn.startsWith("arn:aws")) {
            int end = arn.indexOf(':', 4);
            String named = end < 0 ? "" : arn.substring(4, end);
            if (named.equals(COMMERCIAL) || BY_REGION.containsValue(named)) {
                return named;
            }
        }
        return ofRegion(region);
    }
}
