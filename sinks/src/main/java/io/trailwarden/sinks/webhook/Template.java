package io.trailwarden.sinks.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.sinks.notice.Notice;
import io.trailwarden.sinks.notice.NoticeJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a request's body looks like. */
public enum Template {
    /** {@link NoticeJson}. */
    JSON {
        @Override
        String body(Notice notice, WebhookConfig config) {
            return json(config).of(notice);
        }
    },

    /**
     * A message for a Slack incoming webhook (Block Kit). Strangers' words stand in {@code plain_text} only, which Slack
     * does not interpret.
     */
    SLACK {
        @Override
        String body(Notice notice, WebhookConfig config) {
            ObjectNode message = MAPPER.createObjectNode();
            // The notification's text is always mrkdwn: without its three control characters it is inert.
            message.put("text", escaped(VisibleText.of(headline(notice), 300)));
            ArrayNode blocks = message.putArray("blocks");
            plain(blocks.addObject().put("type", "header"), headline(notice), 150);
            if (notice instanceof Notice.One one) {
                Finding finding = one.finding();
                if (!finding.words().description().isBlank()) {
                    plain(
                            blocks.addObject().put("type", "section"),
                            finding.words().description(),
                            3000);
                }
                ArrayNode fields = MAPPER.createArrayNode();
                details(finding).forEach((name, value) -> {
                    if (fields.size() < 10) {
                        fields.addObject()
                                .put("type", "plain_text")
                                .put("text", VisibleText.of(name + ": " + value, 2000))
                                .put("emoji", false);
                    }
                });
                blocks.addObject().put("type", "section").set("fields", fields);
            } else {
                StringBuilder lines = new StringBuilder();
                for (Finding finding : notice.findings()
                        .subList(0, Math.min(10, notice.findings().size()))) {
                    lines.append(VisibleText.of(finding.words().title(), 200)).append('\n');
                }
                section(blocks.addObject().put("type", "section"), lines.toString());
            }
            String link = json(config).link(notice);
            if (!link.isEmpty()) {
                ObjectNode button = blocks.addObject()
                        .put("type", "actions")
                        .putArray("elements")
                        .addObject();
                button.put("type", "button").put("url", link).put("action_id", "open-console");
                button.putObject("text").put("type", "plain_text").put("text", "Open in the console");
            }
            return write(message);
        }
    },

    /** An event of PagerDuty's Events API v2; a finding that is withdrawn resolves what it triggered. */
    PAGERDUTY {
        @Override
        String body(Notice notice, WebhookConfig config) {
            ObjectNode event = MAPPER.createObjectNode();
            boolean withdrawn =
                    notice instanceof Notice.One one && one.finding().state() == Finding.State.WITHDRAWN;
            event.put("routing_key", config.routingKey());
            event.put("event_action", withdrawn ? "resolve" : "trigger");
            event.put(
                    "dedup_key",
                    notice instanceof Notice.One one ? one.finding().id() : notice.id());
            event.put("client", "Trailwarden");
            String link = json(config).link(notice);
            if (!link.isEmpty()) {
                event.put("client_url", link);
                event.putArray("links").addObject().put("href", link).put("text", "Finding in the console");
            }
            ObjectNode payload = event.putObject("payload");
            payload.put("summary", VisibleText.of(headline(notice), 1024));
            payload.put("severity", pagerSeverity(notice.severity()));
            payload.put("class", notice instanceof Notice.One ? "finding" : "digest");
            ObjectNode details = payload.putObject("custom_details");
            if (notice instanceof Notice.One one) {
                Finding finding = one.finding();
                payload.put(
                        "source",
                        finding.subject().account() == null
                                ? "aws"
                                : VisibleText.of(finding.subject().account(), 200));
                payload.put("component", VisibleText.of(finding.detection().name(), 200));
                payload.put("timestamp", finding.evidence().last().toString());
                details.put("description", VisibleText.of(finding.words().description(), 2000));
                details(finding).forEach((name, value) -> details.put(name, VisibleText.of(value, 1000)));
            } else {
                payload.put("source", "aws");
                ArrayNode ids = details.putArray("finding_ids");
                notice.findings().forEach(finding -> ids.add(finding.id()));
            }
            return write(event);
        }
    };

    private static final int MOST_BYTES = 262_144;
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** The request's body, as JSON in ASCII. */
    abstract String body(Notice notice, WebhookConfig config);

    private static NoticeJson json(WebhookConfig config) {
        return new NoticeJson(config.consoleUrl(), MOST_BYTES);
    }

    private static String headline(Notice notice) {
        if (notice instanceof Notice.One one) {
            Finding finding = one.finding();
            String begin = finding.state() == Finding.State.WITHDRAWN
                    ? "Withdrawn"
                    : finding.detection().severity().name().charAt(0)
                            + finding.detection().severity().name().substring(1).toLowerCase(Locale.ROOT);
            return begin + ": " + finding.words().title();
        }
        return notice.findings().size() + " findings in a short time, up to "
                + notice.severity().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, String> details(Finding finding) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("finding", finding.id());
        details.put("detection", finding.detection().name());
        details.put("author", finding.detection().author());
        put(details, "account", finding.subject().account());
        put(details, "region", finding.subject().region());
        put(details, "principal", finding.subject().principal());
        details.put("first", finding.evidence().first().toString());
        details.put("last", finding.evidence().last().toString());
        details.put("events", Long.toString(finding.evidence().count()));
        put(details, "techniques", String.join(", ", finding.detection().techniques()));
        finding.words().facts().entrySet().stream()
                .limit(40)
                .forEach(fact -> details.putIfAbsent(VisibleText.of(fact.getKey(), 100), fact.getValue()));
        List<String> steps = finding.words().nextSteps();
        put(details, "next", String.join(" ", steps.subList(0, Math.min(5, steps.size()))));
        return details;
    }

    private static void put(Map<String, String> details, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            details.put(name, value);
        }
    }

    private static String pagerSeverity(Severity severity) {
        return switch (severity) {
            case CRITICAL -> "critical";
            case HIGH -> "error";
            case MEDIUM -> "warning";
            case LOW, INFORMATIONAL -> "info";
        };
    }

    private static void plain(ObjectNode block, String text, int most) {
        section(block, VisibleText.of(text, most));
    }

    private static void section(ObjectNode block, String text) {
        block.putObject("text").put("type", "plain_text").put("text", text).put("emoji", false);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String write(ObjectNode json) {
        try {
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every tree can be written", e);
        }
    }
}
