package io.trailwarden.e2e;

import io.trailwarden.testing.aws.RealServers;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** What others put into buckets, and how the configuration names tables in one. */
final class S3Buckets {

    private S3Buckets() {}

    static void create(RealServers servers, String... buckets) {
        try (S3Client s3 = client(servers)) {
            for (String bucket : buckets) {
                s3.createBucket(create -> create.bucket(bucket));
            }
        }
    }

    static void put(RealServers servers, String bucket, String key, byte[] object) {
        try (S3Client s3 = client(servers)) {
            s3.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromBytes(object));
        }
    }

    /** Files in bucket {@code tables}, the catalog in Postgres. */
    static String catalog(RealServers servers) {
        return """
                storage:
                  catalog:
                    catalog-impl: org.apache.iceberg.jdbc.JdbcCatalog
                    uri: %s
                    jdbc.user: postgres
                    jdbc.schema-version: V1
                    warehouse: s3://tables/warehouse
                    io-impl: org.apache.iceberg.aws.s3.S3FileIO
                    s3.endpoint: %s
                    s3.path-style-access: "true"
                    client.region: us-east-1
                """
                .formatted(servers.postgres(), servers.s3());
    }

    private static S3Client client(RealServers servers) {
        return S3Client.builder()
                .endpointOverride(servers.s3())
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(RealServers.KEY, RealServers.SECRET)))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }
}
