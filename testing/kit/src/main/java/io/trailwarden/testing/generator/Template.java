package io.trailwarden.testing.generator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JSON text with places to fill in, taken apart once so that filling it in only copies bytes. */
final class Template {

    /** JSON has no brace directly before a lower-case letter, so places and objects cannot be confused. */
    private static final Pattern PLACE = Pattern.compile("\\{([a-z][a-z0-9]*)(?::([0-9-]+))?}");

    /** What can be filled in. */
    private enum Field {
        ACCOUNT,
        REGION,
        BUCKET,
        TABLE,
        FUNCTION,
        QUEUE,
        TOPIC,
        MACHINE,
        CLUSTER,
        SECRET,
        KEY,
        PROJECT,
        USER,
        ROLE,
        INSTANCE,
        HEX,
        BASE32,
        BASE64,
        UUID,
        INT,
        NOW,
        DAY
    }

    private record Place(Field field, int from, int to) {}

    private final byte[][] literals;
    private final Place[] places;

    /**
     * @throws IllegalArgumentException for a place that is not known
     */
    Template(String text) {
        List<byte[]> texts = new ArrayList<>();
        List<Place> found = new ArrayList<>();
        Matcher matcher = PLACE.matcher(text);
        int end = 0;
        while (matcher.find()) {
            texts.add(text.substring(end, matcher.start()).getBytes(StandardCharsets.UTF_8));
            found.add(place(matcher.group(1), matcher.group(2)));
            end = matcher.end();
        }
        texts.add(text.substring(end).getBytes(StandardCharsets.UTF_8));
        literals = texts.toArray(byte[][]::new);
        places = found.toArray(Place[]::new);
    }

    private static Place place(String name, String argument) {
        Field field = Field.valueOf(name.toUpperCase(Locale.ROOT));
        if (argument == null) {
            return new Place(field, 0, 0);
        }
        int dash = argument.indexOf('-');
        return dash < 0
                ? new Place(field, Integer.parseInt(argument), 0)
                : new Place(
                        field,
                        Integer.parseInt(argument.substring(0, dash)),
                        Integer.parseInt(argument.substring(dash + 1)));
    }

    /** Appends the text, filled in for a call of this principal at this time. */
    void fill(JsonBytes out, Principal principal, byte[] region, long time, Randomness random) {
        for (int i = 0; i < places.length; i++) {
            out.add(literals[i]);
            fill(places[i], out, principal, region, time, random);
        }
        out.add(literals[places.length]);
    }

    private static void fill(
            Place place, JsonBytes out, Principal principal, byte[] region, long time, Randomness random) {
        Principal.Belongings own = principal.belongings();
        switch (place.field) {
            case ACCOUNT -> out.add(principal.account());
            case REGION -> out.add(region);
            case BUCKET ->
                out.add(own.project())
                        .add('-')
                        .add(principal.account())
                        .add('-')
                        .digits(own.suffix(random), 2);
            case TABLE, QUEUE, TOPIC, FUNCTION, MACHINE ->
                out.add(own.project()).add('-').add(own.noun(random));
            case CLUSTER, PROJECT -> out.add(own.project());
            case SECRET -> out.add(own.project()).add('/').add(own.noun(random)).add("-Ab3dE6");
            case KEY -> out.uuid(own.keyHash(), own.keyHash() >>> 3);
            case USER -> out.add(principal.name());
            case ROLE -> out.add(own.project()).add("-task");
            case INSTANCE ->
                out.add("i-0")
                        .digits(Math.floorMod(own.keyHash(), 1_000_000_000L), 9)
                        .add("0000")
                        .digits(own.suffix(random), 3);
            case HEX -> out.hex(random, place.from);
            case BASE32 -> out.base32(random, place.from);
            case BASE64 -> out.base64(random, place.from);
            case UUID -> out.uuid(random);
            case INT -> out.number(place.from + (long) random.nextInt(place.to - place.from + 1));
            case NOW -> out.time(time);
            case DAY -> out.date(Math.floorDiv(time, 86_400_000L), '/');
        }
    }
}
