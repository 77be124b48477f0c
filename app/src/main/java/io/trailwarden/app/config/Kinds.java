package io.trailwarden.app.config;

import io.trailwarden.app.config.Setting.Kind;
import io.trailwarden.app.config.Setting.Unfit;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kinds of values. */
final class Kinds {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

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

    static Kind<String> text(String expected) {
        return new Scalar<>(expected, (text, base) -> text);
    }

    static Kind<List<String>> texts() {
        return new Texts<>("a list of texts", (text, base) -> text);
    }

    /** An address of the web, or nothing. */
    static Kind<String> url() {
        return new Scalar<>("https://host/ or http://host/", (text, base) -> {
            if (text.isEmpty()) {
                return text;
            }
            try {
                URI uri = new URI(text);
                if (uri.getHost() == null || !List.of("https", "http").contains(uri.getScheme())) {
                    throw new Unfit();
                }
                return text;
            } catch (URISyntaxException e) {
                throw new Unfit();
            }
        });
    }

    /** A text that is never shown. */
    static Kind<String> secret() {
        return new Secret();
    }

    static Kind<Boolean> bool() {
        return new Scalar<>("true or false", (text, base) -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Unfit();
        });
    }

    static Kind<Long> number(long least, long most) {
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

    static Kind<Duration> duration(Duration least, Duration most) {
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

    static Duration duration(String text) throws Unfit {
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

    static Kind<Path> path() {
        return new Scalar<>("a path", Kinds::path);
    }

    static Kind<List<Path>> paths() {
        return new Texts<>("a list of paths", Kinds::path);
    }

    /** A list of names out of a few. */
    static Kind<List<String>> names(String... allowed) {
        List<String> all = List.of(allowed);
        return new Texts<>("a list of: " + String.join(", ", all), (text, base) -> {
            if (!all.contains(text)) {
                throw new Unfit();
            }
            return text;
        });
    }

    static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
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

    static Kind<Map<String, String>> map() {
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
