package io.trailwarden.app.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.trailwarden.console.stages.StageMonitor;
import io.trailwarden.console.stages.StageReport;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.sinks.SinkStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of this process for Prometheus, at {@code /metrics}. Names and labels are stable and listed in {@link #NAMES};
 * {@code docs/operations/metrics.md} explains them. Each stage registers its own; all have those of the JVM
 * ({@code jvm_…}, {@code process_…}).
 *
 * <p>Labels hold our own words only (names of sinks, parts, topics), never what a stranger wrote.
 */
public final class Metrics implements AutoCloseable {

    /** Every name of ours, as Prometheus sees it. */
    public static final List<String> NAMES = List.of(
            "trailwarden_ingest_objects_total",
            "trailwarden_ingest_records_total",
            "trailwarden_ingest_rejected_total",
            "trailwarden_ingest_bytes_total",
            "trailwarden_topic_messages",
            "trailwarden_lag_messages",
            "trailwarden_lag_seconds",
            "trailwarden_job_number",
            "trailwarden_job_reported_seconds",
            "trailwarden_job_watermark_delay_seconds",
            "trailwarden_sink_delivered_total",
            "trailwarden_sink_refused_total",
            "trailwarden_sink_unreadable_total",
            "trailwarden_sink_failed_attempts");

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final @Nullable HTTPServer server;
    private @Nullable StageMonitor monitor;

    private Metrics(String listen) {
        JvmMetrics.builder().register(registry);
        this.server = listen.isEmpty() ? null : serve(listen);
    }

    /**
     * Serves metrics.
     *
     * @param listen {@code host:port}; empty: nowhere
     * @throws BadConfigException when it is neither, or cannot be listened on
     */
    public static Metrics start(String listen) {
        return new Metrics(listen);
    }

    /** The port that is listened on; 0 when none is. */
    public int port() {
        return server == null ? 0 : server.getPort();
    }

    private HTTPServer serve(String listen) {
        int colon = listen.lastIndexOf(':');
        if (colon < 1 || !listen.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw bad(listen, "");
        }
        try {
            return HTTPServer.builder()
                    .inetAddress(InetAddress.getByName(listen.substring(0, colon)))
                    .port(Integer.parseInt(listen.substring(colon + 1)))
                    .registry(registry)
                    .buildAndStart();
        } catch (IOException | IllegalArgumentException e) {
            throw bad(listen, "; " + e.getMessage());
        }
    }

    private static BadConfigException bad(String listen, String why) {
        return new BadConfigException(List.of(new ConfigProblem(
                "metrics.listen",
                "\"" + listen + "\" (expected: host:port that is free, such as 127.0.0.1:9464)" + why)));
    }

    /** What is read from the sources. */
    public void ingest(Supplier<IngestProgress> progress) {
        counter("trailwarden_ingest_objects", "Objects read to their end.", progress, IngestProgress::objects);
        counter(
                "trailwarden_ingest_records",
                "Records found, rejected ones included.",
                progress,
                IngestProgress::records);
        counter("trailwarden_ingest_rejected", "Records that cannot be read.", progress, IngestProgress::rejected);
        counter("trailwarden_ingest_bytes", "Uncompressed bytes read.", progress, IngestProgress::bytes);
    }

    private void counter(
            String name, String help, Supplier<IngestProgress> progress, ToLongFunction<IngestProgress> number) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(number.applyAsLong(progress.get())))
                .register(registry);
    }

    /** What goes to the sinks. */
    public void sinks(Supplier<Collection<SinkStatus>> sinks) {
        sink("trailwarden_sink_delivered", "Findings delivered, repeated ones again.", sinks, SinkStatus::delivered);
        sink("trailwarden_sink_refused", "Findings that the place never takes.", sinks, SinkStatus::refused);
        sink("trailwarden_sink_unreadable", "Messages that are no findings.", sinks, SinkStatus::unreadable);
        GaugeWithCallback.builder()
                .name("trailwarden_sink_failed_attempts")
                .help("Failed attempts in a row; 0 while all is well.")
                .labelNames("sink")
                .callback(callback -> sinks.get().forEach(one -> callback.call(one.failedAttempts(), one.sink())))
                .register(registry);
    }

    private void sink(
            String name, String help, Supplier<Collection<SinkStatus>> sinks, ToLongFunction<SinkStatus> number) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("sink")
                .callback(callback -> sinks.get().forEach(one -> callback.call(number.applyAsLong(one), one.sink())))
                .register(registry);
    }

    /** The stages from Kafka on, measured as the console does; only when anybody can ask. */
    public void stages(Map<String, String> connection, Clock clock) {
        if (server != null) {
            StageMonitor measured = new StageMonitor(connection, clock);
            monitor = measured;
            stages(measured::report);
        }
    }

    /** The stages from Kafka on, wherever they run. */
    void stages(Supplier<StageReport> report) {
        GaugeWithCallback.builder()
                .name("trailwarden_topic_messages")
                .help("Messages that a topic holds.")
                .labelNames("topic")
                .callback(callback -> report.get().topics().forEach(one -> callback.call(one.records(), one.topic())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("trailwarden_lag_messages")
                .help("Messages that a consumer group has not committed; group trailwarden-stored: not stored yet.")
                .labelNames("group")
                .callback(
                        callback -> report.get().groups().forEach(one -> callback.call(one.lagRecords(), one.group())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("trailwarden_lag_seconds")
                .help("For how long the oldest of them has been waiting.")
                .labelNames("group")
                .callback(callback ->
                        report.get().groups().forEach(one -> callback.call(one.lagMillis() / 1e3, one.group())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("trailwarden_job_number")
                .help("Numbers of the job's parts by their names in processing/jobs/README.md, since its run began.")
                .labelNames("part", "number")
                .callback(callback -> report.get().job().forEach(one -> one.numbers()
                        .forEach((number, value) -> callback.call(value, one.part(), number))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("trailwarden_job_reported_seconds")
                .help("When the part last said how it is doing, in seconds since 1970.")
                .labelNames("part")
                .callback(callback ->
                        report.get().job().forEach(one -> callback.call(one.at().toEpochMilli() / 1e3, one.part())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("trailwarden_job_watermark_delay_seconds")
                .help("How far the part's event time is behind the clock.")
                .labelNames("part")
                .callback(callback -> report.get().job().forEach(one -> {
                    if (one.watermarkDelayMillis() != null) {
                        callback.call(one.watermarkDelayMillis() / 1e3, one.part());
                    }
                }))
                .register(registry);
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        if (monitor != null) {
            monitor.close();
        }
    }
}
