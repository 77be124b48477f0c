package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every command that the README shows exists, with every option it is shown with. */
class ReadmeTest {

    private static final Pattern COMMAND = Pattern.compile("\\./trailwarden ([a-z]+)([^`#\n]*)");
    private static final Pattern OPTION = Pattern.compile("(?<= )--[a-z-]+");

    @TempDir
    static Path directory;

    @TestFactory
    List<DynamicTest> shows_commands_that_exist() throws Exception {
        String readme = Files.readString(
                Path.of("").toAbsolutePath().getParent().getParent().resolve("README.md"));
        Map<String, List<String>> options = new TreeMap<>();
        Matcher command = COMMAND.matcher(readme);
        while (command.find()) {
            List<String> shown = options.computeIfAbsent(command.group(1), name -> new ArrayList<>());
            Matcher option = OPTION.matcher(command.group(2));
            while (option.find()) {
                shown.add(option.group());
            }
        }
        assertThat(options).containsKeys("demo", "run", "findings");
        return options.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    String help = Command.run(directory, Duration.ofMinutes(2), each.getKey(), "--help")
                            .mustBeFine();
                    each.getValue().forEach(option -> assertThat(help).contains(option));
                }))
                .toList();
    }
}
