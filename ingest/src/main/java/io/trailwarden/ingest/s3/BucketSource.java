package io.trailwarden.ingest.s3;

import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.aws.AccessProbe;
import io.trailwarden.ingest.aws.AccessProbe.Outcome;
import io.trailwarden.ingest.aws.AccessProbe.Verdict;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSource;
import io.trailwarden.ingest.custody.CustodyConfig;
import io.trailwarden.ingest.custody.CustodyWatch;
import io.trailwarden.ingest.custody.KafkaReceiptLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Buckets, and the custody of what lies in them.
 *
 * @param access as whom and where
 * @param config what is read
 * @param custody how their digests are watched; null: they are not
 */
public record BucketSource(AwsAccess access, BucketConfig config, @Nullable CustodyConfig custody)
        implements AwsSource {

    public static final Kind KIND = new Kind(
            "s3",
            true,
            Stream.concat(BucketConfig.SETTINGS.stream(), CustodyConfig.SETTINGS.stream())
                    .toList(),
            (source, access, values) -> {
                BucketConfig config = BucketConfig.of(source, values);
                return new BucketSource(
                        access,
                        config,
                        CustodyConfig.of(
                                "custody:" + values.get(AwsSource.NAME),
                                config.buckets(),
                                config.owner(),
                                config.queue() != null,
                                values));
            });

    private static final String NOT_THERE = "trailwarden-doctor";

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public List<Ingester> open(Opening with) throws IngestException {
        List<Ingester> all = new ArrayList<>();
        all.add(new BucketIngester(
                config, with.sessions().of(access), with.publisher(), with.positions(), with.clock()));
        // What is judged is how things go on; of what is there once, custody verify tells more.
        if (with.follow() && custody != null) {
            all.add(new CustodyWatch(
                    custody,
                    with.sessions(),
                    access,
                    with.publisher(),
                    KafkaReceiptLog.open(with.kafka()),
                    with.positions(),
                    with.people().suppression()));
        }
        return all;
    }

    @Override
    public List<Outcome> probe(AccessProbe probe) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        String prefix = config.backfill() == null
                ? "AWSLogs/"
                : config.backfill().prefixes().get(0);
        for (String bucket : config.buckets().stream().sorted().toList()) {
            String[] key = {prefix + NOT_THERE};
            Outcome listed = probe.attempt(AwsApi.LIST_OBJECTS, bucket, () -> {
                List<S3Object> objects = probe.session()
                        .s3()
                        .listObjectsV2(ListObjectsV2Request.builder()
                                .bucket(bucket)
                                .prefix(prefix)
                                .maxKeys(1)
                                .expectedBucketOwner(config.owner())
                                .build())
                        .contents();
                objects.forEach(object -> key[0] = object.key());
                return objects.isEmpty() ? "nothing below " + prefix + " yet" : "found " + key[0];
            });
            outcomes.add(listed);
            outcomes.add(getObject(probe, bucket, key[0], listed.verdict() == Verdict.GRANTED));
        }
        String queue = config.queue();
        if (queue != null) {
            queue(probe, queue, outcomes);
        }
        if (custody != null) {
            outcomes.add(probe.attempt(AwsApi.LIST_PUBLIC_KEYS, "*", () -> {
                Instant now = probe.session().now();
                return probe.session()
                                .cloudTrail()
                                .listPublicKeys(list -> list.startTime(now.minus(Duration.ofDays(1)))
                                        .endTime(now))
                                .publicKeyList()
                                .size()
                        + " keys";
            }));
            outcomes.add(AccessProbe.untried(AwsApi.TRAIL_STATUS, "which trails there are, digests tell"));
        }
        return outcomes;
    }

    private Outcome getObject(AccessProbe probe, String bucket, String key, boolean listable)
            throws InterruptedException {
        String on = bucket + "/" + key;
        Outcome outcome = probe.attempt(AwsApi.GET_OBJECT, on, () -> {
            probe.session()
                    .s3()
                    .getObject(GetObjectRequest.builder()
                            .bucket(bucket)
                            .key(key)
                            .range("bytes=0-0")
                            .expectedBucketOwner(config.owner())
                            .build())
                    .abort();
            return "it can be read";
        });
        // Without s3:ListBucket, S3 says "denied" of what is not there.
        return outcome.verdict() == Verdict.DENIED && !listable && key.endsWith(NOT_THERE)
                ? new Outcome(
                        outcome.permission(),
                        on,
                        Verdict.UNTRIED,
                        "S3 does not tell as long as " + AwsApi.LIST_OBJECTS.permission() + " is missing",
                        null)
                : outcome;
    }

    private static void queue(AccessProbe probe, String queue, List<Outcome> outcomes) throws InterruptedException {
        boolean[] deadLetters = {true};
        Outcome attributes = probe.attempt(AwsApi.GET_QUEUE_ATTRIBUTES, queue, () -> {
            deadLetters[0] = probe.session()
                    .sqs(queue)
                    .getQueueAttributes(get -> get.queueUrl(queue).attributeNames(QueueAttributeName.REDRIVE_POLICY))
                    .attributes()
                    .containsKey(QueueAttributeName.REDRIVE_POLICY);
            return deadLetters[0]
                    ? "it is there, with a dead-letter queue"
                    : "it is there, without a dead-letter queue";
        });
        outcomes.add(
                deadLetters[0]
                        ? attributes
                        : new Outcome(
                                attributes.permission(),
                                queue,
                                attributes.verdict(),
                                attributes.found(),
                                "give the queue a dead-letter queue (RedrivePolicy): an object that may not be read is"
                                        + " tried again for as long as the queue hands it out"));
        outcomes.add(
                AccessProbe.untried(AwsApi.RECEIVE_MESSAGE, "a message that is received is hidden from who reads"));
        outcomes.add(probe.attempt(AwsApi.DELETE_MESSAGE, queue, () -> {
            probe.session().sqs(queue).deleteMessageBatch(delete -> delete.queueUrl(queue)
                    .entries(DeleteMessageBatchRequestEntry.builder()
                            .id("0")
                            .receiptHandle(NOT_THERE)
                            .build()));
            return "it is allowed";
        }));
        outcomes.add(probe.attempt(AwsApi.CHANGE_VISIBILITY, queue, () -> {
            probe.session().sqs(queue).changeMessageVisibilityBatch(change -> change.queueUrl(queue)
                    .entries(ChangeMessageVisibilityBatchRequestEntry.builder()
                            .id("0")
                            .receiptHandle(NOT_THERE)
                            .visibilityTimeout(0)
                            .build()));
            return "it is allowed";
        }));
    }
}
