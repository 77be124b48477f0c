package io.trailwarden.sinks.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.Finding;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.sinks.notice.Channel;
import io.trailwarden.sinks.notice.Notice;
import io.trailwarden.testing.SampleFinding;
import io.trailwarden.testing.aws.FakeEndpoints;
import io.trailwarden.testing.aws.FakeEndpoints.Planted;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookChannelTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T10:00:00Z"), ZoneOffset.UTC);

    private final FakeEndpoints endpoints = new FakeEndpoints();

    @AfterEach
    void close() {
        endpoints.close();
    }

    @Test
    void the_signature_is_the_hmac_of_time_and_body() {
        channel(Template.JSON).send(List.of(one("Title")));
        FakeEndpoints.Call call = endpoints.calls.get(0);
        assertThat(call.headers().get("Trailwarden-Signature"))
                .isEqualTo("t=1772359200,v1=" + WebhookChannel.hmac("shared secret", "1772359200." + call.body()));
        assertThat(call.headers().get("Idempotency-Key")).isEqualTo(one("Title").id() + ".3");
    }

    /** RFC 4231, test case 2. */
    @Test
    void hmac_is_as_in_the_standard() {
        assertThat(WebhookChannel.hmac("Jefe", "what do ya want for nothing?"))
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @Test
    void it_waits_as_long_as_it_is_asked_to() {
        endpoints.retryAfter = "30";
        endpoints.plant(Planted.THROTTLING, 1);
        WebhookChannel channel = channel(Template.JSON);
        assertThat(channel.send(List.of(one("a"), one("b"))))
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Channel.NotNow.class));
        assertThat(channel.send(List.of(one("a")))).singleElement().satisfies(outcome -> assertThat(
                        ((Channel.NotNow) outcome).why())
                .contains("2026-03-01T10:00:30Z"));
        assertThat(endpoints.calls).isEmpty();
        WebhookChannel later = new WebhookChannel(config(Template.JSON), Clock.offset(CLOCK, Duration.ofSeconds(31)));
        assertThat(later.send(List.of(one("a")))).containsExactly(new Channel.Delivered());
    }

    @Test
    void what_the_other_side_never_takes_is_refused_and_the_rest_goes_on() {
        endpoints.poison = body -> body.contains("poison");
        assertThat(channel(Template.JSON).send(List.of(one("a"), one("poison"), one("b"))))
                .containsExactly(
                        new Channel.Delivered(), new Channel.Refused("web hook: status 400"), new Channel.Delivered());
    }

    @Test
    void an_address_that_nobody_answers_is_an_outage_that_does_not_tell_the_address() {
        WebhookConfig config =
                new WebhookConfig(URI.create("http://127.0.0.1:1/secret-path"), "", Template.JSON, "", "");
        assertThat(new WebhookChannel(config, CLOCK).send(List.of(one("a"))))
                .singleElement()
                .satisfies(outcome ->
                        assertThat(outcome.toString()).contains("no answer").doesNotContain("secret-path"));
    }

    @Test
    void an_answer_whose_body_never_ends_counts_by_its_status_and_holds_up_nothing() throws Exception {
        try (Endless receiver = new Endless("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")) {
            assertThat(send(receiver)).containsExactly(new Channel.Delivered());
        }
        try (Endless receiver = new Endless("HTTP/1.1 503 Busy\r\nContent-Length: 100000000\r\n\r\n")) {
            assertThat(send(receiver)).containsExactly(new Channel.NotNow("web hook: status 503", null));
        }
    }

    @Test
    void headers_that_never_end_are_no_answer() throws Exception {
        try (Endless receiver = new Endless("HTTP/1.1 200 OK\r\nX: ")) {
            assertThat(send(receiver)).containsExactly(new Channel.NotNow("web hook: no answer within 1 s", null));
        }
    }

    private static List<Channel.Outcome> send(Endless receiver) {
        WebhookConfig config = new WebhookConfig(receiver.url(), "", Template.JSON, "", "");
        return new WebhookChannel(config, CLOCK, Duration.ofSeconds(1)).send(List.of(one("a")));
    }

    /** Begins every answer with the same bytes and never ends one. */
    private static final class Endless implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final List<Socket> open = new CopyOnWriteArrayList<>();

        Endless(String begin) throws IOException {
            Thread thread = new Thread(() -> answer(begin.getBytes(StandardCharsets.US_ASCII)), "endless");
            thread.setDaemon(true);
            thread.start();
        }

        private void answer(byte[] begin) {
            try {
                while (true) {
                    Socket socket = listening.accept();
                    open.add(socket);
                    socket.getOutputStream().write(begin);
                    socket.getOutputStream().flush();
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/");
        }

        @Override
        public void close() throws IOException {
            listening.close();
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void findings_do_not_leave_this_machine_unencrypted() {
        assertThatThrownBy(() -> new WebhookConfig(URI.create("http://hooks.example.com/x"), "", Template.JSON, "", ""))
                .hasMessageContaining("webhook.url")
                .hasMessageNotContaining("hooks.example.com");
        assertThat(new WebhookConfig(URI.create("https://hooks.example.com/x"), "s", Template.JSON, "", "").toString())
                .doesNotContain("/x");
    }

    @Test
    void slack_gets_blocks_in_which_strangers_words_are_plain_text() throws Exception {
        JsonNode message = body(Template.SLACK, one("<!channel> *bold* & <https://example.com|click>\u202e"));
        assertThat(message.get("text").textValue())
                .isEqualTo("High: &lt;!channel&gt; *bold* &amp; &lt;https://example.com|click&gt;\\u202e");
        assertThat(message.findValues("type").stream().map(JsonNode::textValue))
                .contains("header", "section", "plain_text", "actions")
                .doesNotContain("mrkdwn");
        assertThat(message.at("/blocks/0/text/text").textValue().length()).isLessThanOrEqualTo(150);
        assertThat(message.findValue("fields").size()).isLessThanOrEqualTo(10);
        assertThat(message.findValue("url").textValue()).startsWith("https://console.example.com/?finding=");
    }

    @Test
    void slack_gets_a_digest_as_one_message() throws Exception {
        JsonNode message = body(Template.SLACK, new Notice.Digest(List.of(finding("a"), finding("b"))));
        assertThat(message.get("text").textValue()).isEqualTo("2 findings in a short time, up to high");
    }

    /** Required members of an event of PagerDuty's Events API v2: routing_key, event_action, payload of a trigger. */
    @Test
    void pagerduty_gets_an_event_that_a_withdrawal_resolves() throws Exception {
        JsonNode trigger = body(Template.PAGERDUTY, one("Title"));
        assertThat(trigger.get("routing_key").textValue()).isEqualTo("routing");
        assertThat(trigger.get("event_action").textValue()).isEqualTo("trigger");
        assertThat(trigger.get("dedup_key").textValue())
                .isEqualTo(finding("Title").id());
        assertThat(trigger.at("/payload/summary").textValue()).isEqualTo("High: Title");
        assertThat(trigger.at("/payload/source").textValue()).isEqualTo("111122223333");
        assertThat(trigger.at("/payload/severity").textValue()).isEqualTo("error");
        assertThat(trigger.at("/payload/custom_details/author").textValue()).isEqualTo("Trailwarden");
        JsonNode resolve = body(Template.PAGERDUTY, new Notice.One(finding("Title", Finding.State.WITHDRAWN)));
        assertThat(resolve.get("event_action").textValue()).isEqualTo("resolve");
        assertThat(resolve.get("dedup_key")).isEqualTo(trigger.get("dedup_key"));
    }

    @Test
    void pagerduty_gets_the_ids_of_a_digest() throws Exception {
        JsonNode event = body(Template.PAGERDUTY, new Notice.Digest(List.of(finding("a"), finding("b"))));
        assertThat(event.at("/payload/custom_details/finding_ids")).hasSize(2);
        assertThat(event.get("dedup_key").textValue()).startsWith("digest-");
    }

    @Test
    void pagerduty_needs_its_key() {
        assertThatThrownBy(() -> new WebhookConfig(
                        URI.create("https://events.pagerduty.com/v2/enqueue"), "", Template.PAGERDUTY, "", ""))
                .hasMessageContaining("webhook.routing-key");
    }

    private JsonNode body(Template template, Notice notice) throws Exception {
        endpoints.calls.clear();
        assertThat(channel(template).send(List.of(notice))).containsExactly(new Channel.Delivered());
        return new ObjectMapper().readTree(endpoints.calls.get(0).body());
    }

    private WebhookChannel channel(Template template) {
        return new WebhookChannel(config(template), CLOCK);
    }

    private WebhookConfig config(Template template) {
        return new WebhookConfig(
                URI.create(endpoints.url() + "/hook"),
                "shared secret",
                template,
                "routing",
                "https://console.example.com");
    }

    private static Notice.One one(String title) {
        return new Notice.One(finding(title));
    }

    private static Finding finding(String title) {
        return finding(title, Finding.State.OPEN);
    }

    private static Finding finding(String title, Finding.State state) {
        return SampleFinding.of(FindingId.of("test", title))
                .revision(3)
                .state(state)
                .detection("unexpected-principal")
                .severity(Severity.HIGH)
                .title(title)
                .description("Because.")
                .subject("subject")
                .account("111122223333")
                .region("eu-central-1")
                .principal("arn:aws:iam::111122223333:role/Deploy")
                .between(Instant.parse("2026-03-01T09:00:00Z"), Instant.parse("2026-03-01T09:05:00Z"))
                .detectedAt(Instant.parse("2026-03-01T09:06:00Z"))
                .events(List.of("e1"))
                .techniques(List.of("T1078"))
                .facts(Map.of("seen", title))
                .nextSteps(List.of("Ask the owner."))
                .build();
    }
}
