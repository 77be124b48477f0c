package io.trailwarden.console;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in.
 *
 * <ul>
 *   <li>The {@code Host} must be a name of ours: a page that resolves its own name to this address (DNS rebinding) is
 *       refused.
 *   <li>A request that a browser says comes from elsewhere is refused, and one that changes something must be JSON with
 *       our header, which a form cannot send and another origin may not (no answer of ours carries CORS headers).
 *   <li>Where there is a token, the API wants it as a bearer token, or the session cookie that is given for it.
 * </ul>
 */
final class Gate {

    static final String COOKIE = "trailwarden";
    static final String HEADER = "X-Trailwarden";

    private static final Duration SESSION = Duration.ofHours(12);
    private static final int WRONG_TOKENS_A_MINUTE = 20;

    private final Set<String> hosts = new HashSet<>();
    private final @Nullable String token;
    private final Clock clock;
    private final AtomicReference<@Nullable String> loginCode = new AtomicReference<>();
    private final AtomicLong minute = new AtomicLong();
    private final AtomicInteger wrong = new AtomicInteger();

    Gate(ConsoleConfig config, Clock clock) {
        hosts.addAll(List.of("localhost", "127.0.0.1", "[::1]"));
        hosts.add(config.settings().host().toLowerCase(Locale.ROOT));
        config.settings().hostNames().forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
        this.token = config.settings().token();
        this.clock = clock;
        if (token != null) {
            byte[] code = new byte[24];
            new SecureRandom().nextBytes(code);
            loginCode.set(Base64.getUrlEncoder().withoutPadding().encodeToString(code));
        }
    }

    /** What {@code /login?code=} takes, once; null where no token is asked for. */
    @Nullable
    String loginCode() {
        return loginCode.get();
    }

    /** Refuses requests for names that are not ours. */
    void checkHost(Request request) throws Refusal {
        String host = hostOf(request.getHeaders().get(HttpHeader.HOST));
        if (host == null || !hosts.contains(host)) {
            throw new Refusal(
                    421,
                    "This console does not answer for the name \"" + host
                            + "\" (expected: one of console.hostNames, or localhost)");
        }
    }

    /** Refuses what a browser sends on behalf of another site. */
    void checkOrigin(Request request) throws Refusal {
        String site = request.getHeaders().get("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            throw new Refusal(403, "This request comes from another site.");
        }
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin != null && !sameOrigin(origin, request)) {
            throw new Refusal(403, "This request comes from another origin.");
        }
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
            if (request.getHeaders().get(HEADER) == null
                    || type == null
                    || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
                throw new Refusal(
                        403, "A change needs the header " + HEADER + ": 1 and Content-Type: application/json.");
            }
        }
    }

    private static boolean sameOrigin(String origin, Request request) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        int scheme = origin.indexOf("://");
        return scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(host);
    }

    private static @Nullable String hostOf(@Nullable String header) {
        if (header == null || header.isEmpty()) {
            return null;
        }
        try {
            String host = HttpURI.from("http://" + header + "/").getHost();
            return host == null ? null : host.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Refuses whoever has neither token nor session. */
    void checkLogin(Request request) throws Refusal {
        if (token == null) {
            return;
        }
        String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (authorization != null) {
            checkToken(authorization.startsWith("Bearer ") ? authorization.substring(7) : "");
            return;
        }
        for (HttpCookie cookie : Request.getCookies(request)) {
            if (cookie.getName().equals(COOKIE) && validSession(cookie.getValue())) {
                return;
            }
        }
        throw new Refusal(401, "Log in with the console's token.");
    }

    /** Refuses a wrong token, and every token after too many wrong ones. */
    void checkToken(String shown) throws Refusal {
        if (token == null) {
            return;
        }
        long now = clock.millis() / 60_000;
        if (minute.getAndSet(now) != now) {
            wrong.set(0);
        }
        if (wrong.get() >= WRONG_TOKENS_A_MINUTE) {
            throw new Refusal(429, "Too many wrong tokens; try again in a minute.");
        }
        if (!same(token, shown)) {
            wrong.incrementAndGet();
            throw new Refusal(401, "Wrong token.");
        }
    }

    /** Whether this is the login code; it is spent by that. */
    boolean spend(String code) {
        String expected = loginCode.get();
        return expected != null && same(expected, code) && loginCode.compareAndSet(expected, null);
    }

    /** The value of a header that starts a session: it outlives a restart, because the token vouches for it. */
    String sessionCookie(boolean secure) {
        long until = clock.millis() + SESSION.toMillis();
        return COOKIE + "=" + until + "." + sign(Long.toString(until)) + "; Path=/; HttpOnly; SameSite=Strict; Max-Age="
                + SESSION.toSeconds() + (secure ? "; Secure" : "");
    }

    private boolean validSession(String value) {
        int dot = value.indexOf('.');
        if (dot < 1) {
            return false;
        }
        String until = value.substring(0, dot);
        if (!same(sign(until), value.substring(dot + 1))) {
            return false;
        }
        return Long.parseLong(until) > clock.millis();
    }

    private String sign(String text) {
        if (token == null) {
            throw new IllegalStateException("sessions need a token");
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] sum = mac.doFinal(("session " + text).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static boolean same(String expected, String shown) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }
}
