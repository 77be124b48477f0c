package io.trailwarden.testing.aws;

import io.trailwarden.testing.aws.Answer.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Assumes roles; counts how often a session's token is used. */
final class FakeSts implements FakeAws.Service {

    private final Map<String, Integer> uses = new HashMap<>();
    private @Nullable String externalId;

    synchronized void requireExternalId(String externalId) {
        this.externalId = externalId;
    }

    synchronized void check(@Nullable String token, int mostUses) {
        if (token == null) {
            return;
        }
        Integer used = uses.computeIfPresent(token, (unused, count) -> count + 1);
        if (used == null || mostUses > 0 && used > mostUses) {
            throw new Refused(403, "ExpiredTokenException", "The security token included in the request is expired");
        }
    }

    @Override
    public synchronized @Nullable Answer answer(Call call) {
        if (call.operation().equals("GetCallerIdentity")) {
            return Answer.xml("<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                    + "<GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/reader/trailwarden"
                    + "</Arn><UserId>AROAEXAMPLE:trailwarden</UserId><Account>111122223333</Account>"
                    + "</GetCallerIdentityResult></GetCallerIdentityResponse>");
        }
        if (!call.operation().equals("AssumeRole")) {
            return null;
        }
        String given = call.query().getOrDefault("ExternalId", List.of("")).get(0);
        if (externalId != null && !externalId.equals(given)) {
            throw new Refused(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole");
        }
        String token = "token-" + uses.size();
        uses.put(token, 0);
        return Answer.xml("<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
                + "<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:trailwarden</AssumedRoleId>"
                + "<Arn>arn:aws:sts::111122223333:assumed-role/reader/trailwarden</Arn></AssumedRoleUser>"
                + "<Credentials><AccessKeyId>ASIAEXAMPLE000000001</AccessKeyId>"
                + "<SecretAccessKey>made-up</SecretAccessKey><SessionToken>" + token + "</SessionToken><Expiration>"
                + Instant.now().plus(Duration.ofHours(3)).truncatedTo(ChronoUnit.SECONDS)
                + "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>");
    }
}
