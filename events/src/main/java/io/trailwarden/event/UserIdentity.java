package io.trailwarden.event;

import org.jspecify.annotations.Nullable;

/**
 * CloudTrail's {@code userIdentity}, as written by AWS (CloudTrail user guide, "CloudTrail userIdentity element").
 *
 * <p>Every component may be absent: service events carry only {@code accountId} and {@code invokedBy}.
 *
 * @param type for example {@code AssumedRole}, {@code IAMUser}, {@code AWSAccount}; absent on service events
 * @param issuerArn {@code sessionContext.sessionIssuer.arn}: the role behind a session
 * @param sessionCreated {@code sessionContext.attributes.creationDate} as written
 * @param mfaAuthenticated the string {@code "true"} or {@code "false"} as written
 * @param ec2RoleDelivery {@code sessionContext.ec2RoleDelivery}: an instance's session, {@code "1.0"} or {@code "2.0"} by
 *     the version of the metadata service that handed it out; written by AWS, not by the caller
 * @param onBehalfOfUserId {@code onBehalfOf.userId} of an Identity Center user
 */
public record UserIdentity(
        @Nullable String type,
        @Nullable String principalId,
        @Nullable String arn,
        @Nullable String accountId,
        @Nullable String accessKeyId,
        @Nullable String userName,
        @Nullable String invokedBy,
        @Nullable String issuerType,
        @Nullable String issuerArn,
        @Nullable String issuerAccountId,
        @Nullable String issuerUserName,
        @Nullable String sessionCreated,
        @Nullable String mfaAuthenticated,
        @Nullable String sourceIdentity,
        @Nullable String ec2RoleDelivery,
        @Nullable String onBehalfOfUserId,
        @Nullable String identityProvider) {

    /** An identity with nothing in it: records without {@code userIdentity}, such as Insights. */
    public static final UserIdentity NONE = new UserIdentity(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
}
