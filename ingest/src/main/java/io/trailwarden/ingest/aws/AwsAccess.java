package io.trailwarden.ingest.aws;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * As whom and where AWS is called. It holds no secret: credentials come from the SDK's own chain (environment, profile,
 * container, instance), and from there by assuming the role.
 *
 * @param region for example {@code eu-west-1}
 * @param profile of the AWS configuration files; null: the SDK's chain
 * @param role ARN of the role to assume; null: none
 * @param externalId what the role's trust policy may ask for; null: nothing
 * @param endpoint called in place of AWS, by every service but SQS, which is then called where a queue's URL says; for
 *     tests and private endpoints; null: AWS's own
 */
public record AwsAccess(
        String region,
        @Nullable String profile,
        @Nullable String role,
        @Nullable String externalId,
        @Nullable URI endpoint) {

    public AwsAccess {
        if (region.isBlank()) {
            throw new IllegalArgumentException("region: \"" + region + "\" (expected: a Region such as eu-west-1)");
        }
        if (externalId != null && role == null) {
            throw new IllegalArgumentException("an external id without a role (expected: the role to assume)");
        }
    }

    /** The same access in another Region. */
    public AwsAccess in(String region) {
        return new AwsAccess(region, profile, role, externalId, endpoint);
    }
}
