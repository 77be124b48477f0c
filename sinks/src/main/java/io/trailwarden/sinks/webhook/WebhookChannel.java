package io.trailwarden.sinks.webhook;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.trailwarden.sinks.notice.Channel;
import io.trailwarden.sinks.notice.Notice;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Notices to a web hook, one {@code POST} each.
 *
 * <p>Headers: {@code Idempotency-Key} is the same for the same content; {@code Trailwarden-Signature} is
 * {@code t=SECONDS,v1=HEX}, the HMAC-SHA256 under the shared secret of the seconds since 1970, a dot and the body. A
 * receiver computes it anew, compares in constant time, and turns away what is older than a few minutes.
 *
 * <p>400, 413 and 422 mean that this message will never be taken. Everything else but 2xx, also a redirection, which is
 * not followed, means later; {@code Retry-After} in seconds is heeded. An answer that does not end within twenty seconds
 * is given up.
 */
public final class WebhookChannel implements Channel {

    /** The sink's name, as the configuration knows it. */
    public static final String NAME = "webhook";

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(15);

    /** From the first byte sent to the last one of the answer. */
    private static final Duration TOTAL = Duration.ofSeconds(20);

    private static final long LONGEST_RETRY_AFTER = 3600;

    private final WebhookConfig config;
    private final Clock clock;
    private final Duration total;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private Instant notBefore = Instant.MIN;

    /** Sends as configured; the clock is for signatures and {@code Retry-After}. */
    public WebhookChannel(WebhookConfig config, Clock clock) {
        this(config, clock, TOTAL);
    }

    WebhookChannel(WebhookConfig config, Clock clock, Duration total) {
        this.config = config;
        this.clock = clock;
        this.total = total;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Outcome> send(List<Notice> notices) {
        List<Outcome> outcomes = new ArrayList<>();
        NotNow failed = null;
        for (Notice notice : notices) {
            Outcome outcome = failed == null ? send(notice) : failed;
            failed = outcome instanceof NotNow notNow ? notNow : null;
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private Outcome send(Notice notice) {
        if (clock.instant().isBefore(notBefore)) {
            return new NotNow("web hook: asked to wait until " + notBefore, null);
        }
        String body = config.template().body(notice, config);
        HttpRequest.Builder request = HttpRequest.newBuilder(config.url())
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .header("User-Agent", "trailwarden")
                .header("Idempotency-Key", key(notice))
                .POST(HttpRequest.BodyPublishers.ofString(body, US_ASCII));
        if (!config.secret().isEmpty()) {
            request.header("Trailwarden-Signature", signature(body));
        }
        return answer(request.build());
    }

    /**
     * What the receiver says, its whole answer within the total time. Only the status matters: a receiver that has said it and
     * does not end its answer has answered.
     */
    private Outcome answer(HttpRequest request) {
        AtomicReference<HttpResponse.@Nullable ResponseInfo> begun = new AtomicReference<>();
        CompletableFuture<HttpResponse<Void>> exchange = client.sendAsync(request, info -> {
            begun.set(info);
            return HttpResponse.BodySubscribers.discarding();
        });
        try {
            HttpResponse<Void> response = exchange.get(total.toMillis(), TimeUnit.MILLISECONDS);
            return outcome(response.statusCode(), response.headers());
        } catch (TimeoutException e) {
            HttpResponse.ResponseInfo info = begun.get();
            return info == null
                    ? new NotNow("web hook: no answer within " + total.toSeconds() + " s", null)
                    : outcome(info.statusCode(), info.headers());
        } catch (ExecutionException e) {
            // Its message may hold the address, which may be a secret.
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new NotNow("web hook: no answer (" + cause.getClass().getSimpleName() + ")", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new NotNow("web hook: interrupted", e);
        } finally {
            // Ends the connection of an answer that has no end; does nothing to one that is over.
            exchange.cancel(true);
        }
    }

    private static String key(Notice notice) {
        return notice instanceof Notice.One one
                ? one.finding().id() + '.' + one.finding().revision()
                : notice.id();
    }

    private Outcome outcome(int status, HttpHeaders headers) {
        if (status >= 200 && status < 300) {
            return new Delivered();
        }
        if (status == 400 || status == 413 || status == 422) {
            return new Refused("web hook: status " + status);
        }
        headers.firstValue("Retry-After").ifPresent(this::waitFor);
        return new NotNow("web hook: status " + status, null);
    }

    private void waitFor(String seconds) {
        if (seconds.matches("[0-9]{1,6}")) {
            notBefore = clock.instant().plusSeconds(Math.min(Long.parseLong(seconds), LONGEST_RETRY_AFTER));
        }
    }

    private String signature(String body) {
        long seconds = clock.instant().getEpochSecond();
        return "t=" + seconds + ",v1=" + hmac(config.secret(), seconds + "." + body);
    }

    /** The HMAC-SHA256 in lower-case hex, as receivers compute it. */
    static String hmac(String secret, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }

    @Override
    public void close() {
        // The JDK's client ends with the last reference to it.
    }
}
