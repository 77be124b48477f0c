package io.trailwarden.app.command.rules;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.ingest.format.ObjectLimits;
import io.trailwarden.ingest.format.RecordReader;
import io.trailwarden.ingest.format.RecordSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The records in files, in every form that {@code run} reads; numbered as there. */
final class RecordFiles {

    private RecordFiles() {}

    /** Takes what is read. */
    interface Sink {

        /** A record: the {@code number}th of its file, from 0. */
        void record(Path file, long number, byte[] json);

        /** Something in a file, or the rest of it, is no record. */
        void unreadable(Path file, String why);

        /** A JSON object that is no record. */
        default void foreign(Path file, byte[] json, String why) {
            unreadable(file, why);
        }
    }

    /** Hands on every record of a file, or of all files below a folder, in order of their paths. */
    static void read(Path input, Sink sink) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(input)) {
            // As run does it: a link in a folder may point anywhere.
            files = walk.filter(file -> file.equals(input)
                            ? Files.isRegularFile(file)
                            : Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
        try (RecordReader reader = new RecordReader(ObjectLimits.DEFAULT)) {
            for (Path file : files) {
                reader.read(file, new Numbered(file, sink));
            }
        }
    }

    private static final class Numbered implements RecordSink {

        private final Path file;
        private final Sink sink;
        private long number;

        Numbered(Path file, Sink sink) {
            this.file = file;
            this.sink = sink;
        }

        @Override
        public void cloudTrail(byte[] key, byte[] bytes, int from, int to) {
            sink.record(file, number++, Arrays.copyOfRange(bytes, from, to));
        }

        @Override
        public void execution(byte[] key, byte[] bytes, int from, int to) {
            sink.record(file, number++, Arrays.copyOfRange(bytes, from, to));
        }

        @Override
        public void rejected(DeadLetter.Reason reason, String message, String place, byte[] bytes, int from, int to) {
            number++;
            String why = place + ": " + message;
            if (reason == DeadLetter.Reason.UNRECOGNISED && from < to && bytes[from] == '{') {
                sink.foreign(file, Arrays.copyOfRange(bytes, from, to), why);
            } else {
                sink.unreadable(file, why);
            }
        }

        @Override
        public void ignored(String what) {
            // No record by nature: nothing is missing.
        }
    }
}
