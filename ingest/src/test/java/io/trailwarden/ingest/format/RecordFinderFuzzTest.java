package io.trailwarden.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage to one record, whatever it is, costs that record at most. */
class RecordFinderFuzzTest {

    /** How often each form is damaged; {@code -Dfuzz.count=1000000} for a long run. */
    private static final int FUZZ_COUNT = Integer.getInteger("fuzz.count", 1_000);

    private static final long FUZZ_SEED = Long.getLong("fuzz.seed", 20_261_122L);

    @ParameterizedTest
    @ValueSource(strings = {"[%s]", "{\"Records\":[%s]}", "{\"Records\":[%s],\"x\":1}\n", "%s\n"})
    void one_damaged_record_costs_no_other(String wrapper) {
        Random random = new Random(FUZZ_SEED);
        boolean lines = wrapper.startsWith("%s");
        for (int i = 0; i < FUZZ_COUNT; i++) {
            List<byte[]> records = new ArrayList<>();
            for (int n = 0; n < 5; n++) {
                records.add(record("e" + n).getBytes(StandardCharsets.UTF_8));
            }
            int victim = random.nextInt(5);
            records.set(victim, damaged(records.get(victim), random));
            if (endsBetweenElements(records.get(victim))) {
                continue;
            }
            StringBuilder joined = new StringBuilder();
            for (byte[] record : records) {
                joined.append(joined.isEmpty() ? "" : lines ? "\n" : ",")
                        .append(new String(record, StandardCharsets.ISO_8859_1));
            }
            byte[] object = wrapper.formatted(joined).getBytes(StandardCharsets.ISO_8859_1);

            Outcomes outcomes = Outcomes.of(object);

            for (int n = 0; n < 5; n++) {
                if (n != victim) {
                    assertThat(outcomes.keys)
                            .as("record %s of %s", n, new String(object, StandardCharsets.ISO_8859_1))
                            .contains("e" + n + "|1");
                }
            }
            assertThat(outcomes.read()).isLessThanOrEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 20})
    void any_damage_ends_in_records_and_dead_letters(int changes) {
        Random random = new Random(FUZZ_SEED);
        String page = "{\"Events\":[{\"EventId\":\"a\",\"CloudTrailEvent\":\"{\\\"eventVersion\\\":\\\"1.0\\\"}\"}]}\n"
                + "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"1\",\"message\":\"{\\\"id\\\":\\\"1\\\"}\"}]}\n"
                + "{\"awslogs\":{\"data\":\"H4sIAAAAAAAAAKuuBQBDv6ajAgAAAA==\"}}\n"
                + "2024-05-01T01:23:45 s " + record("t") + "\n[" + record("x") + "," + record("y") + "]";
        for (int i = 0; i < FUZZ_COUNT; i++) {
            byte[] object = page.getBytes(StandardCharsets.UTF_8);
            for (int n = 0; n < changes; n++) {
                object = damaged(object, random);
            }
            Outcomes outcomes = Outcomes.of(object);
            assertThat(outcomes.rejected).allSatisfy(letter -> {
                assertThat(letter.message()).isNotEmpty();
                assertThat(letter.place()).startsWith("record ");
            });
        }
    }

    /** Cut off there, the record goes on with its neighbours as elements of its own list: no reader can tell. */
    private static boolean endsBetweenElements(byte[] record) {
        String text = new String(record, StandardCharsets.ISO_8859_1);
        return text.endsWith("\"x\"}") || text.endsWith("\"y\"}");
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return bytes;
        }
        byte[] damaged = bytes.clone();
        int at = random.nextInt(damaged.length);
        String special = "{}[]\",:\\ntx0 ";
        switch (random.nextInt(4)) {
            case 0 -> damaged[at] = (byte) special.charAt(random.nextInt(special.length()));
            case 1 -> damaged[at] = (byte) random.nextInt(256);
            case 2 -> damaged = Arrays.copyOf(damaged, at);
            default -> {
                byte[] longer = Arrays.copyOf(damaged, damaged.length + 1);
                System.arraycopy(damaged, at, longer, at + 1, damaged.length - at);
                longer[at] = (byte) special.charAt(random.nextInt(special.length()));
                damaged = longer;
            }
        }
        return damaged;
    }

    private static String record(String id) {
        return "{\"eventVersion\":\"1.10\",\"userIdentity\":{\"type\":\"Root\"},\"eventTime\":\"2026-03-02T09:00:00Z\","
                + "\"eventName\":\"PutRolePolicy\",\"requestParameters\":{\"policy\":\"{\\\"Statement\\\":[{\\\"a\\\":1}]}\"},"
                + "\"resources\":[{\"ARN\":\"x\"},{\"ARN\":\"y\"}],\"eventID\":\"" + id
                + "\",\"recipientAccountId\":\"1\"}";
    }
}
