package io.trailwarden.event.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.codec.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * Our reader and Jackson's agree: on what is JSON and on every token of it. Jackson is asked to be as strict as we are
 * about duplicate names.
 */
class JsonScannerPropertyTest {

    /** How many mutations the fuzz test makes; {@code -Dfuzz.count=1000000} for a long run. */
    private static final int FUZZ_COUNT = Integer.getInteger("fuzz.count", 20_000);

    private static final long FUZZ_SEED = Long.getLong("fuzz.seed", 20_261_122L);

    private static final JsonFactory JACKSON = ((JsonFactoryBuilder) JsonFactory.builder())
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(100).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final JsonScanner scanner = new JsonScanner();

    @Property(tries = 300)
    void tokens_of_any_document_agree(@ForAll("documents") String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThat(ours(bytes)).isEqualTo(jacksons(bytes));
    }

    @Property(tries = 300)
    void texts_of_any_characters_are_refused_or_read_alike(@ForAll("scribbles") String scribble) throws IOException {
        byte[] bytes = scribble.getBytes(StandardCharsets.UTF_8);
        agree(bytes);
    }

    @Test
    void mutations_of_records_are_refused_or_read_alike() throws IOException {
        Random random = new Random(FUZZ_SEED);
        List<byte[]> seeds = seeds();
        int readable = 0;
        for (int i = 0; i < FUZZ_COUNT; i++) {
            byte[] mutant = mutate(seeds.get(random.nextInt(seeds.size())), random);
            readable += agree(mutant) ? 1 : 0;
        }
        assertThat(readable).as("mutants that are JSON").isBetween(FUZZ_COUNT / 100, FUZZ_COUNT * 99 / 100);
    }

    @Test
    void real_records_agree() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        for (JsonNode record : SharedData.cloudTrailRecords()) {
            byte[] bytes = mapper.writeValueAsBytes(record);
            assertThat(ours(bytes)).isEqualTo(jacksons(bytes));
        }
    }

    /** Whether both read it; fails if only one does, or if they read different things. */
    private boolean agree(byte[] bytes) throws IOException {
        List<String> ours = oursOrFault(bytes);
        if (!isUtf8(bytes)) {
            // We read it leniently and replace what is no character; Jackson refuses most and decodes overlong forms.
            return ours != null;
        }
        List<String> jackson;
        try {
            jackson = jacksons(bytes);
        } catch (IOException refused) {
            // Jackson refuses lone surrogates, which we replace. All else must be refused by both.
            if (!String.valueOf(refused.getMessage()).contains("surrogate")) {
                assertThat(ours).as(text(bytes)).isNull();
            }
            return false;
        }
        assertThat(ours).as(text(bytes)).isEqualTo(jackson);
        return true;
    }

    private List<String> oursOrFault(byte[] bytes) {
        try {
            return ours(bytes);
        } catch (JsonFault fault) {
            assertThat(fault.position()).isBetween(0, bytes.length);
            return null;
        }
    }

    private List<String> ours(byte[] bytes) {
        List<String> tokens = new ArrayList<>();
        scanner.reset(bytes, 0, bytes.length);
        for (JsonToken token = scanner.next(); token != JsonToken.END; token = scanner.next()) {
            tokens.add(
                    switch (token) {
                        case NAME -> "name " + scanner.text();
                        case STRING -> "text " + scanner.text();
                        case NUMBER -> "number " + scanner.text();
                        case TRUE, FALSE, NULL -> scanner.text();
                        case OBJECT_START -> "{";
                        case OBJECT_END -> "}";
                        case ARRAY_START -> "[";
                        case ARRAY_END -> "]";
                        case END -> throw new AssertionError();
                    });
        }
        return tokens;
    }

    private static List<String> jacksons(byte[] bytes) throws IOException {
        List<String> tokens = new ArrayList<>();
        int depth = 0;
        try (JsonParser parser = JACKSON.createParser(bytes)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (depth == 0 && !tokens.isEmpty()) {
                    throw new IOException("a second value at the top");
                }
                switch (token) {
                    case FIELD_NAME -> tokens.add("name " + replaced(parser.currentName()));
                    case VALUE_STRING -> tokens.add("text " + replaced(parser.getText()));
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> tokens.add("number " + parser.getText());
                    default -> tokens.add(parser.getText());
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
        }
        if (tokens.isEmpty()) {
            throw new IOException("no value");
        }
        return tokens;
    }

    /** As we read lone surrogates, because nothing downstream can encode them. */
    private static String replaced(String text) {
        StringBuilder replaced = new StringBuilder(text.length());
        text.codePoints().forEach(c -> replaced.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
        return replaced.toString();
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes));
            return true;
        } catch (java.nio.charset.CharacterCodingException e) {
            return false;
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] mutate(byte[] seed, Random random) {
        byte[] mutant = seed.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(mutant.length);
            switch (random.nextInt(4)) {
                case 0 -> mutant[at] = (byte) random.nextInt(256);
                case 1 -> mutant[at] = (byte) "{}[]\",:\\u0aE-. \n".charAt(random.nextInt(16));
                case 2 -> mutant = java.util.Arrays.copyOf(mutant, Math.max(1, at));
                default -> {
                    int from = random.nextInt(mutant.length);
                    int length = Math.min(random.nextInt(30), mutant.length - Math.max(from, at));
                    System.arraycopy(mutant.clone(), from, mutant, at, length);
                }
            }
        }
        return mutant;
    }

    private static List<byte[]> seeds() {
        return List.of(
                        "{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-03-02T09:00:00Z\",\"readOnly\":true,\"n\":-1.5e3,"
                                + "\"userIdentity\":{\"type\":\"Root\",\"sessionContext\":{\"attributes\":null}},"
                                + "\"resources\":[{\"ARN\":\"arn:aws:s3:::b\\u0041\\ud83d\\ude00\"},{}],\"long\":\""
                                + "x".repeat(100) + "\"}",
                        "[1,22,333,\"é\\n\",{\"a\":[[],[[]]]},false]",
                        "{\"policy\":\"{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\"}]}\",\"ü\":\"漢字\"}")
                .stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Provide
    Arbitrary<String> scribbles() {
        return Arbitraries.strings()
                .withChars("{}[]\",:\\/ubfnrt0123456789aeE+-. \n\u0001é")
                .ofMaxLength(24);
    }

    @Provide
    Arbitrary<String> documents() {
        return value(4);
    }

    private static Arbitrary<String> value(int depth) {
        Arbitrary<String> text = Arbitraries.strings().all().ofMaxLength(30).map(JsonScannerPropertyTest::quote);
        Arbitrary<String> number = Arbitraries.oneOf(
                Arbitraries.longs().map(Object::toString),
                Arbitraries.doubles().between(-1e9, 1e9).map(value -> Double.toString(value)));
        Arbitrary<String> scalar = Arbitraries.oneOf(text, number, Arbitraries.of("true", "false", "null"));
        if (depth == 0) {
            return scalar;
        }
        Arbitrary<String> space = Arbitraries.of("", " ", "\n\t", "\r\n");
        Arbitrary<String> inner = Arbitraries.lazy(() -> value(depth - 1));
        Arbitrary<String> list = inner.list().ofMaxSize(5).map(values -> "[" + String.join(" ,", values) + "]");
        Arbitrary<String> object = net.jqwik.api.Combinators.combine(
                        Arbitraries.strings().all().ofMaxLength(12).set().ofMaxSize(6),
                        inner.list().ofSize(6),
                        space)
                .as((names, values, gap) -> {
                    List<String> members = new ArrayList<>();
                    java.util.Set<String> seen = new java.util.HashSet<>();
                    for (String name : names) {
                        if (seen.add(replaced(name))) {
                            members.add(quote(name) + gap + ":" + gap + values.get(members.size()));
                        }
                    }
                    return "{" + gap + String.join("," + gap, members) + gap + "}";
                });
        return Arbitraries.oneOf(scalar, list, object);
    }

    private static String quote(String any) {
        String text = replaced(any);
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c % 7 == 0 || Character.isSurrogate(c)) {
                quoted.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
