package io.trailwarden.testing.servers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/**
 * ElasticMQ, s3proxy and Postgres on free ports of loopback: {@code FOLDER KEY SECRET postgres|-}. Says
 * {@code S3_PORT SQS_PORT POSTGRES_PORT} on its first line and ends when its input ends, so that none outlives the test
 * that started it.
 */
public final class ServersMain {

    private ServersMain() {}

    /** Runs until standard input ends. */
    public static void main(String[] args) throws Exception {
        Properties store = new Properties();
        store.setProperty(
                "jclouds.filesystem.basedir",
                Files.createDirectories(Path.of(args[0])).toString());
        S3Proxy s3 = S3Proxy.builder()
                .blobStore(BlobStores.create("filesystem", store))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, args[1], args[2])
                .ignoreUnknownHeaders(true)
                .build();
        s3.start();
        SQSRestServer sqs = SQSRestServerBuilder.withInterface("127.0.0.1")
                .withDynamicPort()
                .start();
        int sqsPort = sqs.waitUntilStarted().localAddress().getPort();
        try (EmbeddedPostgres postgres =
                args[3].equals("postgres") ? EmbeddedPostgres.builder().start() : null) {
            int postgresPort = postgres == null ? 0 : postgres.getPort();
            System.out.write(
                    (s3.getPort() + " " + sqsPort + " " + postgresPort + "\n").getBytes(StandardCharsets.US_ASCII));
            System.out.flush();
            System.in.readAllBytes();
        }
        Runtime.getRuntime().halt(0);
    }
}
