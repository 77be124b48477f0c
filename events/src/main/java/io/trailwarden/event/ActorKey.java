package io.trailwarden.event;

import org.jspecify.annotations.Nullable;

/**
 * The stable name of who acted: the same principal keeps its key over sessions, access keys and addresses, and two
 * principals never share one, as far as their records tell them apart.
 *
 * <p>A role's key is the role, never the session, because Step Functions, Lambda and continuous integration make a new
 * session name for every run.
 */
public final class ActorKey {

    /** The key of records that name nobody. */
    public static final String UNKNOWN = "unknown";

    private ActorKey() {}

    /**
     * The stable key of this identity; never null, never empty.
     *
     * @param account that received the record: where a name belongs that comes without an account
     * @param region of the record
     */
    public static String of(UserIdentity identity, @Nullable String account, @Nullable String region) {
        String type = identity.type() == null ? "" : identity.type();
        String arn = identity.arn();
        String key =
                switch (type) {
                    case "AssumedRole" -> identity.issuerArn();
                    case "Root" ->
                        identity.accountId() == null
                                ? arn
                                : "arn:" + Partition.of(arn, region) + ":iam::" + identity.accountId() + ":root";
                    case "FederatedUser" ->
                        both(identity.issuerArn(), first(lastPart(arn, '/'), lastPart(identity.principalId(), ':')));
                    case "AWSService" -> identity.invokedBy();
                    case "AWSAccount" -> join(identity.accountId(), lasting(identity.principalId()));
                    case "IdentityCenterUser" -> identity.onBehalfOfUserId();
                    case "SAMLUser", "WebIdentityUser" ->
                        both(identity.identityProvider(), first(identity.principalId(), known(identity.userName())));
                    default -> null;
                };
        String found = first(key, roleOf(arn), arn, withoutArn(identity, account));
        return found == null ? UNKNOWN : found;
    }

    /** One account has many identities without an ARN: those of a directory, of Identity Center, of unknown type. */
    private static @Nullable String withoutArn(UserIdentity identity, @Nullable String account) {
        String owner = identity.accountId();
        return first(
                both(owner, lasting(identity.principalId())),
                lasting(identity.principalId()),
                both(first(owner, account), known(identity.userName())),
                known(identity.userName()),
                join(owner, identity.invokedBy()));
    }

    /** A role's session is named after a colon, everybody else's id has none of these beginnings. */
    private static @Nullable String lasting(@Nullable String principalId) {
        return principalId != null && principalId.startsWith("AROA") && principalId.indexOf(':') > 0
                ? principalId.substring(0, principalId.indexOf(':'))
                : principalId;
    }

    /** A name that CloudTrail put there; what it hides or removes is nobody's name. */
    private static @Nullable String known(@Nullable String userName) {
        return userName == null
                        || userName.equals("HIDDEN_DUE_TO_SECURITY_REASONS")
                        || userName.equals("<sensitiveDataRemoved>")
                        || userName.equals("***")
                ? null
                : userName;
    }

    /** {@code arn:aws:sts::1:assumed-role/Role/Session} without its session, for records without a session issuer. */
    private static @Nullable String roleOf(@Nullable String arn) {
        if (arn == null || !arn.contains(":assumed-role/")) {
            return null;
        }
        int session = arn.lastIndexOf('/');
        return arn.indexOf('/') == session ? arn : arn.substring(0, session);
    }

    private static @Nullable String lastPart(@Nullable String text, char separator) {
        return text == null ? null : text.substring(text.lastIndexOf(separator) + 1);
    }

    private static @Nullable String both(@Nullable String left, @Nullable String right) {
        return left == null || left.isEmpty() || right == null || right.isEmpty() ? null : left + ':' + right;
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
