package io.trailwarden.detection.principal;

import io.trailwarden.event.Bounded;

/**
 * Whom a memory is about.
 *
 * @param account whose activity it is
 * @param subject the actor key, the state machine's ARN, or the account
 * @param shard of an account: which of {@link PrincipalDetector#ACCOUNT_SHARDS}; else 0
 */
public record PrincipalKey(Kind kind, String account, String subject, int shard) {

    /** Bounds what is too long. */
    public PrincipalKey {
        account = Bounded.text(account);
        subject = Bounded.text(subject);
    }

    /** What a key is about. */
    public enum Kind {
        PRINCIPAL,
        STATE_MACHINE,
        ACCOUNT
    }

    static PrincipalKey principal(String account, String actor) {
        return new PrincipalKey(Kind.PRINCIPAL, account, actor, 0);
    }

    static PrincipalKey machine(String account, String arn) {
        return new PrincipalKey(Kind.STATE_MACHINE, account, arn, 0);
    }

    static PrincipalKey account(String account, int shard) {
        return new PrincipalKey(Kind.ACCOUNT, account, account, shard);
    }
}
