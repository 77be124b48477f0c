package io.trailwarden.detection.organization;

import io.trailwarden.detection.organization.OrganizationState.Child;
import io.trailwarden.detection.organization.OrganizationState.Deed;
import io.trailwarden.detection.organization.OrganizationState.Source;
import io.trailwarden.event.Bounded;
import org.jspecify.annotations.Nullable;

/**
 * What is heard of a session or a foreign account: exactly one of the last four.
 *
 * @param account in which it was seen
 * @param sessionArn the session's own ARN, as far as this tells
 * @param source how the session came to be
 * @param parent access key of the session that issued this one
 * @param child a session that this one issued
 * @param deed what was done
 */
public record OrganizationNews(
        String account,
        @Nullable String sessionArn,
        @Nullable Source source,
        @Nullable String parent,
        @Nullable Issued child,
        @Nullable Deed deed) {

    /** Bounds what is too long. */
    public OrganizationNews {
        int told =
                (source == null ? 0 : 1) + (parent == null ? 0 : 1) + (child == null ? 0 : 1) + (deed == null ? 0 : 1);
        if (told != 1) {
            throw new IllegalArgumentException("one of: " + source + ", " + parent + ", " + child + ", " + deed);
        }
        account = Bounded.text(account);
        sessionArn = Bounded.textOrNull(sessionArn);
        parent = Bounded.textOrNull(parent);
    }

    /** A session that another one issued, by its access key. */
    public record Issued(String accessKey, Child session) {

        /** Bounds what is too long. */
        public Issued {
            accessKey = Bounded.text(accessKey);
        }
    }

    static OrganizationNews source(String account, @Nullable String sessionArn, Source source) {
        return new OrganizationNews(account, sessionArn, source, null, null, null);
    }

    static OrganizationNews parent(String account, @Nullable String sessionArn, String accessKey) {
        return new OrganizationNews(account, sessionArn, null, accessKey, null, null);
    }

    static OrganizationNews child(String account, String accessKey, Child session) {
        return new OrganizationNews(account, null, null, null, new Issued(accessKey, session), null);
    }

    static OrganizationNews deed(String account, @Nullable String sessionArn, Deed deed) {
        return new OrganizationNews(account, sessionArn, null, null, null, deed);
    }
}
