package io.trailwarden.app.pipeline;

import io.trailwarden.app.config.SinkSettings;
import io.trailwarden.sinks.FindingSink;
import io.trailwarden.sinks.SinkRunner;
import io.trailwarden.sinks.StdoutSink;
import io.trailwarden.sinks.StorageSink;
import io.trailwarden.sinks.notice.Channel;
import io.trailwarden.sinks.notice.NoticeSink;
import io.trailwarden.sinks.securityhub.SecurityHubConfig;
import io.trailwarden.sinks.securityhub.SecurityHubSink;
import io.trailwarden.sinks.sns.SnsChannel;
import io.trailwarden.sinks.sns.SnsConfig;
import io.trailwarden.sinks.webhook.WebhookChannel;
import io.trailwarden.storage.Archive;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sinks by their names in the configuration. */
public final class Sinks {

    /** Every name, in the order in which people read them. */
    public static final List<String> NAMES =
            List.of(StorageSink.NAME, StdoutSink.NAME, SnsChannel.NAME, WebhookChannel.NAME, SecurityHubSink.NAME);

    private final SinkSettings config;
    private final Archive archive;
    private final PrintStream out;
    private final boolean colour;
    private final Clock clock;

    /** Makes sinks as configured. */
    public Sinks(SinkSettings config, Archive archive, PrintStream out, boolean colour, Clock clock) {
        this.config = config;
        this.archive = archive;
        this.out = out;
        this.colour = colour;
        this.clock = clock;
    }

    /**
     * The sink of this name.
     *
     * @throws IllegalStateException when the settings do not name it
     * @throws IllegalArgumentException when there is no such sink
     */
    public FindingSink of(String name) {
        return switch (name) {
            case StorageSink.NAME -> new StorageSink(archive.findings());
            case StdoutSink.NAME -> StdoutSink.lines(out, colour);
            case SnsChannel.NAME -> {
                SnsConfig sns = needed(config.sns(), name);
                yield notices(new SnsChannel(sns.topic(), sns.target(), config.consoleUrl()));
            }
            case WebhookChannel.NAME -> notices(new WebhookChannel(needed(config.webhook(), name), clock));
            case SecurityHubSink.NAME -> {
                SecurityHubConfig hub = needed(config.securityHub(), name);
                yield new SecurityHubSink(hub.account(), hub.target());
            }
            default ->
                throw new IllegalArgumentException(
                        "sink: \"" + name + "\" (expected: one of " + String.join(", ", NAMES) + ")");
        };
    }

    /**
     * Whether the sink still delivers; attempts that fail are no reason, because they come again.
     *
     * @throws PipelineException when it has ended
     */
    public static void requireRunning(SinkRunner sink) {
        Throwable why = sink.ended();
        if (why != null) {
            throw new PipelineException(
                    "sink " + sink.status().sink() + " delivers nothing any more: " + why
                            + "; what it had not delivered comes again at the next start",
                    why);
        }
    }

    private NoticeSink notices(Channel channel) {
        return new NoticeSink(channel, config.notices(), clock);
    }

    private static <T> T needed(@Nullable T config, String name) {
        if (config == null) {
            throw new IllegalStateException("sink " + name + " is not among those that the settings were read for");
        }
        return config;
    }
}
