package io.trailwarden.ingest.inventory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An account's entry ({@code docs/reference/reference-data.md}): one span of membership as {@code joined} and
 * {@code left}, several as {@code spans}. The address of its root user is not needed by anybody and left out.
 *
 * @param organization its id
 * @param unit names from the root to the account's unit
 * @param spans oldest first; the last one is open while the account belongs
 */
record AccountBody(
        @Nullable String organization,
        @Nullable String name,
        @Nullable String state,
        @Nullable String unit,
        List<Span> spans) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A time in the organization.
     *
     * @param from null: since ever
     * @param to exclusive; null: still
     */
    record Span(@Nullable Instant from, @Nullable Instant to) {}

    private static final AccountBody UNKNOWN = new AccountBody(null, null, null, null, List.of());

    /** What an inventory wrote; nothing known if there is nothing. */
    static AccountBody read(@Nullable String json) {
        if (json == null) {
            return UNKNOWN;
        }
        JsonNode body;
        try {
            body = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what json() wrote can be read", e);
        }
        List<Span> spans = new ArrayList<>();
        if (body.has("spans")) {
            body.path("spans").forEach(span -> spans.add(new Span(time(span, "from"), time(span, "to"))));
        } else {
            spans.add(new Span(time(body, "joined"), time(body, "left")));
        }
        return new AccountBody(
                text(body, "organization"), text(body, "name"), text(body, "state"), text(body, "unit"), spans);
    }

    /** Whether it belongs to the organization now. */
    boolean belongs() {
        return !spans.isEmpty() && last().to() == null;
    }

    /** The account is on the list. */
    AccountBody listed(
            String itsOrganization,
            @Nullable String itsName,
            @Nullable String itsState,
            @Nullable String itsUnit,
            @Nullable Instant joined) {
        List<Span> all = new ArrayList<>(spans);
        if (all.isEmpty()) {
            all.add(new Span(joined, null));
        } else if (!belongs()) {
            Span last = last();
            boolean again = joined != null && (last.from() == null || joined.isAfter(last.from()));
            if (!again) {
                // It never left: the lists without it were wrong.
                all.remove(all.size() - 1);
            }
            all.add(new Span(again ? joined : last.from(), null));
        }
        return new AccountBody(itsOrganization, itsName, itsState, itsUnit, all);
    }

    /** The account is on the list no more, and that was first seen then. */
    AccountBody left(Instant at) {
        List<Span> all = new ArrayList<>(spans);
        Span last = all.remove(all.size() - 1);
        Instant from = last.from();
        all.add(new Span(from, from == null || from.isBefore(at) ? at : from.plusSeconds(1)));
        return new AccountBody(organization, name, "LEFT", unit, all);
    }

    String json() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        put(body, "name", name);
        if (spans.size() == 1) {
            put(body, "joined", last().from());
            put(body, "left", last().to());
        } else {
            ArrayNode list = body.putArray("spans");
            for (Span span : spans) {
                ObjectNode one = list.addObject();
                put(one, "from", span.from());
                put(one, "to", span.to());
            }
        }
        put(body, "state", state);
        put(body, "unit", unit);
        put(body, "organization", organization);
        return body.toString();
    }

    private Span last() {
        return spans.get(spans.size() - 1);
    }

    private static void put(ObjectNode body, String member, @Nullable Object value) {
        if (value != null && !value.toString().isBlank()) {
            body.put(member, value.toString());
        }
    }

    private static @Nullable String text(JsonNode body, String member) {
        JsonNode value = body.get(member);
        return value == null ? null : value.asText();
    }

    private static @Nullable Instant time(JsonNode body, String member) {
        String text = text(body, member);
        return text == null ? null : Instant.parse(text);
    }
}
