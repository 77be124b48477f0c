package io.trailwarden.e2e;

import io.trailwarden.testing.aws.RealServers;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** What others do with buckets and queues, and how the configuration names tables in one. */
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
            // s3proxy drops some connections on which it took an object and does not say so.
            s3.putObject(
                    put -> put.bucket(bucket)
                            .key(key)
                            .overrideConfiguration(override -> override.putHeader("Connection", "close")),
                    RequestBody.fromBytes(object));
        }
    }

    static void createQueue(RealServers servers, String queue) {
        try (SqsClient sqs = queues(servers)) {
            sqs.createQueue(create -> create.queueName(queue));
        }
    }

    static void send(RealServers servers, String queue, String body) {
        try (SqsClient sqs = queues(servers)) {
            sqs.sendMessage(send -> send.queueUrl(servers.queue(queue)).messageBody(body));
        }
    }

    /** Messages of a queue, hidden ones too. */
    static int messages(RealServers servers, String queue) {
        try (SqsClient sqs = queues(servers)) {
            return sqs
                    .getQueueAttributes(get -> get.queueUrl(servers.queue(queue))
                            .attributeNames(
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                    .attributes()
                    .values()
                    .stream()
                    .mapToInt(Integer::parseInt)
                    .sum();
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
                .credentialsProvider(credentials())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    private static SqsClient queues(RealServers servers) {
        return SqsClient.builder()
                .endpointOverride(servers.sqs())
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    private static StaticCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(RealServers.KEY, RealServers.SECRET));
    }
}
