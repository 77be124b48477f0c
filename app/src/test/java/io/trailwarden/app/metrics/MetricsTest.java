package io.trailwarden.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.console.stages.StageReport;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.sinks.SinkStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private static final Pattern METRIC = Pattern.compile("\\b(trailwarden|jvm|process)_[a-z_]+\\b");

    @Test
    void every_published_name_is_told_with_its_labels() throws Exception {
        String told = told();
        assertThat(names(told)).containsAll(Metrics.NAMES);
        assertThat(told)
                .contains("trailwarden_ingest_records_total 30.0")
                .contains("trailwarden_sink_delivered_total{sink=\"sns\"} 5.0")
                .contains("trailwarden_sink_failed_attempts{sink=\"sns\"} 2.0")
                .contains("trailwarden_lag_messages{group=\"trailwarden-stored\"} 7.0")
                .contains("trailwarden_lag_seconds{group=\"trailwarden-stored\"} 1.5")
                .contains("trailwarden_job_number{number=\"stored\",part=\"intake\"} 4.0");
    }

    /** What is told and not published is an accident: people build on it. */
    @Test
    void nothing_else_of_ours_is_told() throws Exception {
        Set<String> ours = names(told()).stream()
                .filter(name -> name.startsWith("trailwarden_"))
                .collect(Collectors.toSet());
        assertThat(Set.copyOf(Metrics.NAMES)).containsAll(ours);
    }

    @Test
    void dashboard_alerts_and_page_use_metrics_that_exist() throws Exception {
        Set<String> there = names(told());
        for (String file : List.of("deploy/metrics/dashboard.json", "deploy/metrics/alerts.yaml")) {
            Set<String> used = new TreeSet<>();
            Matcher matcher = METRIC.matcher(Files.readString(root().resolve(file)));
            while (matcher.find()) {
                used.add(matcher.group());
            }
            assertThat(used).as(file).isNotEmpty();
            assertThat(there).as(file).containsAll(used);
        }
    }

    @Test
    void without_an_address_nothing_listens() {
        try (Metrics metrics = Metrics.start("")) {
            assertThat(metrics.port()).isZero();
        }
    }

    @Test
    void an_address_that_is_none_is_told() {
        assertThatThrownBy(() -> Metrics.start("9464"))
                .isInstanceOf(BadConfigException.class)
                .hasMessageContaining("metrics.listen");
    }

    private static String told() throws IOException, InterruptedException {
        try (Metrics metrics = Metrics.start("127.0.0.1:0")) {
            metrics.ingest(() -> new IngestProgress(1, 2, 30, 4, 500, Map.of()));
            metrics.sinks(() -> List.of(new SinkStatus("sns", 5, 1, 0, 2, "down")));
            Instant now = Instant.parse("2026-03-01T10:00:00Z");
            StageReport report = new StageReport(
                    now,
                    StageReport.Health.WELL,
                    "",
                    List.of(new StageReport.TopicStage("findings", 9, null, null)),
                    List.of(new StageReport.GroupStage(
                            "trailwarden-stored", StageReport.Health.WELL, "", 7, 1500, false, null, null, null)),
                    List.of(new StageReport.JobPart(
                            "intake",
                            "run",
                            1,
                            1,
                            now,
                            StageReport.Health.WELL,
                            now,
                            2500L,
                            Map.of("stored", 4L),
                            Map.of())));
            metrics.stages(() -> report);
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metrics.port() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static Set<String> names(String told) {
        return told.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.split("[{ ]")[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve("deploy/metrics"))) {
            here = here.getParent();
        }
        return here;
    }
}
