package io.trailwarden.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The data beside the repository; tests that need it are skipped where it is absent. */
final class SharedData {

    private static final Path ROOT =
            Path.of("").toAbsolutePath().getParent().getParent().resolveSibling("shared/data");

    private SharedData() {}

    static Path require(String path) {
        Path found = ROOT.resolve(path);
        assumeTrue(Files.exists(found), "skipped: " + found + " is absent");
        return found;
    }
}
