package io.trailwarden.event;

import org.jspecify.annotations.Nullable;

/**
 * The stable name of who acted: the same principal keeps its key over sessions, access keys and addresses.
 *
 * <p>A role's key is the role, never the session, because Step Functions, Lambda and continuous integration make a new
 * session name for every run.
 */
public final class ActorKey {

    /** The key of records that name nobody. */
    public static final String UNKNOWN = "unknown";

    private ActorKey() {}

    /** The stable key of this identity; never null, never empty. */
    public static String of(UserIdentity identity) {
        String type = identity.type() == null ? "" : identity.type();
        String key =
                switch (type) {
                    case "AssumedRole" -> first(identity.issuerArn(), roleOf(identity.arn()), identity.arn());
                    case "IAMUser" -> identity.arn();
                    case "Root" ->
                        identity.accountId() == null
                                ? identity.arn()
                                : "arn:aws:iam::" + identity.accountId() + ":root";
                    case "FederatedUser" -> join(identity.issuerArn(), sessionName(identity.arn()));
                    case "AWSService" -> identity.invokedBy();
                    case "AWSAccount" -> join(identity.accountId(), identity.principalId());
                    case "IdentityCenterUser" -> identity.onBehalfOfUserId();
                    case "SAMLUser", "WebIdentityUser" -> join(identity.identityProvider(), identity.principalId());
                    default -> null;
                };
        String fallback =
                first(identity.arn(), join(identity.accountId(), identity.invokedBy()), identity.principalId());
        String found = first(key, fallback);
        return found == null ? UNKNOWN : found;
    }

    /** {@code arn:aws:sts::1:assumed-role/Role/Session} without its session, for records without a session issuer. */
    private static @Nullable String roleOf(@Nullable String arn) {
        if (arn == null || !arn.contains(":assumed-role/")) {
            return null;
        }
        int session = arn.lastIndexOf('/');
        return arn.indexOf('/') == session ? arn : arn.substring(0, session);
    }

    private static @Nullable String sessionName(@Nullable String arn) {
        return arn == null ? null : arn.substring(arn.lastIndexOf('/') + 1);
    }

    private static @Nullable String join(@Nullable String left, @Nullable String right) {
        if (left == null || left.isEmpty()) {
            return right;
        }
        return right == null || right.isEmpty() ? left : left + ':' + right;
    }

    private static @Nullable String first(@Nullable String... candidates) {
        for (String candidate : candidates) {
            if (candidate != null && !candidate.isEmpty()) {
                return candidate;
            }
        }
        return null;
    }
}
