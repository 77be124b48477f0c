package io.trailwarden.testing.generator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** The generator as a command: {@code --events N --seed S --out DIR [--planted K] [--duplicates P]}. */
public final class GeneratorMain {

    private static final String USAGE =
            """
            usage: --out DIR [--events N] [--seed S] [--planted K] [--duplicates P] [--principals N] [--object-records N]

              --out             an empty or absent folder; gets input/, truth/ and reference/
              --events          distinct records (100000)
              --seed            chooses the organization and everything in it (1)
              --planted         findings to plant (0)
              --duplicates      share of CloudTrail records delivered twice (0.005; two trails: 0.2)
              --principals      users and roles (20000)
              --object-records  records in an object, on average (25)""";

    private GeneratorMain() {}

    /**
     * Generates and prints what was generated.
     *
     * @throws IOException if the folder has something in it, or a file cannot be written
     */
    public static void main(String[] args) throws IOException {
        Scenario scenario = Scenario.of(1, 100_000);
        Path directory = null;
        try {
            long seed = 1;
            long events = 100_000;
            int planted = 0;
            double duplicates = scenario.duplicates();
            int principals = scenario.principals();
            int objectRecords = scenario.objectRecords();
            for (int i = 0; i < args.length; i += 2) {
                if (i + 1 == args.length) {
                    throw new IllegalArgumentException(args[i] + ": no value after it");
                }
                String value = args[i + 1];
                switch (args[i]) {
                    case "--out" -> directory = Path.of(value);
                    case "--events" -> events = Long.parseLong(value);
                    case "--seed" -> seed = Long.parseLong(value);
                    case "--planted" -> planted = Integer.parseInt(value);
                    case "--duplicates" -> duplicates = Double.parseDouble(value);
                    case "--principals" -> principals = Integer.parseInt(value);
                    case "--object-records" -> objectRecords = Integer.parseInt(value);
                    default -> throw new IllegalArgumentException(args[i] + ": not known");
                }
            }
            if (directory == null) {
                throw new IllegalArgumentException("--out is missing");
            }
            scenario = Scenario.of(seed, events)
                    .withPlanted(planted)
                    .withDuplicates(duplicates)
                    .withPrincipals(principals, scenario.zipf())
                    .withObjectRecords(objectRecords);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            throw e;
        }
        long began = System.nanoTime();
        GeneratedFiles files = GeneratedFiles.write(scenario, directory);
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%,d records and %,d duplicates in %,d objects, %.1f MB (%.1f MB compressed), in %.1f s: %,.0f records/s%n",
                files.events(),
                files.duplicates(),
                files.objects(),
                files.bytes() / 1e6,
                files.compressedBytes() / 1e6,
                seconds,
                (files.events() + files.duplicates()) / seconds);
    }
}
