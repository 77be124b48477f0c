package io.trailwarden.console;

import io.trailwarden.console.findings.Batch;
import io.trailwarden.console.findings.Decision;
import io.trailwarden.event.Finding;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The console alone, over made-up findings, for work on the pages: {@code java … DevelopmentConsole [port] [store]
 * [findings] [seconds between new ones]}.
 */
final class DevelopmentConsole {

    private DevelopmentConsole() {}

    public static void main(String[] args) throws Exception {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : Integer.parseInt(ConsoleSettings.PORT.defaultText());
        Path store = Path.of(args.length > 1 ? args[1] : "target/development/findings.sqlite");
        int count = args.length > 2 ? Integer.parseInt(args[2]) : 600;
        double pause = args.length > 3 ? Double.parseDouble(args[3]) : 5;
        Clock clock = Clock.systemUTC();
        try (Console console = Console.start(ConsoleConfig.local(port, store, Map.of()), MadeUp.sources(), clock)) {
            if (console.findings().size() == 0) {
                List<Finding> findings = MadeUp.findings(count, clock.instant(), Duration.ofHours(30), 1);
                console.findings().apply(Batch.of(findings));
                for (int i = 0; i < findings.size(); i += 11) {
                    boolean closed = i % 2 == 0;
                    console.findings()
                            .decide(
                                    List.of(findings.get(i).id()),
                                    closed ? Decision.Verdict.CLOSED : Decision.Verdict.ACKNOWLEDGED,
                                    closed ? Decision.Reason.TRUE_POSITIVE_BENIGN : null,
                                    closed ? "Planned work, ticket 4711" : "",
                                    "ada");
                }
            }
            System.out.println(console.url());
            Random random = new Random();
            CountDownLatch stopped = new CountDownLatch(1);
            while (!stopped.await((long) (pause * 1000), TimeUnit.MILLISECONDS)) {
                console.findings()
                        .apply(Batch.of(List.of(MadeUp.finding(random, clock.instant(), random.nextInt(100_000)))));
            }
        }
    }
}
