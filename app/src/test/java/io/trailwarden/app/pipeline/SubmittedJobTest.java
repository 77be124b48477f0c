package io.trailwarden.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a Flink cluster's REST address says of the jobs it has. */
class SubmittedJobTest {

    private final AtomicReference<String> answer = new AtomicReference<>("{}");
    private volatile int status = 200;
    private HttpServer cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cluster.createContext("/jobs/overview", exchange -> {
            byte[] body = answer.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        cluster.start();
    }

    @AfterEach
    void stop() {
        cluster.stop(0);
    }

    private String address() {
        return "127.0.0.1:" + cluster.getAddress().getPort();
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, true",
        "RESTARTING, true",
        "CREATED, true",
        "CANCELLING, true",
        "FINISHED, false",
        "CANCELED, false",
        "FAILED, false"
    })
    void a_job_that_goes_on_or_may_go_on_is_there(String state, boolean there) throws InterruptedException {
        answer.set("{\"jobs\":[{\"jid\":\"other\",\"name\":\"another job\",\"state\":\"RUNNING\"},"
                + "{\"jid\":\"abc\",\"name\":\"" + io.trailwarden.jobs.DetectionJob.NAME + "\",\"state\":\"" + state
                + "\"}]}");

        assertThat(DetectionRun.submitted(address()).isPresent()).isEqualTo(there);
        if (there) {
            assertThat(DetectionRun.submitted(address())).contains("abc");
        }
    }

    @Test
    void a_cluster_without_jobs_has_none() throws InterruptedException {
        answer.set("{\"jobs\":[]}");

        assertThat(DetectionRun.submitted(address())).isEmpty();
    }

    @Test
    void a_cluster_that_does_not_say_is_not_a_cluster_without_jobs() {
        status = 503;
        assertThatThrownBy(() -> DetectionRun.submitted(address()))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining("the cluster at " + address())
                .hasMessageContaining("status 503");
        status = 200;
        answer.set("<html>");
        assertThatThrownBy(() -> DetectionRun.submitted(address())).isInstanceOf(PipelineException.class);
        String gone = address();
        cluster.stop(0);
        assertThatThrownBy(() -> DetectionRun.submitted(gone))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining(gone);
    }
}
