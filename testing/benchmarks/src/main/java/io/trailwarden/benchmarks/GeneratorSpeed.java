package io.trailwarden.benchmarks;

import io.trailwarden.testing.generator.Generator;
import io.trailwarden.testing.generator.Scenario;
import java.util.Locale;
import java.util.Map;

/** How fast records are generated, without files: the generator must not be what another benchmark waits for. */
final class GeneratorSpeed {

    private GeneratorSpeed() {}

    /** Generates a few times and prints each rate; the first includes compiling. */
    public static void main(String[] args) {
        Arguments arguments = Arguments.parse(args, Map.of("events", "300000", "rounds", "3"));
        Scenario scenario = Scenario.of(1, arguments.number("events")).withPlanted(100);
        for (int round = 1; round <= arguments.number("rounds"); round++) {
            long[] bytes = {0};
            long began = System.nanoTime();
            Generator.generate(scenario, (kind, account, region, id, time, record, length) -> bytes[0] += length);
            double seconds = (System.nanoTime() - began) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "%,d records, %.0f MB in %.2f s: %,.0f records/s%n",
                    scenario.events(),
                    bytes[0] / 1e6,
                    seconds,
                    scenario.events() / seconds);
        }
    }
}
