package io.trailwarden.detection.reference;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * One detection's settings: what holds everywhere, and what single accounts have instead.
 *
 * @param <T> the settings' type
 */
final class Settings<T> {

    private final T everywhere;
    private final Map<String, T> byAccount;

    private Settings(T everywhere, Map<String, T> byAccount) {
        this.everywhere = everywhere;
        this.byAccount = byAccount;
    }

    static <T> Settings<T> of(T everywhere) {
        return new Settings<>(everywhere, Map.of());
    }

    /** {@code {…, "accounts": {"111122223333": {…}}}}, where each account has what it does not say from the outer one. */
    static <T> Settings<T> read(Body body, T defaults, BiFunction<Body, T, T> reader) {
        T everywhere = reader.apply(body, defaults);
        Map<String, T> byAccount = new HashMap<>();
        Body accounts = body.object("accounts");
        body.close();
        if (accounts != null) {
            for (String account : accounts.names()) {
                Body own = accounts.object(account);
                if (own == null) {
                    throw accounts.refused(account, null, "an object");
                }
                byAccount.put(account, reader.apply(own, everywhere));
                own.close();
            }
        }
        return new Settings<>(everywhere, byAccount);
    }

    T in(String account) {
        if (byAccount.isEmpty()) {
            return everywhere;
        }
        return byAccount.getOrDefault(account, everywhere);
    }
}
