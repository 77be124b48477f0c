package io.trailwarden.testing.aws;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hands out a list page by page; what the token stands for does not change any more, as with AWS. */
final class PageTokens<T> {

    private final Map<String, List<T>> rest = new HashMap<>();
    private int next;

    /** One page, and the token for the next; null after the last. */
    record Page<T>(List<T> items, @Nullable String token) {}

    @Nullable
    List<T> restOf(String token) {
        return rest.get(token);
    }

    Page<T> page(List<T> all, int size) {
        if (size >= all.size()) {
            return new Page<>(all, null);
        }
        String token = "page-" + next++;
        rest.put(token, all.subList(size, all.size()));
        return new Page<>(all.subList(0, size), token);
    }
}
