package io.trailwarden.app.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Writes what happens as files into a folder, a file a second, as a delivery would: the pipeline reads them the way it
 * reads everybody's.
 */
public final class DemoFeed {

    private final Path inbox;
    private final Path reference;
    private final Clock clock;
    private final Scenario scenario;
    private int second;

    /** Writes below this directory, which it makes. */
    public DemoFeed(Path directory, Clock clock) {
        this.inbox = directory.resolve("inbox");
        this.reference = directory.resolve("reference.yaml");
        this.clock = clock;
        // Every demonstration has event ids of its own: in a directory that has seen one, old ones would be duplicates.
        this.scenario = new Scenario(clock.millis());
        try {
            Files.createDirectories(inbox);
            Files.writeString(reference, text("reference.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException("The demonstration's files cannot be written to " + directory, e);
        }
    }

    /** Where the records appear. */
    public Path inbox() {
        return inbox;
    }

    /** What is known about the organization. */
    public Path reference() {
        return reference;
    }

    /** Writes what happens in the next second. */
    public void tick() {
        List<ObjectNode> records = scenario.at(second, clock.instant());
        String lines = records.stream().map(ObjectNode::toString).collect(Collectors.joining("\n", "", "\n"));
        String name = String.format(Locale.ROOT, "%06d.json", second);
        second++;
        try {
            Path temporary = Files.createTempFile(inbox.getParent(), "tick", ".tmp");
            Files.writeString(temporary, lines, StandardCharsets.UTF_8);
            Files.move(temporary, inbox.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("The demonstration's records cannot be written to " + inbox, e);
        }
    }

    /** Whether the story was told once with this tick. */
    public boolean told() {
        return second == Scenario.ROUND_SECONDS;
    }

    /** How to go on from here to a real account. */
    public static String howToConnect() {
        return text("connect.txt");
    }

    private static String text(String resource) {
        try (InputStream in = DemoFeed.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }
}
