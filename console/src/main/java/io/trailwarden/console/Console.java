package io.trailwarden.console;

import io.trailwarden.console.findings.Batch;
import io.trailwarden.console.findings.FindingsFeed;
import io.trailwarden.console.findings.FindingsStore;
import io.trailwarden.console.live.LiveStream;
import io.trailwarden.console.rules.RuleFeed;
import io.trailwarden.console.source.SourceException;
import io.trailwarden.console.source.StoredFindings;
import io.trailwarden.console.stages.StageMonitor;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.event.Finding;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running console: its findings store, the feed that fills it, the live stream and the web server. {@link #close}
 * stops all of it; what was stored stays.
 */
public final class Console implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Console.class);

    private final ConsoleConfig config;
    private final FindingsStore store;
    private final @Nullable FindingsFeed feed;
    private final @Nullable StageMonitor stages;
    private final @Nullable RuleFeed rules;
    private final LiveStream live;
    private final Gate gate;
    private final Server server;
    private final ServerConnector connector;

    private Console(ConsoleConfig config, ConsoleSources sources, FindingsStore store, Clock clock) {
        this.config = config;
        this.store = store;
        this.live = new LiveStream(store, Json.WRITER);
        this.feed = config.kafka().isEmpty() ? null : new FindingsFeed(config.kafka(), store, clock);
        this.stages = config.kafka().isEmpty() ? null : new StageMonitor(config.kafka(), clock);
        this.rules = config.kafka().isEmpty() || sources.rules() != null ? null : new RuleFeed(config.kafka());
        this.gate = new Gate(config, clock);
        QueuedThreadPool threads = new QueuedThreadPool(32, 4);
        threads.setName("console");
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(16_384);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(config.settings().host());
        connector.setPort(config.settings().port());
        connector.setIdleTimeout(30_000);
        server.addConnector(connector);
        server.setErrorHandler(new PlainErrors());
        Supplier<@Nullable LoadedRules> running = rules == null ? sources.rules() : rules::rules;
        server.setHandler(new Routes(
                gate, new Api(config, sources, store, feed, stages, running, live), live, new StaticFiles()));
    }

    /**
     * Starts the console; when it returns, pages are served.
     *
     * @throws IOException if the store cannot be opened or the address is taken
     */
    public static Console start(ConsoleConfig config, ConsoleSources sources, Clock clock) throws IOException {
        FindingsStore store = FindingsStore.open(config.store(), clock);
        fill(store, sources.findings());
        Console console = new Console(config, sources, store, clock);
        try {
            console.server.start();
        } catch (Exception e) {
            console.close();
            throw new IOException(
                    "cannot listen on " + config.settings().host() + ":"
                            + config.settings().port() + ": " + e.getMessage(),
                    e);
        }
        return console;
    }

    /** A store without findings, new or moved away, begins with those of the tables: Kafka may keep fewer. */
    private static void fill(FindingsStore store, @Nullable StoredFindings stored) {
        if (stored == null || store.size() > 0) {
            return;
        }
        try {
            List<Finding> findings = new ArrayList<>(stored.all());
            findings.sort(Comparator.comparing(Finding::detectedAt));
            store.apply(Batch.of(findings));
        } catch (SourceException e) {
            LOG.warn("The console begins without the stored findings", e);
        }
    }

    /** The findings of this console. */
    public FindingsStore findings() {
        return store;
    }

    /** Where people find it. */
    public URI url() {
        String host = config.settings().host().contains(":")
                ? "[" + config.settings().host() + "]"
                : config.settings().host();
        return URI.create(
                "http://" + (host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":" + connector.getLocalPort() + "/");
    }

    /** A link that logs in whoever opens it first; the plain address where no token is asked for. */
    public URI loginUrl() {
        String code = gate.loginCode();
        return code == null ? url() : url().resolve("/login?code=" + code);
    }

    @Override
    public void close() {
        live.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the web server did not stop", e);
        } finally {
            if (feed != null) {
                feed.close();
            }
            if (stages != null) {
                stages.close();
            }
            if (rules != null) {
                rules.close();
            }
            store.close();
        }
    }

    /** Errors that Jetty itself answers, such as a request that is not HTTP: a code, and nothing that came in. */
    private static final class PlainErrors implements Request.Handler {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8");
            byte[] body = Json.bytes(Map.of("error", "The request was not understood."));
            response.write(true, ByteBuffer.wrap(body), callback);
            return true;
        }
    }
}
