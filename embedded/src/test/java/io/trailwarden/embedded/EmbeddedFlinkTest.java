package io.trailwarden.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedFlinkTest {

    /** What the counting operator started with and has now; static because Flink makes its own copy of the operator. */
    private static final AtomicLong RESTORED = new AtomicLong(-1);

    private static final AtomicLong COUNTED = new AtomicLong();

    @TempDir
    Path temporary;

    /** Folders of real people have spaces in their names. */
    private Path directory;

    @BeforeEach
    void forget() {
        directory = temporary.resolve("a space and an ü");
        RESTORED.set(-1);
        COUNTED.set(0);
    }

    @Test
    void runs_a_bounded_job_to_its_end() {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 2)) {
            FlinkJob job = flink.submit(counting(flink, 999, ""), "counting");
            job.awaitEnd(Duration.ofSeconds(60));
            assertThat(COUNTED).hasValue(1000);
            assertThat(job.status()).isEqualTo("FINISHED");
        }
    }

    @Test
    void a_job_continues_from_the_newest_checkpoint_in_a_new_cluster() {
        long atCheckpoint;
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 2)) {
            FlinkJob job = flink.submit(counting(flink, Long.MAX_VALUE - 1, ""), "counting", newest(flink));
            Awaitility.await().untilAtomic(COUNTED, org.hamcrest.Matchers.greaterThan(100L));
            atCheckpoint = COUNTED.get();
            job.checkpoint();
        }
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 2)) {
            FlinkJob job = flink.submit(counting(flink, Long.MAX_VALUE - 1, ""), "counting", newest(flink));
            Awaitility.await().untilAtomic(RESTORED, org.hamcrest.Matchers.greaterThanOrEqualTo(atCheckpoint));

            assertThat(flink.checkpoints().dropEarlierThan(job))
                    .as("earlier checkpoints stay until there is a new one")
                    .isFalse();
            job.checkpoint();
            assertThat(flink.checkpoints().dropEarlierThan(job)).isTrue();
            assertThat(flink.checkpoints().newestFirst())
                    .allSatisfy(left -> assertThat(left.toString()).contains(job.id()));
        }
    }

    @Test
    void a_checkpoint_that_cannot_be_read_is_an_error_and_no_empty_start() throws IOException {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            FlinkJob job = flink.submit(counting(flink, Long.MAX_VALUE - 1, ""), "counting");
            job.checkpoint();
            job.cancel();
            Path checkpoint = Objects.requireNonNull(newest(flink));
            Files.write(checkpoint.resolve("_metadata"), new byte[] {1, 2, 3});
            assertThatThrownBy(() -> flink.submit(counting(flink, Long.MAX_VALUE - 1, ""), "counting", checkpoint))
                    .isInstanceOf(JobFailedException.class)
                    .hasMessageContaining("counting");
        }
    }

    @Test
    void state_of_an_operator_that_is_gone_does_not_hinder_the_rest() {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            FlinkJob job = flink.submit(counting(flink, Long.MAX_VALUE - 1, "of-old-cluster"), "counting");
            job.checkpoint();
        }
        RESTORED.set(-1);
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            FlinkJob job = flink.submit(counting(flink, 99, "of-new-cluster"), "counting", newest(flink));
            job.awaitEnd(Duration.ofSeconds(60));
            assertThat(RESTORED).as("nothing restored").hasValue(-1);
        }
    }

    @Test
    void a_failing_job_says_its_deepest_cause() {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            StreamExecutionEnvironment env = flink.environment();
            env.configure(new org.apache.flink.configuration.Configuration()
                    .set(org.apache.flink.configuration.RestartStrategyOptions.RESTART_STRATEGY, "none"));
            env.fromSource(new NumberSequenceSource(0, 10), WatermarkStrategy.noWatermarks(), "numbers")
                    .map(new Failing())
                    .sinkTo(new DiscardingSink<>());
            FlinkJob job = flink.submit(env, "failing");
            assertThatThrownBy(() -> job.awaitEnd(Duration.ofSeconds(60)))
                    .isInstanceOf(JobFailedException.class)
                    .hasMessageContaining("failing")
                    .hasMessageContaining("planted");
        }
    }

    @Test
    void nothing_listens_on_other_addresses_than_loopback() throws IOException {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            flink.submit(counting(flink, Long.MAX_VALUE - 1, ""), "counting");
            List<Integer> ports = listeningPorts();
            for (var networks = NetworkInterface.getNetworkInterfaces(); networks.hasMoreElements(); ) {
                NetworkInterface network = networks.nextElement();
                if (network.isLoopback() || !network.isUp()) {
                    continue;
                }
                for (var address : network.getInterfaceAddresses()) {
                    for (int port : ports) {
                        assertThatThrownBy(() -> connect(new InetSocketAddress(address.getAddress(), port)))
                                .as("%s port %d", address.getAddress(), port)
                                .isInstanceOf(IOException.class);
                    }
                }
            }
        }
    }

    @Test
    void no_port_answers_a_web_page_that_asks_for_jobs_or_ends_one() throws IOException {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            FlinkJob job = flink.submit(counting(flink, Long.MAX_VALUE - 1, ""), "counting");
            for (int port : listeningPorts()) {
                for (String path : List.of("/jobs/overview", "/config", "/jobs/" + job.id() + "/yarn-cancel")) {
                    assertThat(answer(port, path)).as("port %d, %s", port, path).isEmpty();
                }
            }
            assertThat(job.status()).isEqualTo("RUNNING");
        }
    }

    /** The first bytes of an HTTP answer; empty where the other side hangs up or does not speak HTTP. */
    private static String answer(int port, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            socket.setSoTimeout(1_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String begin = new String(socket.getInputStream().readNBytes(16), StandardCharsets.ISO_8859_1);
            return begin.startsWith("HTTP/") ? begin : "";
        } catch (SocketException | SocketTimeoutException hungUp) {
            return "";
        }
    }

    private static @Nullable Path newest(EmbeddedFlink flink) {
        return flink.checkpoints().newestFirst().stream().findFirst().orElse(null);
    }

    private static void connect(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, 300);
        }
    }

    /** This process's listening TCP ports, as Linux tells; empty elsewhere. */
    private static List<Integer> listeningPorts() throws IOException {
        Path fds = Path.of("/proc/self/fd");
        if (!Files.isDirectory(fds)) {
            return List.of();
        }
        java.util.Set<String> inodes = new java.util.HashSet<>();
        try (var list = Files.list(fds)) {
            for (Path fd : list.toList()) {
                try {
                    String target = Files.readSymbolicLink(fd).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring(8, target.length() - 1));
                    }
                } catch (IOException closedMeanwhile) {
                    continue;
                }
            }
        }
        List<Integer> ports = new java.util.ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] f = line.trim().split("\\s+");
                if (f.length > 9 && f[3].equals("0A") && inodes.contains(f[9])) {
                    ports.add(Integer.parseInt(f[1].substring(f[1].indexOf(':') + 1), 16));
                }
            }
        }
        return ports;
    }

    private static StreamExecutionEnvironment counting(EmbeddedFlink flink, long last, String cluster) {
        StreamExecutionEnvironment env = flink.environment();
        env.setParallelism(1);
        env.enableCheckpointing(3_600_000);
        env.fromSource(new NumberSequenceSource(0, last), WatermarkStrategy.noWatermarks(), "numbers")
                .uid("numbers" + cluster)
                .map(new Counting())
                .uid("counting" + cluster)
                .sinkTo(new DiscardingSink<>())
                .uid("nothing");
        return env;
    }

    private static final class Counting implements MapFunction<Long, Long>, CheckpointedFunction {
        private static final long serialVersionUID = 1L;
        private transient ListState<Long> state;

        @Override
        public Long map(Long value) {
            COUNTED.incrementAndGet();
            return value;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            state.update(List.of(COUNTED.get()));
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            state = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("count", Types.LONG));
            for (long count : state.get()) {
                RESTORED.set(count);
            }
        }
    }

    private static final class Failing implements MapFunction<Long, Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long map(Long value) {
            throw new IllegalStateException("planted");
        }
    }
}
