package io.trailwarden.sinks.aws;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/**
 * As whom and where to call AWS. Credentials are never among the settings: they come from where the AWS SDK looks for
 * them (environment, profile, container, instance), and a role may be assumed with them.
 *
 * @param region for example {@code eu-central-1}; never empty
 * @param profile in the AWS configuration files; empty: the SDK's default
 * @param role ARN of a role to assume; empty: none
 * @param externalId what that role's trust policy asks for; empty: nothing
 * @param endpoint another address of the service, for tests and VPC endpoints; empty: AWS's own
 */
public record AwsTarget(String region, String profile, String role, String externalId, String endpoint) {

    private static final List<String> NOT_ABOUT_THE_REQUEST =
            List.of("InvalidClientTokenId", "InvalidAccess", "InvalidSecurity", "InvalidState", "InvalidSignature");

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ATTEMPT = Duration.ofSeconds(10);
    private static final Duration CALL = Duration.ofSeconds(30);

    public AwsTarget {
        if (region.isEmpty()) {
            throw new IllegalArgumentException("region: \"\" (expected: one such as eu-central-1)");
        }
    }

    /** A client of a service, with the SDK's standard retries and deadlines for each attempt and call. */
    public <C, B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>> C client(B builder) {
        if (!endpoint.isEmpty()) {
            builder.endpointOverride(URI.create(endpoint));
        }
        return builder.region(Region.of(region))
                .credentialsProvider(credentials())
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(ATTEMPT))
                .overrideConfiguration(ClientOverrideConfiguration.builder()
                        .retryStrategy(RetryMode.STANDARD)
                        .apiCallAttemptTimeout(ATTEMPT)
                        .apiCallTimeout(CALL)
                        .build())
                .build();
    }

    /**
     * Whether an answer is about one request rather than about who asks, how often, or the service's health: only then
     * would the same request fail for ever.
     */
    public static boolean isAboutTheRequest(AwsServiceException e) {
        return e.statusCode() == 400
                && !e.isThrottlingException()
                && !e.isClockSkewException()
                && isAboutTheRequest(code(e));
    }

    /** The same by the error code alone, as entries of batches have it. */
    public static boolean isAboutTheRequest(String code) {
        return code.startsWith("Invalid") && NOT_ABOUT_THE_REQUEST.stream().noneMatch(code::startsWith)
                || code.startsWith("ParameterValueInvalid")
                || code.startsWith("Validation")
                || code.endsWith("TooLong");
    }

    /** The error code of an answer; empty where it has none. */
    public static String code(AwsServiceException e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }

    private AwsCredentialsProvider credentials() {
        DefaultCredentialsProvider.Builder own = DefaultCredentialsProvider.builder();
        if (!profile.isEmpty()) {
            own.profileName(profile);
        }
        if (role.isEmpty()) {
            return own.build();
        }
        StsClient sts = StsClient.builder()
                .region(Region.of(region))
                .credentialsProvider(own.build())
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(ATTEMPT))
                .build();
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(sts)
                .refreshRequest(request -> {
                    request.roleArn(role).roleSessionName("trailwarden");
                    if (!externalId.isEmpty()) {
                        request.externalId(externalId);
                    }
                })
                .build();
    }
}
