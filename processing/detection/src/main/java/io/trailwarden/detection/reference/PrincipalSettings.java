package io.trailwarden.detection.reference;

import java.time.Duration;
import java.util.List;

/**
 * Settings of the detection {@code unexpected-principal}, as they hold in one account.
 *
 * @param learning how long a principal is watched before something new about it is a finding; zero switches learning off
 * @param forget after how long a silence a principal counts as new
 * @param newPrincipals which principals' first appearance in a learned account is a finding
 * @param services whether AWS services acting on their own, and service-linked roles, are learned too
 * @param readOnly whether calls that change nothing are learned
 * @param ignore principals (by actor key) that are never looked at, for example the pipeline's own role
 */
public record PrincipalSettings(
        Duration learning,
        Duration forget,
        NewPrincipals newPrincipals,
        boolean services,
        boolean readOnly,
        List<Glob> ignore) {

    /** The defaults, see {@code docs/reference/detections.md}. */
    public static final PrincipalSettings DEFAULT =
            new PrincipalSettings(Duration.ofDays(7), Duration.ofDays(90), NewPrincipals.USERS, false, true, List.of());

    /** Whose first appearance matters. */
    public enum NewPrincipals {
        /** Nobody's. */
        OFF,
        /** People's: IAM users, root, federated users. Roles come and go with every deployment. */
        USERS,
        /** Roles' too. */
        ALL
    }

    static PrincipalSettings read(Body body, PrincipalSettings or) {
        Duration learning = body.duration("learning");
        Duration forget = body.duration("forget");
        NewPrincipals newPrincipals = body.oneOf("newPrincipals", NewPrincipals.values());
        Boolean services = body.bool("services");
        Boolean readOnly = body.bool("readOnly");
        List<Glob> ignore = body.list("ignore", Glob::of);
        return new PrincipalSettings(
                learning == null ? or.learning : learning,
                forget == null ? or.forget : forget,
                newPrincipals == null ? or.newPrincipals : newPrincipals,
                services == null ? or.services : services,
                readOnly == null ? or.readOnly : readOnly,
                ignore == null ? or.ignore : ignore);
    }
}
