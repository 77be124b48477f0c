package io.trailwarden.sinks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.sinks.aws.AwsTarget;
import io.trailwarden.sinks.notice.NoticePolicy;
import io.trailwarden.sinks.notice.NoticeSink;
import io.trailwarden.sinks.sns.SnsChannel;
import io.trailwarden.testing.aws.FakeEndpoints;
import java.time.Clock;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

class SnsSinkTest extends SinkContract {

    private final FakeEndpoints endpoints = new FakeEndpoints();

    @Override
    FindingSink sink() {
        return new NoticeSink(
                new SnsChannel(
                        "arn:aws:sns:eu-central-1:111122223333:findings",
                        new AwsTarget("eu-central-1", "", "", "", endpoints.url()),
                        ""),
                NoticePolicy.EVERYTHING,
                Clock.systemUTC());
    }

    @Override
    Set<String> arrived() {
        return endpoints.messages.stream()
                .map(message -> {
                    try {
                        return new ObjectMapper()
                                .readTree(message.body())
                                .get("id")
                                .textValue();
                    } catch (JsonProcessingException e) {
                        throw new AssertionError(message.body(), e);
                    }
                })
                .collect(Collectors.toSet());
    }

    @AfterEach
    void closeEndpoints() {
        endpoints.close();
    }
}
