package io.trailwarden.ingest.inventory;

import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.aws.AwsSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists that AWS hands out page by page. A page may be empty and yet not the last one; a token that is not valid any more
 * means to begin again, for half a list is none.
 */
final class Paged {

    private static final Set<String> TOKEN_LOST =
            Set.of("InvalidToken", "InvalidInputException", "ValidationException");
    private static final int RESTARTS = 20;

    /** @param next null on the last page */
    record Page<T>(List<T> items, @Nullable String next) {}

    /** Asks for one page. */
    @FunctionalInterface
    interface Request<T> {
        Page<T> page(@Nullable String token) throws IngestException, InterruptedException;
    }

    private Paged() {}

    /** The whole list. */
    static <T> List<T> list(Request<T> request) throws IngestException, InterruptedException {
        for (int restart = 0; ; restart++) {
            List<T> all = new ArrayList<>();
            String token = null;
            try {
                do {
                    Page<T> page = request.page(token);
                    all.addAll(page.items());
                    token = page.next();
                } while (token != null);
                return all;
            } catch (IngestException e) {
                Throwable cause = e.getCause();
                boolean tokenLost = token != null && cause != null && TOKEN_LOST.contains(AwsSession.code(cause));
                if (!tokenLost || restart == RESTARTS) {
                    throw e;
                }
            }
        }
    }
}
