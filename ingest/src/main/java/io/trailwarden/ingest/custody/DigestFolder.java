package io.trailwarden.ingest.custody;

import io.trailwarden.ingest.format.ObjectContent;
import io.trailwarden.ingest.format.ObjectLimits;
import io.trailwarden.ingest.format.Unpacker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Digests copied into a folder, for example with {@code aws s3 sync}. Their signatures are metadata that a copy loses; that
 * of the newest digest of each chain must lie beside it, in {@code <digest>.sig}.
 */
public final class DigestFolder {

    private static final ObjectLimits LIMITS = new ObjectLimits(64 << 20, ObjectLimits.DEFAULT.maxRatio());

    private DigestFolder() {}

    /**
     * The hashes of all other objects in a folder and the folders in it.
     *
     * @throws IOException if it cannot be read
     */
    public static List<ObjectHash> objects(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().contains("CloudTrail-Digest"))
                    .sorted()
                    .toList();
        }
        List<ObjectHash> objects = new ArrayList<>();
        MessageDigest sha256 = Custody.sha256();
        try (Unpacker unpacker = new Unpacker(ObjectLimits.DEFAULT)) {
            for (Path file : files) {
                byte[] stored = Files.readAllBytes(file);
                ObjectContent content = unpacker.unpack(stored, stored.length);
                sha256.update(content.bytes(), 0, content.length());
                objects.add(new ObjectHash(
                        file.toAbsolutePath().toString().replace('\\', '/'),
                        HexFormat.of().formatHex(sha256.digest())));
            }
        }
        return objects;
    }

    /**
     * All digests in a folder and the folders in it.
     *
     * @throws IOException if it cannot be read
     */
    public static List<DigestFile> read(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().contains("CloudTrail-Digest"))
                    .filter(file -> !file.getFileName().toString().endsWith(".sig"))
                    .sorted()
                    .toList();
        }
        List<DigestFile> digests = new ArrayList<>();
        try (Unpacker unpacker = new Unpacker(LIMITS)) {
            for (Path file : files) {
                byte[] stored = Files.readAllBytes(file);
                ObjectContent content = unpacker.unpack(stored, stored.length);
                Path side = file.resolveSibling(file.getFileName() + ".sig");
                String signature = Files.exists(side)
                        ? Files.readString(side, StandardCharsets.UTF_8).strip()
                        : null;
                String path = file.toAbsolutePath().toString().replace('\\', '/');
                int logs = path.indexOf("AWSLogs/");
                digests.add(new DigestFile(
                        null,
                        logs < 0 ? path : path.substring(logs),
                        Arrays.copyOf(content.bytes(), content.length()),
                        signature));
            }
        }
        return digests;
    }
}
