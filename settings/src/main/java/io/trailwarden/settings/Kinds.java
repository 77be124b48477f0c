package io.trailwarden.settings;

import io.trailwarden.settings.Setting.Kind;
import io.trailwarden.settings.Setting.Unfit;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kinds of values that settings take; each says what it expects. */
public final class Kinds {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

    private static final Pattern ADDRESS = Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):([0-9]{1,5})");

    private Kinds() {}

    private interface Parser<T> {
        T parse(String text, Path base) throws Unfit;
    }

    private record Scalar<T>(String expected, Parser<T> parser) implements Kind<T> {
        @Override
        public T parse(String text, Path base) throws Unfit {
            return parser.parse(text, base);
        }
    }

    public static Kind<String> text(String expected) {
        return new Scalar<>(expected, (text, base) -> text);
    }

    public static Kind<List<String>> texts() {
        return new Texts<>("a list of texts", (text, base) -> text);
    }

    /** An address of the web, or nothing. */
    public static Kind<String> url() {
        Kind<URI> uri = uri();
        return new Scalar<>(
                uri.expected(),
                (text, base) -> text.isEmpty() ? text : uri.parse(text, base).toString());
    }

    /** An address of the web. */
    public static Kind<URI> uri() {
        return new Scalar<>("https://host/ or http://host/", (text, base) -> {
            try {
                URI uri = new URI(text);
                if (uri.getHost() == null || !List.of("https", "http").contains(uri.getScheme())) {
                    throw new Unfit();
                }
                return uri;
            } catch (URISyntaxException e) {
                throw new Unfit();
            }
        });
    }

    /** A text that is never shown. */
    public static Kind<String> secret() {
        return new Secret();
    }

    public static Kind<Boolean> bool() {
        return new Scalar<>("true or false", (text, base) -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Unfit();
        });
    }

    /** A text that is there. */
    public static Kind<String> filled(String expected) {
        return new Scalar<>(expected, (text, base) -> {
            if (text.isBlank()) {
                throw new Unfit();
            }
            return text;
        });
    }

    /** A text of this form, or nothing. */
    public static Kind<String> matching(Pattern form, String expected) {
        return new Scalar<>(expected, (text, base) -> {
            if (!text.isEmpty() && !form.matcher(text).matches()) {
                throw new Unfit();
            }
            return text;
        });
    }

    /** A value of this kind, or nothing. */
    public static <T> Kind<Optional<T>> perhaps(Kind<T> kind) {
        return new Scalar<>(
                kind.expected(),
                (text, base) -> text.isEmpty() ? Optional.empty() : Optional.of(kind.parse(text, base)));
    }

    /** A moment. */
    public static Kind<Instant> time() {
        return new Scalar<>("a time such as 2026-03-01T00:00:00Z", (text, base) -> {
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                throw new Unfit();
            }
        });
    }

    /** Where somebody listens, or several, comma-separated; or nothing. */
    public static Kind<String> addresses(boolean several) {
        return new Scalar<>(several ? "host:port, comma-separated" : "host:port", (text, base) -> {
            String[] all = several ? text.split(",", -1) : new String[] {text};
            for (String address : all) {
                if (!text.isEmpty() && !isAddress(address.strip())) {
                    throw new Unfit();
                }
            }
            return text;
        });
    }

    private static boolean isAddress(String text) {
        Matcher matcher = ADDRESS.matcher(text);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) <= 65_535;
    }

    /** A whole number that an int holds. */
    public static Kind<Integer> integer(int least, int most) {
        Kind<Long> number = number(least, most);
        return new Scalar<>(
                number.expected(), (text, base) -> number.parse(text, base).intValue());
    }

    public static Kind<Long> number(long least, long most) {
        return new Scalar<>("a whole number from " + least + " to " + most, (text, base) -> {
            try {
                long number = Long.parseLong(text);
                if (number < least || number > most) {
                    throw new Unfit();
                }
                return number;
            } catch (NumberFormatException e) {
                throw new Unfit();
            }
        });
    }

    public static Kind<Duration> duration(Duration least, Duration most) {
        String expected =
                "a duration from " + shown(least) + " to " + shown(most) + ", such as 500ms, 5s, 10m, 2h or 1d";
        return new Scalar<>(expected, (text, base) -> {
            Duration duration = duration(text);
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                throw new Unfit();
            }
            return duration;
        });
    }

    /**
     * A duration as people write it in the file and in flags, such as {@code 90s} or {@code 2h}.
     *
     * @throws Unfit when it is none
     */
    public static Duration duration(String text) throws Unfit {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new Unfit();
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    public static Kind<Path> path() {
        return new Scalar<>("a path", Kinds::path);
    }

    public static Kind<List<Path>> paths() {
        return new Texts<>("a list of paths", Kinds::path);
    }

    /** A list of names out of a few. */
    public static Kind<List<String>> names(String... allowed) {
        List<String> all = List.of(allowed);
        return new Texts<>("a list of: " + String.join(", ", all), (text, base) -> {
            if (!all.contains(text)) {
                throw new Unfit();
            }
            return text;
        });
    }

    public static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
        String expected = "one of "
                + Arrays.stream(type.getEnumConstants())
                        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "));
        return new Scalar<>(expected, (text, base) -> {
            for (E constant : type.getEnumConstants()) {
                if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return constant;
                }
            }
            throw new Unfit();
        });
    }

    public static Kind<Map<String, String>> map() {
        return new Mapping();
    }

    private static Path path(String text, Path base) throws Unfit {
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw new Unfit();
        }
        try {
            return base.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new Unfit();
        }
    }

    private static String shown(Duration duration) {
        if (duration.toMillis() % 1000 != 0) {
            return duration.toMillis() + "ms";
        }
        long seconds = duration.toSeconds();
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private record Texts<E>(String expected, Parser<E> parser) implements Kind<List<E>> {
        @Override
        public List<E> parse(String text, Path base) throws Unfit {
            List<E> list = new ArrayList<>();
            // One a line where it comes from flags and files, whose parts may have commas in them.
            for (String part : text.split(text.indexOf('\n') >= 0 ? "\n" : ",", -1)) {
                if (!part.isBlank()) {
                    list.add(parser.parse(part.strip(), base));
                }
            }
            return List.copyOf(list);
        }

        @Override
        public boolean list() {
            return true;
        }
    }

    private static final class Secret implements Kind<String> {
        @Override
        public String parse(String text, Path base) {
            return text;
        }

        @Override
        public String expected() {
            return "a text that is hard to guess";
        }

        @Override
        public boolean secret() {
            return true;
        }
    }

    private static final class Mapping implements Kind<Map<String, String>> {
        @Override
        public Map<String, String> parse(String text, Path base) throws Unfit {
            if (!text.isEmpty()) {
                throw new Unfit();
            }
            return Map.of();
        }

        @Override
        public String expected() {
            return "a mapping of names to texts";
        }

        @Override
        public boolean map() {
            return true;
        }

        @Override
        public Map<String, String> ofMap(Map<String, String> map) {
            return Map.copyOf(map);
        }
    }
}
