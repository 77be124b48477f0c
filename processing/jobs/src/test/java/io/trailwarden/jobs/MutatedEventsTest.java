package io.trailwarden.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.Signal;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.detect.DetectorFactory;
import io.trailwarden.jobs.detect.DetectorOperator;
import io.trailwarden.jobs.detect.DetectorTypes;
import io.trailwarden.jobs.intake.Delivered;
import io.trailwarden.jobs.intake.Detection;
import io.trailwarden.jobs.intake.IntakeFactory;
import io.trailwarden.jobs.intake.IntakeOperator;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.state.StateKey;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing that a record holds can stop the job, blind a detector or get lost: mutated records through every operator, with
 * the rules that we ship, the serialisers between them, and a restart from a checkpoint now and then.
 *
 * <pre>{@code
 * ./mvnw -pl processing/jobs -am test -Dtest=MutatedEventsTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dmutated.events=1000000 -Dmutated.seed=7 -Dsurefire.jvm=-Xmx6g
 * }</pre>
 */
class MutatedEventsTest {

    private static final int EVENTS = Integer.getInteger("mutated.events", 2_000);
    private static final long SEED = Long.getLong("mutated.seed", 1);
    private static final int BETWEEN_CHECKPOINTS = Math.max(500, EVENTS / 20);
    private static final int MAX_PARALLELISM = 128;

    private static final Path ATTACKS = Path.of("../../../shared/attacks/01-key-longer-than-2048");

    private static final List<String> CALLS = List.of(
            """
            {"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDA","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","accessKeyId":"AKIA","userName":"dana"},"eventTime":"2026-03-02T12:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2","errorCode":"AccessDenied","errorMessage":"no","requestParameters":{"bucketName":"b","key":"k"},"responseElements":null,"requestID":"r1","eventID":"e1","readOnly":true,"resources":[{"accountId":"444455556666","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b"}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"444455556666","eventCategory":"Data"}""",
            """
            {"eventVersion":"1.08","userIdentity":{"type":"AWSAccount","accountId":"999988887777","principalId":"AIDAX"},"eventTime":"2026-03-02T12:01:00Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2","requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/deployer","roleSessionName":"s"},"responseElements":{"credentials":{"accessKeyId":"ASIA1"},"assumedRoleUser":{"arn":"arn:aws:sts::111122223333:assumed-role/deployer/s"}},"eventID":"e2","readOnly":true,"eventType":"AwsApiCall","recipientAccountId":"111122223333"}""",
            """
            {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROA:s","arn":"arn:aws:sts::111122223333:assumed-role/deployer/s","accountId":"111122223333","accessKeyId":"ASIA1","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/deployer","accountId":"111122223333","userName":"deployer"},"attributes":{"creationDate":"2026-03-02T12:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"2026-03-02T12:02:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateAccessKey","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","userAgent":"Boto3","requestParameters":{"userName":"backdoor"},"eventID":"e3","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111122223333"}""",
            """
            {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROA:s","arn":"arn:aws:sts::111122223333:assumed-role/orders/s","accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/orders","accountId":"111122223333","userName":"orders"}}},"eventTime":"2026-03-02T12:03:00Z","eventSource":"states.amazonaws.com","eventName":"StartExecution","awsRegion":"eu-west-1","sourceIPAddress":"10.0.0.1","errorCode":"ThrottlingException","errorMessage":"Rate exceeded","requestParameters":{"stateMachineArn":"arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow"},"eventID":"e4","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111122223333"}""",
            """
            {"eventVersion":"1.11","userIdentity":{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"},"eventTime":"2026-03-02T12:04:00Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.9","userAgent":"Mozilla","responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"No"},"eventID":"e5","readOnly":false,"eventType":"AwsConsoleSignIn","recipientAccountId":"111122223333"}""");

    private static final List<String> LINES = List.of(
            """
            {"id":"1","type":"ExecutionStarted","details":{"input":"{}","roleArn":"arn:aws:iam::111122223333:role/orders"},"previous_event_id":"0","event_timestamp":"1772452800000","execution_arn":"arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:one","redrive_count":"0"}""",
            """
            {"id":"7","type":"TaskFailed","details":{"resourceType":"lambda","resource":"invoke","error":"States.TaskFailed","cause":"AccessDeniedException: not authorized"},"previous_event_id":"6","event_timestamp":"1772452801000","execution_arn":"arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:one"}""",
            """
            {"id":"8","type":"ExecutionFailed","details":{"error":"States.TaskFailed","cause":"no"},"previous_event_id":"7","event_timestamp":"1772452802000","execution_arn":"arn:aws:states:eu-west-1:111122223333:express:OrderFlow:two:5c1e"}""");

    @TempDir
    Path directory;

    private final JobSettings settings = JobSettings.local(1, URI.create("file:///none"));
    private final ListFeed references = ListFeed.empty();
    private ArchiveConfig archive;

    @BeforeEach
    void makeTablesAndRules() throws IOException {
        archive = ArchiveConfig.local(directory);
        Archive.open(archive).close();
        references.put(ListFeed.account("111122223333"));
        Path rules = Path.of("../../rules");
        try (Stream<Path> files = Files.walk(rules)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yml"))
                    .filter(path -> !path.toString().endsWith(".test.yml"))
                    .sorted()
                    .toList()) {
                references.put(LoadedRules.entry(
                        rules.relativize(file).toString(), Files.readString(file), true, TestRecords.NOON));
            }
        }
    }

    @Test
    void mutated_records_neither_stop_the_job_nor_get_lost_nor_fail_a_detector() throws Exception {
        MutatedEvents calls = new MutatedEvents(SEED, CALLS);
        MutatedEvents lines = new MutatedEvents(SEED + 1, LINES);
        try (Job job = new Job()) {
            for (int i = 0; i < EVENTS; i++) {
                if (i % 4 == 3) {
                    job.take(Topics.EXECUTIONS.name(), lines.next());
                } else {
                    job.take(Topics.CLOUDTRAIL.name(), calls.next());
                }
            }

            Map<String, Long> outcomes = job.outcomes();
            assertThat(outcomes).containsEntry("received", (long) EVENTS).containsEntry("detectorFailures", 0L);
            assertThat(outcomes.get("stored")).as("stored: %s", outcomes).isGreaterThan(EVENTS / 2);
            assertThat(outcomes.get("deadLetters"))
                    .as("dead letters: %s", outcomes)
                    .isPositive();
            assertThat(outcomes.get("duplicates"))
                    .as("duplicates: %s", outcomes)
                    .isNotNegative();
            assertThat(job.findings).as("detectors judged something").isPositive();
        }
    }

    @Test
    void records_whose_keys_are_longer_than_any_limit_pass_the_shuffle_and_a_restart() throws Exception {
        Assumptions.assumeTrue(Files.isDirectory(ATTACKS), "needs " + ATTACKS + ", which is not here");
        try (Job job = new Job();
                Stream<Path> files = Files.list(ATTACKS)) {
            long sent = 0;
            for (Path file : files.filter(path -> path.toString().endsWith(".ndjson"))
                    .sorted()
                    .toList()) {
                boolean execution = file.getFileName().toString().startsWith("execution");
                for (String line : Files.readAllLines(file)) {
                    job.take(
                            (execution ? Topics.EXECUTIONS : Topics.CLOUDTRAIL).name(),
                            line.getBytes(StandardCharsets.UTF_8));
                    sent++;
                }
            }
            job.restart();

            assertThat(job.outcomes()).containsEntry("received", sent).containsEntry("deadLetters", 0L);
        }
    }

    /** The operators of the job, one subtask of each, and what passes between them written and read as between machines. */
    private final class Job implements AutoCloseable {

        private final Detection detection = Detection.standard();
        private final DetectorTypes types = new DetectorTypes(detection.keyedDetectors());
        private final TypeSerializer<Signal<?, ?>> signals =
                types.signals().createSerializer(new SerializerConfigImpl());
        private final List<OutputTag<Signal<?, ?>>> next = new ArrayList<>();
        private final List<KeyedOneInputStreamOperatorTestHarness<StateKey, Signal<?, ?>, Finding>> rounds =
                new ArrayList<>();
        private final OneInputStreamOperatorTestHarness<Delivered, Signal<?, ?>> intake;
        private long offset;
        private long checkpoint;
        private long clock;
        private long findings;
        private long passed;

        Job() throws Exception {
            intake = new OneInputStreamOperatorTestHarness<>(
                    new IntakeFactory("feed", detection, references, archive, settings), MAX_PARALLELISM, 1, 0);
            intake.setProcessingTime(0);
            intake.open();
            for (int round = 1; round <= detection.rounds(); round++) {
                next.add(new OutputTag<>("next-round", types.signals()));
                rounds.add(open(round, null));
            }
        }

        private KeyedOneInputStreamOperatorTestHarness<StateKey, Signal<?, ?>, Finding> open(
                int round, @Nullable OperatorSubtaskState state) throws Exception {
            StreamOperatorFactory<Finding> factory =
                    new DetectorFactory(round, detection.inRound(round), next.get(round - 1), references, settings);
            KeyedOneInputStreamOperatorTestHarness<StateKey, Signal<?, ?>, Finding> harness =
                    new KeyedOneInputStreamOperatorTestHarness<>(
                            factory, DetectorTypes.byKey(), types.keys(), MAX_PARALLELISM, 1, 0);
            // In memory, as the harness would have it, a checkpoint has at most 5 MB.
            harness.setCheckpointStorage(new FileSystemCheckpointStorage(
                    directory.resolve("checkpoints").toUri()));
            harness.setProcessingTime(clock);
            if (state != null) {
                harness.initializeState(state);
            }
            harness.open();
            return harness;
        }

        void take(String topic, byte[] record) throws Exception {
            Origin origin = TestRecords.origin("mutated", offset);
            try {
                intake.processElement(new StreamRecord<>(new Delivered(
                        topic,
                        0,
                        offset,
                        record,
                        OriginCodec.objectHeader(origin),
                        OriginCodec.offsetHeader(offset),
                        null)));
                offset++;
                passOn();
                if (offset % BETWEEN_CHECKPOINTS == 0) {
                    restart();
                }
            } catch (Exception | AssertionError | StackOverflowError e) {
                throw new AssertionError("-Dmutated.seed=" + SEED + ", record " + offset + ": " + excerpt(record), e);
            }
        }

        /** A checkpoint, and every stateful operator again from it. */
        void restart() throws Exception {
            checkpoint++;
            clock += 1_000;
            intake.setProcessingTime(clock);
            intake.prepareSnapshotPreBarrier(checkpoint);
            intake.snapshot(checkpoint, clock);
            passOn();
            for (int i = 0; i < rounds.size(); i++) {
                rounds.get(i).setProcessingTime(clock);
                rounds.get(i).prepareSnapshotPreBarrier(checkpoint);
                passOn();
                OperatorSubtaskState state = rounds.get(i).snapshot(checkpoint, clock);
                assertNoFailure(i);
                rounds.get(i).close();
                rounds.set(i, open(i + 1, state));
            }
            drain(intake.getSideOutput(IntakeOperator.FLUSHED));
        }

        private void passOn() throws Exception {
            countFindings(drain(intake.getSideOutput(IntakeOperator.FINDINGS)));
            drain(intake.getSideOutput(IntakeOperator.DEAD_LETTERS));
            List<Signal<?, ?>> said = intake.extractOutputValues();
            intake.getOutput().clear();
            for (int i = 0; i < rounds.size(); i++) {
                for (Signal<?, ?> signal : said) {
                    rounds.get(i).processElement(new StreamRecord<>(written(signal)));
                }
                countFindings(rounds.get(i).extractOutputValues());
                rounds.get(i).getOutput().clear();
                said = drain(rounds.get(i).getSideOutput(next.get(i)));
            }
        }

        /** As the next machine reads it: with the same key, or it would reach a task that does not own it. */
        private Signal<?, ?> written(Signal<?, ?> signal) throws IOException {
            DataOutputSerializer out = new DataOutputSerializer(1_024);
            signals.serialize(signal, out);
            Signal<?, ?> read = signals.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
            assertThat(read).isEqualTo(signal);
            passed++;
            return read;
        }

        private void countFindings(List<Finding> all) {
            for (Finding finding : all) {
                assertThat(finding.detection().name())
                        .as("%s", finding)
                        .isNotIn("detector-failure", "detector-capacity");
                findings++;
            }
        }

        private void assertNoFailure(int round) throws Exception {
            List<JobStatus> status = drain(rounds.get(round).getSideOutput(DetectorOperator.STATUS));
            assertThat(status.get(status.size() - 1).numbers())
                    .as("round %s", round + 1)
                    .containsEntry("detectorFailures", 0L)
                    .containsEntry("signalsForNobody", 0L);
        }

        /** The intake's numbers, whose outcomes must add up: each record has exactly one. */
        Map<String, Long> outcomes() throws Exception {
            restart();
            assertThat(passed).isPositive();
            drain(intake.getSideOutput(IntakeOperator.STATUS));
            intake.setProcessingTime(clock + settings.statusInterval().toMillis());
            List<JobStatus> status = drain(intake.getSideOutput(IntakeOperator.STATUS));
            Map<String, Long> numbers = status.get(status.size() - 1).numbers();
            assertThat(Stream.of("stored", "duplicates", "redelivered", "deadLetters")
                            .mapToLong(numbers::get)
                            .sum())
                    .as("outcomes: %s", numbers)
                    .isEqualTo(offset);
            return numbers;
        }

        private static <T> List<T> drain(@Nullable Queue<StreamRecord<T>> output) {
            List<T> values = new ArrayList<>();
            if (output != null) {
                output.forEach(record -> values.add(record.getValue()));
                output.clear();
            }
            return values;
        }

        @Override
        public void close() {
            try {
                intake.close();
                for (KeyedOneInputStreamOperatorTestHarness<?, ?, ?> round : rounds) {
                    round.close();
                }
            } catch (Exception e) { // as declared by Flink
                throw new AssertionError(e);
            }
        }
    }

    private static String excerpt(byte[] record) {
        String text = new String(record, StandardCharsets.UTF_8);
        return text.length() <= 1_000 ? text : text.substring(0, 1_000) + "… (" + text.length() + " characters)";
    }
}
