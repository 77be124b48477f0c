package io.trailwarden.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActorKeyTest {

    private static final CloudTrailCodec CODEC = new CloudTrailCodec();
    private static final Origin ORIGIN =
            new Origin("file", "a.json.gz", 7, "00", Instant.parse("2026-03-02T09:20:00Z"));

    private static String key(String identity, String region) {
        String record =
                ("{'eventID':'e','eventTime':'2026-03-02T09:00:00Z','eventSource':'s.amazonaws.com','eventName':'N',"
                                + "'awsRegion':'" + region + "','recipientAccountId':'444455556666','userIdentity':"
                                + identity + "}")
                        .replace('\'', '"');
        Decoded<CloudTrailEvent> decoded = CODEC.decode(record.getBytes(StandardCharsets.UTF_8), ORIGIN);
        return ((Decoded.Read<CloudTrailEvent>) decoded).value().actorKey();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'Unknown','principalId':'9067-1','accountId':'1','userName':'alice'}         | 1:9067-1",
                "{'type':'Unknown','accountId':'1','userName':'alice'}                                | 1:alice",
                "{'type':'Directory','accountId':'1','userName':'bob'}                                | 1:bob",
                "{'type':'Directory','userName':'bob'}                                                | 444455556666:bob",
                "{'type':'IAMUser','accountId':'1','principalId':'AIDA1'}                             | 1:AIDA1",
                "{'type':'IAMUser','accountId':'1','userName':'HIDDEN_DUE_TO_SECURITY_REASONS'}       | 1",
                "{'type':'IAMUser','accountId':'1','userName':'u','arn':'arn:aws:iam::1:user/u'}      | arn:aws:iam::1:user/u",
                "{'type':'AssumedRole','accountId':'1','principalId':'AROA1:one'}                     | 1:AROA1",
                "{'type':'AssumedRole','arn':'arn:aws:sts::1:assumed-role/r/s'}                       | arn:aws:sts::1:assumed-role/r",
                "{'type':'AWSAccount','accountId':'1','principalId':'AROA1:one'}                      | 1:AROA1",
                "{'type':'AWSAccount','accountId':'1','principalId':'AIDA1'}                          | 1:AIDA1",
                "{'type':'AWSAccount','accountId':'1'}                                                | 1",
                "{'type':'AWSService','invokedBy':'ec2.amazonaws.com'}                                | ec2.amazonaws.com",
                "{'accountId':'1','invokedBy':'kms.amazonaws.com'}                                    | 1:kms.amazonaws.com",
                "{'type':'FederatedUser','arn':'arn:aws:sts::1:federated-user/Bob'}                   | arn:aws:sts::1:federated-user/Bob",
                "{'type':'FederatedUser','principalId':'1:Bob','sessionContext':{'sessionIssuer':{'arn':'arn:aws:iam::1:user/a'}}} | arn:aws:iam::1:user/a:Bob",
                "{'type':'SAMLUser','principalId':'q:alice','identityProvider':'arn:aws:iam::1:saml-provider/P'} | arn:aws:iam::1:saml-provider/P:q:alice",
                "{'type':'SAMLUser','userName':'alice','identityProvider':'arn:aws:iam::1:saml-provider/P'} | arn:aws:iam::1:saml-provider/P:alice",
                "{'type':'WebIdentityUser','principalId':'accounts.google.com:c:7','identityProvider':'accounts.google.com'} | accounts.google.com:accounts.google.com:c:7",
                "{'type':'IdentityCenterUser','accountId':'1','onBehalfOf':{'userId':'u-1'}}          | u-1",
                "{'type':'IdentityCenterUser','accountId':'1','principalId':'p-1'}                    | 1:p-1",
                "{'type':'Root','accountId':'1'}                                                      | arn:aws:iam::1:root",
                "{'type':'Root','accountId':'1','arn':'arn:aws-us-gov:iam::1:root'}                   | arn:aws-us-gov:iam::1:root",
                "{}                                                                                   | unknown"
            })
    void every_kind_of_identity_has_its_key(String identity, String expected) {
        assertThat(key(identity, "us-east-1")).isEqualTo(expected);
    }

    @Test
    void root_without_an_arn_is_in_the_partition_of_the_region() {
        assertThat(key("{'type':'Root','accountId':'1'}", "us-gov-west-1")).isEqualTo("arn:aws-us-gov:iam::1:root");
        assertThat(key("{'type':'Root','accountId':'1'}", "cn-north-1")).isEqualTo("arn:aws-cn:iam::1:root");
    }

    /** Who somebody is; what else is written beside it changes from session to session. */
    record Person(String type, String account, String name) {

        String written(String session) {
            Map<String, String> id = new LinkedHashMap<>();
            id.put("type", type);
            id.put("accountId", account);
            id.put("accessKeyId", "ASIA" + session);
            String issuer = "";
            switch (type) {
                case "AssumedRole", "AWSAccount" -> id.put("principalId", "AROA" + name + ':' + session);
                case "IAMUser" -> id.put("principalId", "AIDA" + name);
                case "Directory" -> id.put("userName", name);
                case "FederatedUser" -> {
                    id.put("principalId", account + ':' + name);
                    issuer = ",'sessionContext':{'sessionIssuer':{'arn':'arn:aws:iam::" + account + ":user/broker'}}";
                }
                case "SAMLUser", "WebIdentityUser" -> {
                    id.put("principalId", name);
                    id.put("identityProvider", "idp-" + account);
                }
                default -> {
                    id.put("principalId", name);
                    id.put("userName", "somebody");
                }
            }
            StringBuilder json = new StringBuilder("{");
            id.forEach((key, value) -> json.append(json.length() > 1 ? "," : "")
                    .append('\'')
                    .append(key)
                    .append("':'")
                    .append(value)
                    .append('\''));
            return json + issuer + "}";
        }
    }

    @Provide
    Arbitrary<Person> people() {
        return Combinators.combine(
                        Arbitraries.of(List.of(
                                "AssumedRole",
                                "IAMUser",
                                "FederatedUser",
                                "AWSAccount",
                                "SAMLUser",
                                "WebIdentityUser",
                                "IdentityCenterUser",
                                "Directory",
                                "Unknown",
                                "Something new")),
                        Arbitraries.of("111122223333", "222233334444"),
                        Arbitraries.strings()
                                .withCharRange('a', 'c')
                                .ofMinLength(1)
                                .ofMaxLength(2))
                .as(Person::new);
    }

    @Property
    void one_identity_keeps_its_key_over_sessions(
            @ForAll("people") Person person, @ForAll("people") Person one, @ForAll("people") Person other) {
        assertThat(key(person.written(one.name()), "us-east-1"))
                .isEqualTo(key(person.written(other.name()), "eu-west-1"));
    }

    @Property
    void two_identities_of_one_kind_never_share_a_key(@ForAll("people") Person one, @ForAll("people") Person likeThat) {
        Person other = new Person(one.type(), likeThat.account(), likeThat.name());
        assertThat(key(one.written("s"), "us-east-1").equals(key(other.written("s"), "us-east-1")))
                .isEqualTo(Objects.equals(one, other));
    }
}
