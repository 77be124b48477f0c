package io.trailwarden.app.pipeline;

import io.trailwarden.app.config.BadConfigException;
import io.trailwarden.app.config.ConfigProblem;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.sinks.FindingSink;
import io.trailwarden.sinks.StdoutSink;
import io.trailwarden.sinks.StorageSink;
import io.trailwarden.sinks.aws.AwsTarget;
import io.trailwarden.sinks.notice.Channel;
import io.trailwarden.sinks.notice.NoticePolicy;
import io.trailwarden.sinks.notice.NoticeSink;
import io.trailwarden.sinks.securityhub.SecurityHubSink;
import io.trailwarden.sinks.sns.SnsChannel;
import io.trailwarden.sinks.webhook.WebhookChannel;
import io.trailwarden.sinks.webhook.WebhookConfig;
import io.trailwarden.storage.Archive;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The sinks by their names in the configuration. */
public final class Sinks {

    /** Every name, in the order in which people read them. */
    public static final List<String> NAMES =
            List.of(StorageSink.NAME, StdoutSink.NAME, SnsChannel.NAME, WebhookChannel.NAME, SecurityHubSink.NAME);

    private static final Duration DIGEST_EVERY = Duration.ofMinutes(1);

    private final Configuration config;
    private final Archive archive;
    private final PrintStream out;
    private final boolean colour;
    private final Clock clock;

    /** Makes sinks as configured. */
    public Sinks(Configuration config, Archive archive, PrintStream out, boolean colour, Clock clock) {
        this.config = config;
        this.archive = archive;
        this.out = out;
        this.colour = colour;
        this.clock = clock;
    }

    /**
     * The sink of this name.
     *
     * @throws BadConfigException when a setting that it needs is missing or wrong
     * @throws IllegalArgumentException when there is no such sink
     */
    public FindingSink of(String name) {
        return switch (name) {
            case StorageSink.NAME -> new StorageSink(archive.findings());
            case StdoutSink.NAME -> StdoutSink.lines(out, colour);
            case SnsChannel.NAME -> notices(sns());
            case WebhookChannel.NAME -> notices(webhook());
            case SecurityHubSink.NAME -> securityHub();
            default ->
                throw new IllegalArgumentException(
                        "sink: \"" + name + "\" (expected: one of " + String.join(", ", NAMES) + ")");
        };
    }

    private NoticeSink notices(Channel channel) {
        Configuration.Notices wanted = config.notices();
        return new NoticeSink(channel, new NoticePolicy(wanted.severity(), wanted.perMinute(), DIGEST_EVERY), clock);
    }

    private SnsChannel sns() {
        String topic = config.sns().topic();
        if (!topic.matches("arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+([.]fifo)?")) {
            throw bad("sns.topic: \"" + topic + "\" (expected: ARN of an SNS topic)");
        }
        String region = config.sns().aws().region();
        return new SnsChannel(
                topic,
                access(config.sns().aws(), region.isEmpty() ? topic.split(":")[3] : region),
                config.notices().consoleUrl());
    }

    private WebhookChannel webhook() {
        Configuration.Webhook wanted = config.webhook();
        try {
            return new WebhookChannel(
                    new WebhookConfig(
                            new URI(wanted.url()),
                            wanted.secret(),
                            wanted.template(),
                            wanted.routingKey(),
                            config.notices().consoleUrl()),
                    clock);
        } catch (URISyntaxException e) {
            throw bad("webhook.url: (a secret) (expected: https://host/…)");
        } catch (IllegalArgumentException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
    }

    private SecurityHubSink securityHub() {
        String account = config.securityHub().account();
        if (!account.matches("[0-9]{12}")) {
            throw bad("security-hub.account: \"" + account + "\" (expected: 12 digits)");
        }
        String region = config.securityHub().aws().region();
        if (region.isEmpty()) {
            throw bad("security-hub.region: \"\" (expected: a Region such as eu-central-1)");
        }
        return new SecurityHubSink(account, access(config.securityHub().aws(), region));
    }

    private static AwsTarget access(Configuration.Aws aws, String region) {
        return new AwsTarget(region, aws.profile(), aws.role(), aws.externalId(), aws.endpoint());
    }

    private BadConfigException bad(String message) {
        return new BadConfigException(List.of(new ConfigProblem(
                config.file() == null ? "configuration" : config.file().toString(), message)));
    }
}
