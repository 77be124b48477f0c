package io.trailwarden.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages' sources must never contain, and that everything they import is there. */
class PagesTest {

    private static final Path ASSETS = Path.of("src/main/resources/io/trailwarden/console/pages/assets");
    private static final Pattern IMPORT = Pattern.compile("(?:from|import)\\s*\\(?['\"]([^'\"]+)['\"]");

    private final StaticFiles files = new StaticFiles();

    private static TreeMap<String, String> sources() throws IOException {
        TreeMap<String, String> sources = new TreeMap<>();
        try (Stream<Path> all = Files.list(ASSETS)) {
            for (Path path : all.filter(each -> each.toString().endsWith(".js")).toList()) {
                sources.put(path.getFileName().toString(), Files.readString(path));
            }
        }
        assertThat(sources).hasSizeGreaterThan(5);
        return sources;
    }

    @Test
    void nothing_is_ever_interpreted() throws IOException {
        List<String> forbidden = List.of(
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "unsafeHTML",
                "unsafeSVG",
                "unsafeStatic",
                "document.write",
                "eval(",
                "new Function",
                "setTimeout('",
                "srcdoc",
                "javascript:",
                "DOMParser",
                "createContextualFragment",
                " style=${",
                "styleMap",
                "target=\"_blank\"");
        sources()
                .forEach((name, text) -> forbidden.forEach(
                        word -> assertThat(text).as(name + " contains " + word).doesNotContain(word)));
    }

    @Test
    void links_are_made_of_our_own_paths_only() throws IOException {
        Set<String> allowed = Set.of("page.path", "`/${queryOf(view.address(next))}`");
        sources().forEach((name, text) -> {
            Matcher link =
                    Pattern.compile("(?:href|src|action)=\\$\\{(.+?)}[ >]").matcher(text);
            while (link.find()) {
                assertThat(allowed).as(name).contains(link.group(1));
            }
        });
    }

    @Test
    void the_page_has_one_script_inside_and_no_style() {
        String page = new String(files.index().bytes(), StandardCharsets.UTF_8);

        assertThat(page).doesNotContain("<style", "style=", " onload", " onclick", "http://", "https://");
        assertThat(page.split("<script", -1)).hasSize(3);
    }

    @Test
    void everything_imported_is_served() throws IOException {
        String page = new String(files.index().bytes(), StandardCharsets.UTF_8);
        String map = page.substring(page.indexOf("importmap\">") + 11, page.indexOf("</script>"));
        JsonNode imports = Json.MAPPER.readTree(map).path("imports");
        assertThat(map).doesNotContain("${");
        Set<String> seen = new HashSet<>();
        for (String name : sources().keySet()) {
            follow("/assets/" + name, imports, seen);
        }
        assertThat(seen)
                .anyMatch(path -> path.contains("/codemirror/view/"))
                .anyMatch(path -> path.contains("/lit-html/"));
    }

    private void follow(String path, JsonNode imports, Set<String> seen) {
        if (!seen.add(path)) {
            return;
        }
        StaticFiles.File file = files.find(path);
        assertThat(file).as(path).isNotNull();
        assertThat(file.type()).startsWith("text/javascript");
        Matcher matcher = IMPORT.matcher(new String(file.bytes(), StandardCharsets.UTF_8)
                .replaceAll("(?s)/\\*.*?\\*/", "")
                .replaceAll("(?m)^\\s*//.*$", ""));
        while (matcher.find()) {
            String wanted = matcher.group(1);
            if (wanted.contains("\n") || wanted.contains(" ")) {
                continue;
            }
            String resolved;
            if (wanted.startsWith(".")) {
                resolved = Path.of(path).resolveSibling(wanted).normalize().toString();
            } else if (imports.has(wanted)) {
                resolved = imports.get(wanted).asText();
            } else {
                String prefix = wanted;
                while (!imports.has(prefix) && prefix.contains("/")) {
                    int end = prefix.endsWith("/") ? prefix.length() - 1 : prefix.length();
                    int slash = prefix.lastIndexOf('/', end - 1);
                    prefix = slash < 0 ? "" : prefix.substring(0, slash + 1);
                }
                assertThat(imports.has(prefix)).as(path + " imports " + wanted).isTrue();
                resolved = imports.get(prefix).asText() + wanted.substring(prefix.length());
            }
            follow(resolved, imports, seen);
        }
    }

    @Test
    void the_pages_stay_small() throws IOException {
        long ours = 0;
        for (String name : sources().keySet()) {
            StaticFiles.File file = files.find("/assets/" + name);
            assertThat(file).isNotNull();
            ours += file.zipped().length;
        }
        assertThat(ours).as("our own modules, zipped").isLessThan(60_000);
    }
}
