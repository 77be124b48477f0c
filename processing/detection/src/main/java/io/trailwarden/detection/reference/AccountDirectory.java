package io.trailwarden.detection.reference;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose an account is, as of a moment in event time: accounts join the organization, leave it, and are partners for a
 * while.
 */
public final class AccountDirectory {

    /** What an account is to the organization. */
    public enum Standing {
        /** Belongs to the organization. */
        MEMBER,
        /** Belongs to somebody whom the organization has let in. */
        PARTNER,
        /** Belongs to AWS itself. */
        AWS,
        /** Belongs to somebody else, or belonged to the organization at another time. */
        OUTSIDE,
        /** Nobody told us about any account, so nothing can be said. */
        UNKNOWN
    }

    /**
     * A span of time in which an account had a standing.
     *
     * @param from inclusive; null: always
     * @param to exclusive; null: still
     */
    record Span(Standing standing, @Nullable Instant from, @Nullable Instant to) {
        boolean covers(Instant at) {
            return (from == null || !at.isBefore(from)) && (to == null || at.isBefore(to));
        }
    }

    /** One account. */
    record Account(@Nullable String name, List<Span> spans) {
        static Account read(Body body) {
            String name = body.text("name");
            List<Body> spans = body.objects("spans");
            List<Span> found;
            if (spans == null) {
                found = List.of(span(body, "joined", "left"));
            } else {
                found = spans.stream()
                        .map(each -> {
                            Span span = span(each, "from", "to");
                            each.close();
                            return span;
                        })
                        .toList();
            }
            // Inventories add what else they know: status, address, place in the tree.
            body.closeLeniently();
            return new Account(name, found);
        }

        private static Span span(Body body, String from, String to) {
            Relation relation = body.oneOf("relation", Relation.values());
            Span span = new Span(
                    relation == null ? Standing.MEMBER : relation.standing, body.instant(from), body.instant(to));
            if (span.from != null && span.to != null && !span.from.isBefore(span.to)) {
                throw body.refused(to, span.to, "after " + from + " " + span.from);
            }
            return span;
        }
    }

    private enum Relation {
        MEMBER(Standing.MEMBER),
        PARTNER(Standing.PARTNER),
        AWS(Standing.AWS);

        private final Standing standing;

        Relation(Standing standing) {
            this.standing = standing;
        }
    }

    private final Map<String, Account> accounts;
    private final boolean known;

    AccountDirectory(Map<String, Account> accounts) {
        this.accounts = new HashMap<>(accounts);
        this.known = accounts.values().stream()
                .anyMatch(account -> account.spans().stream().anyMatch(span -> span.standing() == Standing.MEMBER));
    }

    /** Whether at least one account is known to belong to the organization. Otherwise nobody can be called a stranger. */
    public boolean known() {
        return known;
    }

    /** How many accounts there are, of any standing. */
    public int size() {
        return accounts.size();
    }

    /** What the account was at that moment. */
    public Standing standing(String accountId, Instant at) {
        Account account = accounts.get(accountId);
        if (account != null) {
            for (Span span : account.spans()) {
                if (span.covers(at)) {
                    return span.standing();
                }
            }
        }
        return known ? Standing.OUTSIDE : Standing.UNKNOWN;
    }

    /** The account's name, where one is known. */
    public @Nullable String name(String accountId) {
        Account account = accounts.get(accountId);
        return account == null ? null : account.name();
    }

    /** What the directory says about the account at any time, in words; for an account it does not hold, that. */
    public String describe(String accountId) {
        Account account = accounts.get(accountId);
        if (account == null) {
            return "not in the directory";
        }
        StringBuilder text = new StringBuilder();
        for (Span span : account.spans()) {
            text.append(text.isEmpty() ? "" : "; ")
                    .append(span.standing().name().toLowerCase(Locale.ROOT))
                    .append(span.from() == null ? "" : " from " + span.from())
                    .append(span.to() == null ? "" : " until " + span.to());
        }
        return text.toString();
    }
}
