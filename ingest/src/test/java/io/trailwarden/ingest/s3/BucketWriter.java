package io.trailwarden.ingest.s3;

import io.trailwarden.testing.aws.RealServers;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Puts objects where {@link RealServers} keep them, as others do.
 *
 * <p>s3proxy drops some connections (1 of 100) on which it took an object and does not say so. Hence a connection for each
 * object, and the SDK's own retries, which the sessions under test do without.
 */
public final class BucketWriter implements AutoCloseable {

    private final S3Client s3;

    /** Writes with the servers' own credentials. */
    public BucketWriter(RealServers servers) {
        s3 = S3Client.builder()
                .endpointOverride(servers.s3())
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(RealServers.KEY, RealServers.SECRET)))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    /** Makes a bucket. */
    public void create(String bucket) {
        s3.createBucket(create -> create.bucket(bucket));
    }

    /** Makes or replaces an object. */
    public void put(String bucket, String key, byte[] content, Map<String, String> metadata) {
        s3.putObject(
                put -> put.bucket(bucket)
                        .key(key)
                        .metadata(metadata)
                        .overrideConfiguration(override -> override.putHeader("Connection", "close")),
                RequestBody.fromBytes(content));
    }

    @Override
    public void close() {
        s3.close();
    }
}
