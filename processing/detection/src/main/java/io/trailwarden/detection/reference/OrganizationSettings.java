package io.trailwarden.detection.reference;

import java.util.List;

/**
 * Settings of the detection {@code outside-organization}, as they hold in one account.
 *
 * @param awsAccounts accounts that belong to AWS itself, beside those in the directory
 * @param anonymous whether calls by nobody in particular (public buckets) are findings
 * @param reachingOut whether our own calls to other people's resources are findings
 */
public record OrganizationSettings(List<String> awsAccounts, boolean anonymous, ReachingOut reachingOut) {

    /** The defaults, see {@code docs/reference/detections.md}. */
    public static final OrganizationSettings DEFAULT = new OrganizationSettings(List.of(), true, ReachingOut.WRITES);

    /** Which of our calls to resources outside are findings. */
    public enum ReachingOut {
        /** None. */
        OFF,
        /** Those that change something. Reading public images and data sets is everyday business. */
        WRITES,
        /** All. */
        ALL
    }

    static OrganizationSettings read(Body body, OrganizationSettings or) {
        List<String> awsAccounts = body.list("awsAccounts", account -> account);
        Boolean anonymous = body.bool("anonymous");
        ReachingOut reachingOut = body.oneOf("reachingOut", ReachingOut.values());
        return new OrganizationSettings(
                awsAccounts == null ? or.awsAccounts : awsAccounts,
                anonymous == null ? or.anonymous : anonymous,
                reachingOut == null ? or.reachingOut : reachingOut);
    }
}
