package io.trailwarden.ingest.file;

import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.IngesterContract;
import io.trailwarden.ingest.Positions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Files keep the contract: gzip files as CloudTrail delivers them. */
class FileIngesterContractTest extends IngesterContract {

    @Override
    protected Source newSource(Path folder) {
        return new Folder(folder);
    }

    /** A folder of gzip files, one {@code {"Records":[..]}} each. */
    record Folder(Path folder) implements Source {

        @Override
        public void put(String object, List<String> records) {
            Path file = folder.resolve("AWSLogs/" + object + ".json.gz");
            try {
                Files.createDirectories(file.getParent());
                try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                    out.write(("{\"Records\":[" + String.join(",", records) + "]}").getBytes(StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Ingester open(EventPublisher publisher, Positions positions, FailPoint.Listener failPoints)
                throws IngestException {
            return new FileIngester(
                    FileConfig.once(List.of(folder)), publisher, positions, Clock.systemUTC(), failPoints);
        }
    }
}
