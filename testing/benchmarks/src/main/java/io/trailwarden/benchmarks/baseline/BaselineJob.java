package io.trailwarden.benchmarks.baseline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.flink.TableLoader;
import org.apache.iceberg.flink.sink.IcebergSink;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** The straightforward Flink job: tree, whole record keyed by id, whole record keyed by principal, Iceberg sink. */
final class BaselineJob {

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "event_id", Types.StringType.get()),
            Types.NestedField.required(2, "event_time", Types.TimestampType.withoutZone()),
            Types.NestedField.required(3, "event_source", Types.StringType.get()),
            Types.NestedField.required(4, "event_name", Types.StringType.get()),
            Types.NestedField.optional(5, "event_version", Types.StringType.get()),
            Types.NestedField.optional(6, "aws_region", Types.StringType.get()),
            Types.NestedField.optional(7, "source_ip_address", Types.StringType.get()),
            Types.NestedField.optional(8, "user_agent", Types.StringType.get()),
            Types.NestedField.optional(9, "error_code", Types.StringType.get()),
            Types.NestedField.optional(10, "error_message", Types.StringType.get()),
            Types.NestedField.optional(11, "request_id", Types.StringType.get()),
            Types.NestedField.optional(12, "event_type", Types.StringType.get()),
            Types.NestedField.optional(13, "event_category", Types.StringType.get()),
            Types.NestedField.optional(14, "read_only", Types.BooleanType.get()),
            Types.NestedField.optional(15, "recipient_account_id", Types.StringType.get()),
            Types.NestedField.optional(16, "user_identity_type", Types.StringType.get()),
            Types.NestedField.optional(17, "user_identity_arn", Types.StringType.get()),
            Types.NestedField.optional(18, "user_identity_account_id", Types.StringType.get()),
            Types.NestedField.optional(19, "user_identity_access_key_id", Types.StringType.get()),
            Types.NestedField.optional(20, "principal", Types.StringType.get()),
            Types.NestedField.optional(21, "request_parameters", Types.StringType.get()),
            Types.NestedField.optional(22, "response_elements", Types.StringType.get()),
            Types.NestedField.optional(23, "resources", Types.StringType.get()),
            Types.NestedField.required(24, "raw", Types.StringType.get()));

    static final PartitionSpec BY_DAY =
            PartitionSpec.builderFor(SCHEMA).day("event_time").build();

    private static final OutputTag<String> FINDINGS = new OutputTag<>("findings", TypeInformation.of(String.class));

    private BaselineJob() {}

    static void build(
            StreamExecutionEnvironment environment,
            String bootstrapServers,
            Table table,
            TableLoader loader,
            Set<String> accounts,
            int parallelism) {
        DataStream<AuditRow> rows = environment
                .fromSource(
                        source(bootstrapServers, Topics.CLOUDTRAIL.name(), new CloudTrailRows()),
                        WatermarkStrategy.<AuditRow>forBoundedOutOfOrderness(Duration.ofMinutes(10))
                                .withTimestampAssigner((row, before) -> row.eventTimeMillis()),
                        "cloudtrail")
                .union(environment.fromSource(
                        source(bootstrapServers, Topics.EXECUTIONS.name(), new ExecutionRows()),
                        WatermarkStrategy.<AuditRow>forBoundedOutOfOrderness(Duration.ofMinutes(10))
                                .withTimestampAssigner((row, before) -> row.eventTimeMillis()),
                        "executions"))
                .keyBy(AuditRow::eventId)
                .process(new Deduplicate())
                .name("deduplicate");
        var detected = rows.keyBy(AuditRow::principal)
                .process(new Detect(Set.copyOf(accounts)))
                .name("detect");
        detected.getSideOutput(FINDINGS)
                .sinkTo(KafkaSink.<String>builder()
                        .setBootstrapServers(bootstrapServers)
                        .setRecordSerializer(KafkaRecordSerializationSchema.builder()
                                .setTopic(Topics.FINDINGS.name())
                                .setValueSerializationSchema(new SimpleStringSchema())
                                .build())
                        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                        .build())
                .name("findings");
        IcebergSink.forRowData(detected.map(BaselineJob::row, InternalTypeInfo.of(FlinkSchemaUtil.convert(SCHEMA)))
                        .name("row"))
                .table(table)
                .tableLoader(loader)
                .writeParallelism(parallelism)
                .append();
    }

    private static KafkaSource<AuditRow> source(
            String bootstrapServers, String topic, DeserializationSchema<AuditRow> schema) {
        return KafkaSource.<AuditRow>builder()
                .setBootstrapServers(bootstrapServers)
                .setTopics(topic)
                .setGroupId("baseline")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(schema)
                .build();
    }

    private static RowData row(AuditRow row) {
        return GenericRowData.of(
                text(row.eventId()),
                TimestampData.fromEpochMillis(row.eventTimeMillis()),
                text(row.source()),
                text(row.name()),
                text(row.version()),
                text(row.region()),
                text(row.address()),
                text(row.userAgent()),
                text(row.errorCode()),
                text(row.errorMessage()),
                text(row.requestId()),
                text(row.eventType()),
                text(row.category()),
                row.readOnly(),
                text(row.account()),
                text(row.userType()),
                text(row.userArn()),
                text(row.userAccount()),
                text(row.accessKeyId()),
                text(row.principal()),
                text(row.requestParameters()),
                text(row.responseElements()),
                text(row.resources()),
                text(row.raw()));
    }

    private static StringData text(@Nullable String text) {
        return StringData.fromString(text);
    }

    private abstract static class Rows implements DeserializationSchema<AuditRow> {
        private static final long serialVersionUID = 1;
        private transient ObjectMapper json;

        @Override
        public void open(InitializationContext context) {
            json = new ObjectMapper();
        }

        @Override
        public AuditRow deserialize(byte[] message) throws IOException {
            return row(json.readTree(message), new String(message, StandardCharsets.UTF_8));
        }

        abstract AuditRow row(JsonNode json, String raw);

        @Override
        public boolean isEndOfStream(AuditRow next) {
            return false;
        }

        @Override
        public TypeInformation<AuditRow> getProducedType() {
            return TypeInformation.of(AuditRow.class);
        }
    }

    private static final class CloudTrailRows extends Rows {
        private static final long serialVersionUID = 1;

        @Override
        AuditRow row(JsonNode json, String raw) {
            return AuditRow.cloudTrail(json, raw);
        }
    }

    private static final class ExecutionRows extends Rows {
        private static final long serialVersionUID = 1;

        @Override
        AuditRow row(JsonNode json, String raw) {
            return AuditRow.execution(json, raw);
        }
    }

    private static final class Deduplicate extends KeyedProcessFunction<String, AuditRow, AuditRow> {
        private static final long serialVersionUID = 1;
        private transient ValueState<Boolean> seen;

        @Override
        public void open(OpenContext context) {
            ValueStateDescriptor<Boolean> descriptor = new ValueStateDescriptor<>("seen", Boolean.class);
            descriptor.enableTimeToLive(
                    StateTtlConfig.newBuilder(Duration.ofDays(1)).build());
            seen = getRuntimeContext().getState(descriptor);
        }

        @Override
        public void processElement(AuditRow row, Context context, Collector<AuditRow> out) throws Exception {
            if (seen.value() == null) {
                seen.update(true);
                out.collect(row);
            }
        }
    }

    /** Sketches of the three detections: a new use after the first hour, ten throttles in five minutes, a stranger. */
    private static final class Detect extends KeyedProcessFunction<String, AuditRow, AuditRow> {
        private static final long serialVersionUID = 1;
        private static final long LEARNING_MILLIS = Duration.ofDays(7).toMillis();
        private static final long WINDOW_MILLIS = Duration.ofMinutes(5).toMillis();

        private final Set<String> accounts;
        private transient MapState<String, Long> uses;
        private transient MapState<String, Integer> throttles;
        private transient ValueState<Long> since;

        Detect(Set<String> accounts) {
            this.accounts = accounts;
        }

        @Override
        public void open(OpenContext context) {
            uses = getRuntimeContext().getMapState(new MapStateDescriptor<>("uses", String.class, Long.class));
            throttles =
                    getRuntimeContext().getMapState(new MapStateDescriptor<>("throttles", String.class, Integer.class));
            since = getRuntimeContext().getState(new ValueStateDescriptor<>("since", Long.class));
        }

        @Override
        public void processElement(AuditRow row, Context context, Collector<AuditRow> out) throws Exception {
            long time = row.eventTimeMillis();
            Long first = since.value();
            if (first == null || time < first) {
                since.update(time);
                first = time;
            }
            String use = row.source() + ':' + row.name() + '|' + row.region();
            if (!uses.contains(use)) {
                uses.put(use, time);
                if (time - first > LEARNING_MILLIS) {
                    finding(context, "new-use", row);
                }
            }
            String error = row.errorCode();
            if (error != null
                    && (error.contains("Throttl")
                            || error.contains("LimitExceeded")
                            || error.contains("TooManyRequests"))) {
                String window = use + '|' + time / WINDOW_MILLIS;
                Integer before = throttles.get(window);
                int count = before == null ? 1 : before + 1;
                throttles.put(window, count);
                if (count == 10) {
                    finding(context, "throttling", row);
                }
            }
            if ("AWSAccount".equals(row.userType()) && !accounts.contains(row.userAccount())) {
                finding(context, "outsider", row);
            }
            out.collect(row);
        }

        private void finding(Context context, String detection, AuditRow row) {
            context.output(
                    FINDINGS,
                    "{\"detection\":\"" + detection + "\",\"principal\":\"" + row.principal() + "\",\"eventId\":\""
                            + row.eventId() + "\"}");
        }
    }
}
