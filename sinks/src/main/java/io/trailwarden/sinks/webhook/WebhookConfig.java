package io.trailwarden.sinks.webhook;

import java.net.URI;

/**
 * An HTTP endpoint that takes findings.
 *
 * @param url {@code https}, or {@code http} on this machine only; may hold a secret, as Slack's do
 * @param secret signs each request; empty: not signed
 * @param template what the body looks like
 * @param routingKey PagerDuty's integration key; empty for the others
 * @param consoleUrl where people reach the console; empty: no links
 */
public record WebhookConfig(URI url, String secret, Template template, String routingKey, String consoleUrl) {

    public WebhookConfig {
        boolean https = "https".equals(url.getScheme());
        if (url.getHost() == null || !https && !("http".equals(url.getScheme()) && isLoopback(url.getHost()))) {
            throw new IllegalArgumentException(
                    "webhook.url: (a secret) (expected: https://host/…, or http:// on this machine)");
        }
        if (template == Template.PAGERDUTY && routingKey.isEmpty()) {
            throw new IllegalArgumentException(
                    "webhook.routing-key: \"\" (expected: the integration key of a PagerDuty service)");
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
