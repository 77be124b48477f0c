package io.trailwarden.sinks.webhook;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.RefusedException;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * An HTTP endpoint that takes findings.
 *
 * @param url {@code https}, or {@code http} on this machine only; may hold a secret, as Slack's do, but not before an
 *     {@code @}, which would not be sent
 * @param secret signs each request; empty: not signed
 * @param template what the body looks like
 * @param routingKey PagerDuty's integration key; empty for the others
 * @param consoleUrl where people reach the console; empty: no links
 */
public record WebhookConfig(URI url, String secret, Template template, String routingKey, String consoleUrl) {

    public static final Setting<String> URL = new Setting<>(
            "webhook.url", Kinds.secret(), "", "where sink webhook posts: https, or http on this machine");
    public static final Setting<Template> TEMPLATE =
            new Setting<>("webhook.template", Kinds.oneOf(Template.class), "json", "what the posts look like");
    public static final Setting<String> SECRET =
            new Setting<>("webhook.secret", Kinds.secret(), "", "signs each post (HMAC-SHA256); empty: not signed");
    public static final Setting<String> ROUTING_KEY =
            new Setting<>("webhook.routing-key", Kinds.secret(), "", "PagerDuty's integration key, for its template");

    /** In the order in which people read them. */
    public static final List<Setting<?>> SETTINGS = List.of(URL, TEMPLATE, SECRET, ROUTING_KEY);

    public WebhookConfig {
        boolean https = "https".equals(url.getScheme());
        if (url.getHost() == null || !https && !("http".equals(url.getScheme()) && isLoopback(url.getHost()))) {
            throw new RefusedException(URL, "(a secret)", "https://host/…, or http:// on this machine");
        }
        if (url.getUserInfo() != null) {
            throw new RefusedException(URL, "(a secret)", "no user and password in it, which would not be sent");
        }
        if (template == Template.PAGERDUTY && routingKey.isEmpty()) {
            throw new RefusedException(ROUTING_KEY, "\"\"", "the integration key of a PagerDuty service");
        }
    }

    /** As the settings say. */
    public static WebhookConfig of(Values values, String consoleUrl) {
        try {
            return new WebhookConfig(
                    new URI(values.get(URL)),
                    values.get(SECRET),
                    values.get(TEMPLATE),
                    values.get(ROUTING_KEY),
                    consoleUrl);
        } catch (URISyntaxException e) {
            throw new RefusedException(URL, "(a secret)", "https://host/…");
        }
    }

    private static boolean isLoopback(String host) {
        return host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]");
    }

    /** Without its secrets. */
    @Override
    public String toString() {
        return "WebhookConfig[" + url.getHost() + ", " + template + "]";
    }
}
