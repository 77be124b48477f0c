package io.trailwarden.console;

import io.trailwarden.console.findings.BadFilterException;
import io.trailwarden.console.live.LiveStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every path of the console, in one place; each request passes the {@link Gate} first. */
final class Routes extends Handler.Abstract {

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);
    private static final int MAX_BODY = 1 << 20;
    private static final Set<String> PAGES = Set.of("/", "/pipeline", "/rules", "/query");

    private final Gate gate;
    private final Api api;
    private final LiveStream live;
    private final StaticFiles files;

    Routes(Gate gate, Api api, LiveStream live, StaticFiles files) {
        this.gate = gate;
        this.api = api;
        this.live = live;
        this.files = files;
    }

    private record Problem(String error) {}

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        headers(response);
        try {
            gate.checkHost(request);
            route(request, response, callback);
        } catch (Refusal refusal) {
            json(response, callback, refusal.status(), new Problem(refusal.text()));
        } catch (BadFilterException e) {
            json(response, callback, 400, new Problem(String.valueOf(e.getMessage())));
        } catch (IllegalStateException | IOException e) {
            LOG.error("{} {} failed", request.getMethod(), Request.getPathInContext(request), e);
            json(response, callback, 500, new Problem("The console failed; its log says why."));
        }
        return true;
    }

    private void headers(Response response) {
        var headers = response.getHeaders();
        headers.put("Content-Security-Policy", files.policy());
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    }

    private void route(Request request, Response response, Callback callback) throws Refusal, IOException {
        String path = Request.getPathInContext(request);
        boolean get = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        if (path.equals("/healthz")) {
            Api.Health health = api.health();
            json(response, callback, health.ok() ? 200 : 503, health);
            return;
        }
        if (path.equals("/metrics")) {
            gate.checkLogin(request);
            String text = api.metrics();
            if (text == null) {
                throw new Refusal(404, "This console has no metrics.");
            }
            send(
                    response,
                    callback,
                    200,
                    "text/plain; version=0.0.4; charset=utf-8",
                    text.getBytes(StandardCharsets.UTF_8));
            return;
        }
        if (path.startsWith("/api/")) {
            gate.checkOrigin(request);
            if (!path.equals("/api/login")) {
                gate.checkLogin(request);
            }
            if (get) {
                read(path, request, response, callback);
            } else if (request.getMethod().equals("POST")) {
                write(path, request, response, callback);
            } else {
                throw new Refusal(405, request.getMethod() + " is not a method of this API.");
            }
            return;
        }
        if (!get) {
            throw new Refusal(405, "Pages can only be read.");
        }
        if (path.equals("/login")) {
            login(request, response, callback);
            return;
        }
        page(path, request, response, callback);
    }

    private void read(String path, Request request, Response response, Callback callback) throws Refusal {
        Map<String, List<String>> parameters = parameters(request);
        Object answer =
                switch (path) {
                    case "/api/session" -> api.session();
                    case "/api/findings" -> api.findings(parameters);
                    case "/api/facets" -> api.facets(parameters);
                    case "/api/histogram" -> api.histogram(parameters);
                    case "/api/changes" -> api.changes(parameters);
                    case "/api/ledger" -> api.ledger();
                    case "/api/dead-letters" -> api.dead(parameters);
                    case "/api/stages" -> api.stages();
                    case "/api/rules" -> api.rules();
                    case "/api/schema" -> api.schema();
                    case "/api/live" -> null;
                    default -> {
                        String[] parts = path.split("/", -1);
                        if (parts.length == 4 && parts[2].equals("findings")) {
                            yield api.finding(parts[3]);
                        }
                        if (parts.length == 5 && parts[2].equals("findings") && parts[4].equals("evidence")) {
                            yield api.evidence(parts[3], parameters);
                        }
                        if (parts.length == 5 && parts[2].equals("findings") && parts[4].equals("explanation")) {
                            yield api.explanation(parts[3], parameters);
                        }
                        throw new Refusal(404, "There is nothing at this path.");
                    }
                };
        if (answer == null) {
            live(request, response, callback, parameters);
        } else {
            json(response, callback, 200, answer);
        }
    }

    private void live(Request request, Response response, Callback callback, Map<String, List<String>> parameters)
            throws Refusal {
        Api.allow(parameters, "after");
        long after = Api.after(parameters);
        String last = request.getHeaders().get("Last-Event-ID");
        if (last != null && !last.isEmpty()) {
            after = Api.after(Map.of("after", List.of(last)));
        }
        if (!live.connect(request, response, callback, Api.filter(parameters), after)) {
            throw new Refusal(503, "Too many readers of the live stream.");
        }
    }

    private void write(String path, Request request, Response response, Callback callback) throws Refusal, IOException {
        byte[] body = body(request);
        switch (path) {
            case "/api/login" -> {
                gate.checkToken(Api.token(body));
                response.getHeaders().put(HttpHeader.SET_COOKIE, gate.sessionCookie(request.isSecure()));
                json(response, callback, 200, Map.of());
            }
            case "/api/decisions" -> json(response, callback, 200, api.decide(body));
            case "/api/query" -> json(response, callback, 200, api.query(body));
            case "/api/query/cancel" -> json(response, callback, 200, api.cancel(body));
            default -> throw new Refusal(404, "There is nothing at this path.");
        }
    }

    private void login(Request request, Response response, Callback callback) throws Refusal {
        List<String> code = parameters(request).getOrDefault("code", List.of());
        if (code.isEmpty() || !gate.spend(code.get(0))) {
            throw new Refusal(403, "This link has been used or is wrong; log in with the console's token instead.");
        }
        response.getHeaders().put(HttpHeader.SET_COOKIE, gate.sessionCookie(request.isSecure()));
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.setStatus(303);
        response.getHeaders().put(HttpHeader.LOCATION, "/");
        response.write(true, ByteBuffer.allocate(0), callback);
    }

    private void page(String path, Request request, Response response, Callback callback) throws Refusal {
        boolean page = PAGES.contains(path);
        StaticFiles.File file = page ? files.index() : files.find(path);
        if (file == null) {
            throw new Refusal(404, "There is nothing at this path.");
        }
        var headers = response.getHeaders();
        headers.put(HttpHeader.CACHE_CONTROL, file.library() ? "public, max-age=31536000, immutable" : "no-cache");
        headers.put(HttpHeader.ETAG, file.tag());
        headers.put(HttpHeader.VARY, "Accept-Encoding");
        if (file.tag().equals(request.getHeaders().get(HttpHeader.IF_NONE_MATCH))) {
            response.setStatus(304);
            response.write(true, ByteBuffer.allocate(0), callback);
            return;
        }
        String accepted = request.getHeaders().get(HttpHeader.ACCEPT_ENCODING);
        boolean zip = accepted != null && accepted.contains("gzip");
        if (zip) {
            headers.put(HttpHeader.CONTENT_ENCODING, "gzip");
        }
        headers.put(new HttpField(HttpHeader.CONTENT_TYPE, file.type()));
        response.setStatus(200);
        response.write(true, ByteBuffer.wrap(zip ? file.zipped() : file.bytes()), callback);
    }

    private static Map<String, List<String>> parameters(Request request) throws Refusal {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        try {
            for (Fields.Field field : Request.extractQueryParameters(request)) {
                parameters.put(field.getName(), field.getValues());
            }
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "The query of the URL is not in UTF-8.");
        }
        return parameters;
    }

    private static byte[] body(Request request) throws Refusal, IOException {
        try (InputStream in = Content.Source.asInputStream(request)) {
            byte[] body = in.readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                throw new Refusal(413, "The body is longer than " + MAX_BODY + " bytes.");
            }
            return body;
        }
    }

    private static void json(Response response, Callback callback, int status, Object value) {
        send(response, callback, status, "application/json; charset=utf-8", Json.bytes(value));
    }

    private static void send(Response response, Callback callback, int status, String type, byte @Nullable [] bytes) {
        response.setStatus(status);
        response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, type));
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(bytes == null ? new byte[0] : bytes), callback);
    }
}
