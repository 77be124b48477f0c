package io.trailwarden.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The pages: our own files under {@code pages/}, and the libraries' ES modules as they stand in their jars.
 *
 * <p>Which libraries are served is what the import map names, nothing else of the class path. The import map is the one
 * script inside the page; the content security policy allows it by its hash.
 */
final class StaticFiles {

    private static final String OURS = "/io/trailwarden/console/pages/";
    private static final String LIBRARIES = "/META-INF/resources";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");
    private static final Pattern SAFE = Pattern.compile("(/[A-Za-z0-9_@-][A-Za-z0-9._@-]*)+");

    private final Map<String, File> cache = new ConcurrentHashMap<>();
    private final Set<String> folders = new HashSet<>();
    private final File index;
    private final String policy;

    /**
     * A file to be sent.
     *
     * @param zipped the same bytes by gzip
     * @param tag changes with the bytes
     * @param library whether its path changes with its version, so that it can be kept for ever
     */
    record File(byte[] bytes, byte[] zipped, String type, String tag, boolean library) {}

    StaticFiles() {
        String map = text(OURS + "importmap.json").strip();
        for (String path : map.split("\"", -1)) {
            if (path.startsWith("/_static/")) {
                folders.add(path.substring(0, versionEnd(path)));
            }
        }
        byte[] page =
                text(OURS + "index.html").replace("<!-- import map -->", map).getBytes(StandardCharsets.UTF_8);
        index = file(page, "html", false);
        policy = "default-src 'none'; script-src 'self' 'sha256-" + sha256(map.getBytes(StandardCharsets.UTF_8))
                + "'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
                + " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html";
    }

    /** {@code /_static/…/name/1.2.3/} of a path in there. */
    private static int versionEnd(String path) {
        int slash = path.indexOf('/', 1);
        while (slash > 0) {
            int next = path.indexOf('/', slash + 1);
            if (next > 0 && Character.isDigit(path.charAt(slash + 1))) {
                return next + 1;
            }
            slash = next;
        }
        throw new IllegalStateException("no version in " + path + " of the import map");
    }

    /** The value of {@code Content-Security-Policy}. */
    String policy() {
        return policy;
    }

    /** The one page. */
    File index() {
        return index;
    }

    /** The file at this path, or null if there is none. */
    @Nullable
    File find(String path) {
        File known = cache.get(path);
        if (known != null) {
            return known;
        }
        if (!SAFE.matcher(path).matches()) {
            return null;
        }
        boolean library = folders.stream().anyMatch(path::startsWith);
        String extension = path.substring(path.lastIndexOf('.') + 1);
        if (!TYPES.containsKey(extension) || (library && !extension.equals("js"))) {
            return null;
        }
        if (!library && !path.startsWith("/assets/")) {
            return null;
        }
        byte[] bytes = bytes(library ? LIBRARIES + path : OURS + path.substring(1));
        if (bytes == null) {
            return null;
        }
        File file = file(bytes, extension, library);
        cache.put(path, file);
        return file;
    }

    private static File file(byte[] bytes, String extension, boolean library) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new File(
                bytes, zipped.toByteArray(), TYPES.getOrDefault(extension, ""), '"' + sha256(bytes) + '"', library);
    }

    private static String text(String resource) {
        byte[] bytes = bytes(resource);
        if (bytes == null) {
            throw new IllegalStateException("missing in the class path: " + resource);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] bytes(String resource) {
        try (InputStream in = StaticFiles.class.getResourceAsStream(resource)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource + " of the class path", e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
