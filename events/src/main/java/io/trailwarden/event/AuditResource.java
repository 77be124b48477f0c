package io.trailwarden.event;

import org.jspecify.annotations.Nullable;

/**
 * One entry of CloudTrail's {@code resources}: what a call touched, and whose it is.
 *
 * @param accountId the account that owns the resource
 * @param type for example {@code AWS::IAM::Role}
 * @param arn CloudTrail's upper-case {@code ARN}
 */
public record AuditResource(@Nullable String accountId, @Nullable String type, @Nullable String arn) {}
