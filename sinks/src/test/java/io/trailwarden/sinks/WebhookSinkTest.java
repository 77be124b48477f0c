package io.trailwarden.sinks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.sinks.notice.NoticePolicy;
import io.trailwarden.sinks.notice.NoticeSink;
import io.trailwarden.sinks.webhook.Template;
import io.trailwarden.sinks.webhook.WebhookChannel;
import io.trailwarden.sinks.webhook.WebhookConfig;
import io.trailwarden.testing.aws.FakeEndpoints;
import java.net.URI;
import java.time.Clock;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

class WebhookSinkTest extends SinkContract {

    private final FakeEndpoints endpoints = new FakeEndpoints();

    @Override
    FindingSink sink() {
        WebhookConfig config = new WebhookConfig(URI.create(endpoints.url() + "/hook"), "s", Template.JSON, "", "");
        return new NoticeSink(
                new WebhookChannel(config, Clock.systemUTC()), NoticePolicy.EVERYTHING, Clock.systemUTC());
    }

    @Override
    Set<String> arrived() {
        return endpoints.calls.stream()
                .map(call -> {
                    try {
                        return new ObjectMapper()
                                .readTree(call.body())
                                .get("id")
                                .textValue();
                    } catch (JsonProcessingException e) {
                        throw new AssertionError(call.body(), e);
                    }
                })
                .collect(Collectors.toSet());
    }

    @AfterEach
    void closeEndpoints() {
        endpoints.close();
    }
}
