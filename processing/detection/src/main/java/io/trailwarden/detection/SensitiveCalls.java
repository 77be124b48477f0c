package io.trailwarden.detection;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls that decide who may do what, or who is watching: a change there weighs more than any other. */
public final class SensitiveCalls {

    private static final Set<String> SERVICES = Set.of(
            "access-analyzer",
            "account",
            "cloudtrail",
            "config",
            "guardduty",
            "iam",
            "identitystore",
            "kms",
            "organizations",
            "ram",
            "rolesanywhere",
            "securityhub",
            "sso",
            "sso-directory");

    private SensitiveCalls() {}

    /**
     * Whether a call changed who may do what or who is watching.
     *
     * @param service event source, or its first label
     * @param errorCode null when the call succeeded
     */
    public static boolean changesControl(@Nullable String service, boolean readOnly, @Nullable String errorCode) {
        return !readOnly && errorCode == null && SERVICES.contains(Phrases.service(service));
    }
}
