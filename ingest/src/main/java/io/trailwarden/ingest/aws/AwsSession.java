package io.trailwarden.ingest.aws;

import io.trailwarden.ingest.IngestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkGlobalTime;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudtrail.CloudTrailClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsAsyncClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsAsyncClientBuilder;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.organizations.OrganizationsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;

/**
 * Calls AWS with one access.
 *
 * <p>Every attempt goes through the API's {@link RateLimit}, retries too: the SDK's own retries would not, and are off.
 * Throttling, server errors, lost connections, refused tokens and clocks that differ are tried again, ever more slowly;
 * anything else fails at once. The SDK corrects its clock by the answers it gets.
 *
 * <p>Thread-safe.
 */
public final class AwsSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AwsSession.class);

    private static final int ATTEMPTS = 15;
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(20);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** A session that stays open says something every second; one that is silent for so long is dead. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private static final int SIGNATURE_ATTEMPTS = 4;

    private static final Set<String> SIGNATURES = Set.of(
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "RequestTimeTooSkewed",
            "RequestInTheFuture",
            "AuthFailure");

    private static final Set<String> REFUSED_TOKENS =
            Set.of("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired");

    private final AwsAccess access;
    private final Clock clock;
    private final Pause pause;
    private final RenewableCredentials credentials;
    private final Map<AwsApi, RateLimit> limits = new EnumMap<>(AwsApi.class);
    private final Map<Service, Object> clients = new HashMap<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private record Service(Class<?> client, @Nullable URI endpoint) {}

    AwsSession(AwsAccess access, Clock clock, Pause pause) {
        this.access = access;
        this.clock = clock;
        this.pause = pause;
        credentials = new RenewableCredentials(this::provider);
        opened.push(credentials);
    }

    /** As whom and where. */
    public AwsAccess access() {
        return access;
    }

    /**
     * Calls the API until it answers.
     *
     * @param what for messages: what is asked of which thing
     * @throws IngestException if it refuses, with its {@code SdkException} as cause, or still fails after
     *     {@value #ATTEMPTS} attempts
     */
    public <T> T call(AwsApi api, String what, Supplier<T> request) throws IngestException, InterruptedException {
        RateLimit limit = limit(api);
        for (int attempt = 1; ; attempt++) {
            try {
                return limit.send(() -> sent(request));
            } catch (AbortedException e) {
                Thread.interrupted();
                InterruptedException interrupted = new InterruptedException("while calling " + api.permission());
                interrupted.initCause(e);
                throw interrupted;
            } catch (SdkException e) {
                if (isTokenRefused(e)) {
                    credentials.renew();
                } else if (!isTemporary(e, attempt)) {
                    throw new IngestException(what + ": " + api.permission() + " failed: " + reason(e), e);
                }
                if (attempt == ATTEMPTS) {
                    throw new IngestException(
                            what + ": " + api.permission() + " failed " + ATTEMPTS + " times, at last: " + reason(e),
                            e);
                }
                LOG.debug("{}: {} failed (time {}): {}", what, api.permission(), attempt, e.getMessage());
                pause.of(backoff(attempt));
            }
        }
    }

    /** AWS's time: that of this machine, corrected by what the SDK learned of it when AWS refused a signature as too old. */
    public Instant now() {
        return clock.instant().minusSeconds(SdkGlobalTime.getGlobalTimeOffset());
    }

    /**
     * Calls the API once: what fails is not tried again, and whoever asks decides.
     *
     * @throws SdkException as the SDK throws it
     */
    public <T> T once(AwsApi api, Supplier<T> request) throws InterruptedException {
        return limit(api).send(() -> sent(request));
    }

    /** If AWS refused the token that was sent, the next call asks for a new one. */
    public void renewIfRefused(Throwable problem) {
        if (problem instanceof SdkException refusal && isTokenRefused(refusal)) {
            credentials.renew();
        }
    }

    /** For Event history, and for what CloudTrail says of its trails and keys. */
    public CloudTrailClient cloudTrail() {
        return client(CloudTrailClient.class, access.endpoint(), CloudTrailClient::builder);
    }

    /** For CloudWatch Logs. */
    public CloudWatchLogsClient logs() {
        return client(CloudWatchLogsClient.class, access.endpoint(), CloudWatchLogsClient::builder);
    }

    /** For sessions of CloudWatch Logs that stay open; the SDK has them in its asynchronous client alone. */
    public CloudWatchLogsAsyncClient logsStream() {
        synchronized (clients) {
            Service service = new Service(CloudWatchLogsAsyncClient.class, access.endpoint());
            Object known = clients.get(service);
            if (known != null) {
                return (CloudWatchLogsAsyncClient) known;
            }
            CloudWatchLogsAsyncClientBuilder builder = CloudWatchLogsAsyncClient.builder()
                    .region(Region.of(access.region()))
                    .credentialsProvider(credentials)
                    .httpClientBuilder(NettyNioAsyncHttpClient.builder().readTimeout(SILENCE))
                    .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry())
                            // "streaming-" before an address of one's own leads nowhere.
                            .putAdvancedOption(
                                    SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, access.endpoint() != null));
            if (access.endpoint() != null) {
                builder.endpointOverride(access.endpoint());
            }
            CloudWatchLogsAsyncClient client = builder.build();
            clients.put(service, client);
            opened.push(client);
            return client;
        }
    }

    /** For objects; with an endpoint of its own, buckets are named in the path. */
    public S3Client s3() {
        return client(
                S3Client.class, access.endpoint(), () -> S3Client.builder().forcePathStyle(access.endpoint() != null));
    }

    /**
     * For this queue. With an endpoint of its own, it is asked where its URL says: what stands in for SQS need not be what
     * stands in for S3.
     */
    public SqsClient sqs(String queue) {
        URI endpoint = access.endpoint() == null ? null : URI.create(queue).resolve("/");
        return client(SqsClient.class, endpoint, SqsClient::builder);
    }

    /** For the question who we are. */
    public StsClient sts() {
        return client(StsClient.class, access.endpoint(), StsClient::builder);
    }

    /** For accounts and their tree; AWS has it in one Region, whatever the access says. */
    public OrganizationsClient organizations() {
        return client(OrganizationsClient.class, access.endpoint(), OrganizationsClient::builder);
    }

    /** For state machines. */
    public SfnClient stepFunctions() {
        return client(SfnClient.class, access.endpoint(), SfnClient::builder);
    }

    /** When AWS answered, by its own clock, in whole seconds; by ours where it does not say. */
    public Instant answeredAt(SdkResponse answer) {
        String date = answer.sdkHttpResponse() == null
                ? null
                : answer.sdkHttpResponse().firstMatchingHeader("Date").orElse(null);
        if (date != null) {
            try {
                return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
            } catch (DateTimeException e) {
                LOG.debug("An answer of {} is dated \"{}\"", access.region(), date);
            }
        }
        return clock.instant();
    }

    @Override
    public void close() {
        synchronized (clients) {
            while (!opened.isEmpty()) {
                try {
                    opened.pop().close();
                } catch (Exception e) { // AutoCloseable declares it
                    LOG.debug("A client did not close cleanly", e);
                }
            }
            clients.clear();
        }
    }

    private RateLimit limit(AwsApi api) {
        synchronized (limits) {
            return limits.computeIfAbsent(api, unused -> new RateLimit(api.perSecond(), clock, pause));
        }
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C extends AutoCloseable> C client(
            Class<C> type, @Nullable URI endpoint, Supplier<B> builder) {
        synchronized (clients) {
            Service service = new Service(type, endpoint);
            Object known = clients.get(service);
            if (known != null) {
                return type.cast(known);
            }
            C client = configured(builder.get(), endpoint, credentials);
            clients.put(service, client);
            opened.push(client);
            return client;
        }
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C configured(
            B builder, @Nullable URI endpoint, AwsCredentialsProvider provider) {
        builder.region(Region.of(access.region()))
                .credentialsProvider(provider)
                .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(TIMEOUT))
                .overrideConfiguration(override ->
                        override.retryStrategy(AwsRetryStrategy.doNotRetry()).apiCallTimeout(TIMEOUT));
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        return builder.build();
    }

    private AwsCredentialsProvider provider() {
        String profile = access.profile();
        AwsCredentialsProvider own = profile == null
                ? DefaultCredentialsProvider.builder().build()
                : ProfileCredentialsProvider.create(profile);
        String role = access.role();
        if (role == null) {
            return own;
        }
        StsClient sts = configured(StsClient.builder(), access.endpoint(), own);
        opened.push(sts);
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(sts)
                .refreshRequest(AssumeRoleRequest.builder()
                        .roleArn(role)
                        .roleSessionName("trailwarden")
                        .externalId(access.externalId())
                        .build())
                .build();
    }

    /**
     * The client for URL connections throws an {@code UncheckedIOException}, which the SDK passes on as it is, where a
     * connection that was kept open turns out to be closed before the request's body is on its way.
     */
    private static <T> T sent(Supplier<T> request) {
        try {
            return request.get();
        } catch (UncheckedIOException e) {
            IOException cause = Objects.requireNonNull(e.getCause(), "an UncheckedIOException without its cause");
            throw SdkClientException.create("the connection was lost: " + cause.getMessage(), cause);
        }
    }

    private static boolean isTokenRefused(SdkException e) {
        return REFUSED_TOKENS.contains(code(e));
    }

    private static boolean isTemporary(SdkException e, int attempt) {
        if (e instanceof SdkServiceException service) {
            // A signature is refused for a wrong key as well as for a wrong time; the SDK has corrected the time by
            // now.
            boolean perhapsTime = SIGNATURES.contains(code(e)) && attempt < SIGNATURE_ATTEMPTS;
            return service.isThrottlingException() || perhapsTime || service.statusCode() >= 500;
        }
        return e.retryable() || e.getCause() instanceof IOException;
    }

    /**
     * Whether this failed because the service refused it and will refuse it again: it was neither busy nor out of order, and
     * the token and the time of the request were not the reason.
     */
    public static boolean isRefused(IngestException e) {
        return e.getCause() instanceof SdkServiceException service
                && service.statusCode() < 500
                && !service.isThrottlingException()
                && !SIGNATURES.contains(code(service))
                && !REFUSED_TOKENS.contains(code(service));
    }

    /** AWS's own code of the error; empty if the service did not answer. */
    public static String code(Throwable e) {
        if (e instanceof AwsServiceException service) {
            AwsErrorDetails details = service.awsErrorDetails();
            return details == null || details.errorCode() == null ? "" : details.errorCode();
        }
        return "";
    }

    private static String reason(SdkException e) {
        String code = code(e);
        return code.isEmpty() ? String.valueOf(e.getMessage()) : code + ", " + e.getMessage();
    }

    private static Duration backoff(int attempt) {
        long most = Math.min(FIRST_BACKOFF.toMillis() << (attempt - 1), LONGEST_BACKOFF.toMillis());
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }
}
