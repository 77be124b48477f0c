package io.trailwarden.app.config;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.RefusedException;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import io.trailwarden.sinks.notice.NoticePolicy;
import io.trailwarden.sinks.securityhub.SecurityHubConfig;
import io.trailwarden.sinks.securityhub.SecurityHubSink;
import io.trailwarden.sinks.sns.SnsChannel;
import io.trailwarden.sinks.sns.SnsConfig;
import io.trailwarden.sinks.webhook.WebhookChannel;
import io.trailwarden.sinks.webhook.WebhookConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where findings go. What a sink needs is there exactly if the sink is named.
 *
 * @param names of the sinks that get findings
 * @param notices how much people are told
 * @param consoleUrl where people reach the console; empty: no links
 * @param sns null: not named
 * @param webhook null: not named
 * @param securityHub null: not named
 */
public record SinkSettings(
        List<String> names,
        NoticePolicy notices,
        String consoleUrl,
        @Nullable SnsConfig sns,
        @Nullable WebhookConfig webhook,
        @Nullable SecurityHubConfig securityHub) {

    static final Setting<List<String>> NAMES = new Setting<>(
            "sinks",
            Kinds.names("storage", "stdout", SnsChannel.NAME, WebhookChannel.NAME, SecurityHubSink.NAME),
            "storage",
            "where findings go");

    public SinkSettings {
        names = List.copyOf(names);
    }

    /** As the settings say; refused where a sink that is named lacks what it needs. */
    static SinkSettings of(Values values) {
        List<String> names = values.get(NAMES);
        String console = values.get(NoticePolicy.CONSOLE_URL);
        return new SinkSettings(
                names,
                NoticePolicy.of(values),
                console,
                named(names, SnsChannel.NAME, values, SnsConfig::of),
                named(names, WebhookChannel.NAME, values, said -> WebhookConfig.of(said, console)),
                named(names, SecurityHubSink.NAME, values, SecurityHubConfig::of));
    }

    private static <T> @Nullable T named(List<String> names, String name, Values values, Function<Values, T> binding) {
        try {
            return names.contains(name) ? binding.apply(values) : null;
        } catch (RefusedException e) {
            throw e.because(NAMES);
        }
    }

    static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(List.of(NAMES));
        all.addAll(NoticePolicy.SETTINGS);
        all.addAll(SnsConfig.settings());
        all.addAll(WebhookConfig.SETTINGS);
        all.addAll(SecurityHubConfig.settings());
        return all;
    }
}
