package io.trailwarden.detection.organization;

import io.trailwarden.event.Bounded;

/**
 * Whom a memory is about.
 *
 * @param subject the access key id, session ARN or foreign account
 * @param local the account in which the foreign one was met; empty for sessions, which are met anywhere
 * @param day days since 1970, where a memory is of one day; else 0
 */
public record OrganizationKey(Kind kind, String subject, String local, long day) {

    /** Everything that nobody can judge as long as the organization is unknown. */
    static final OrganizationKey DIRECTORY = new OrganizationKey(Kind.DIRECTORY, "directory", "", 0);

    /** Bounds what is too long. */
    public OrganizationKey {
        subject = Bounded.text(subject);
        local = Bounded.text(local);
    }

    /** What a key is about. */
    public enum Kind {
        /** A session by its access key. */
        SESSION,
        /** A session by its ARN and day, for calls without an access key. */
        SESSION_ARN,
        /** Another account that called into ours, by day. */
        SIGHTING,
        /** Another account whose resources ours used, by day. */
        REACH,
        /** Everything that cannot be judged because nobody told us about the organization. */
        DIRECTORY
    }

    static OrganizationKey session(String accessKey) {
        return new OrganizationKey(Kind.SESSION, accessKey, "", 0);
    }

    static OrganizationKey sessionArn(String arn, long day) {
        return new OrganizationKey(Kind.SESSION_ARN, arn, "", day);
    }

    static OrganizationKey sighting(String foreign, String local, long day) {
        return new OrganizationKey(Kind.SIGHTING, foreign, local, day);
    }

    static OrganizationKey reach(String owner, String local, long day) {
        return new OrganizationKey(Kind.REACH, owner, local, day);
    }
}
