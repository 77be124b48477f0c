package io.trailwarden.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Finding;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.findings.FindingQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageSinkTest extends SinkContract {

    @TempDir
    Path tables;

    private Archive archive;

    @BeforeEach
    void openTables() {
        archive = Archive.open(ArchiveConfig.local(tables));
    }

    @AfterEach
    void closeTables() throws IOException {
        archive.close();
    }

    @Override
    FindingSink sink() {
        return new StorageSink(archive.findings());
    }

    @Override
    Set<String> arrived() {
        return stored().stream().map(Finding::id).collect(Collectors.toSet());
    }

    @Test
    void a_revision_that_comes_again_is_there_once_and_an_older_one_never_wins() throws Exception {
        FindingSink sink = sink();
        sink.deliver(List.of(finding("subject", 5, "newer")));
        sink.deliver(List.of(finding("subject", 5, "newer")));
        sink.deliver(List.of(finding("subject", 3, "older")));
        assertThat(stored())
                .extracting((Finding finding) -> finding.words().title())
                .containsExactly("newer");
    }

    @Test
    void a_stranger_s_words_are_stored_as_they_are() throws Exception {
        List<String> whole = HOSTILE.stream()
                .filter(title -> title.chars().noneMatch(c -> Character.isSurrogate((char) c)))
                .toList();
        for (String title : whole) {
            sink().deliver(List.of(finding(title, 1, title)));
        }
        assertThat(stored())
                .extracting((Finding finding) -> finding.words().title())
                .containsExactlyInAnyOrderElementsOf(whole);
    }

    private List<Finding> stored() {
        try {
            return archive.findings().list(FindingQuery.ALL);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
