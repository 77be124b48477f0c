package io.trailwarden.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSource;
import io.trailwarden.ingest.custody.CustodyConfig;
import io.trailwarden.ingest.inventory.InventoryConfig;
import io.trailwarden.ingest.inventory.OrganizationSource;
import io.trailwarden.ingest.inventory.StateMachineSource;
import io.trailwarden.ingest.logs.LogsConfig;
import io.trailwarden.ingest.logs.LogsSource;
import io.trailwarden.ingest.lookup.LookupConfig;
import io.trailwarden.ingest.lookup.LookupSource;
import io.trailwarden.ingest.s3.BucketConfig;
import io.trailwarden.ingest.s3.BucketSource;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.settings.Explained;
import io.trailwarden.settings.YamlFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AwsSourcesTest {

    private static final AwsAccess IRELAND = new AwsAccess("eu-west-1", null, null, null, null);
    private static final AwsAccess VIRGINIA = new AwsAccess("us-east-1", null, null, null, null);

    @TempDir
    Path directory;

    private final List<ConfigProblem> problems = new ArrayList<>();

    @Test
    void each_kind_has_its_defaults() throws IOException {
        assertThat(
                        read(
                                """
                        - {kind: cloudtrail, name: a, regions: eu-west-1}
                        - {kind: logs, name: b, regions: eu-west-1, groups: [/g]}
                        - {kind: s3, name: c, regions: eu-west-1, buckets: [x], queue: "https://q/1/q"}
                        - {kind: organization, name: d, regions: us-east-1}
                        - {kind: state-machines, name: e, regions: eu-west-1}
                        """))
                .containsExactly(
                        new LookupSource(
                                IRELAND,
                                new LookupConfig(
                                        "cloudtrail:a/eu-west-1",
                                        Duration.ofDays(1),
                                        Duration.ofMinutes(30),
                                        Duration.ofSeconds(30))),
                        new LogsSource(
                                IRELAND,
                                new LogsConfig(
                                        "logs:b/eu-west-1",
                                        List.of("/g"),
                                        List.of(),
                                        Duration.ofDays(1),
                                        Duration.ofMinutes(10),
                                        Duration.ofSeconds(10),
                                        false)),
                        new BucketSource(
                                IRELAND, BucketConfig.of("s3:c", "https://q/1/q", Set.of("x"), null, null), null),
                        new OrganizationSource(VIRGINIA, new InventoryConfig("organization:d", Duration.ofMinutes(15))),
                        new StateMachineSource(
                                IRELAND, new InventoryConfig("state-machines:e/eu-west-1", Duration.ofMinutes(15))));
        assertThat(problems).isEmpty();
    }

    @Test
    void every_member_arrives() throws IOException {
        List<AwsSource> sources = read(
                """
                - kind: s3
                  name: c
                  regions: [eu-west-1]
                  profile: audit
                  role: arn:aws:iam::111122223333:role/reader
                  external-id: x
                  endpoint: http://127.0.0.1:4566
                  queue: https://q/1/q
                  buckets: [b, a]
                  owner: "111122223333"
                  backfill-prefixes: [AWSLogs/, other/]
                  backfill-from: 2026-03-01T00:00:00Z
                  backfill-to: 2026-03-02T00:00:00Z
                  custody: true
                  custody-prefixes: [trails]
                  custody-lateness: 1h
                  custody-silence: 2h
                - kind: logs
                  name: l
                  regions: [eu-west-1, us-east-1]
                  groups: /g
                  prefixes: [/aws/]
                  backfill: 2d
                  overlap: 5m
                  interval: 1s
                  live: true
                """);

        BucketSource bucket = (BucketSource) sources.get(0);
        assertThat(bucket.access())
                .isEqualTo(new AwsAccess(
                        "eu-west-1",
                        "audit",
                        "arn:aws:iam::111122223333:role/reader",
                        "x",
                        URI.create("http://127.0.0.1:4566")));
        assertThat(bucket.config())
                .isEqualTo(BucketConfig.of(
                        "s3:c",
                        "https://q/1/q",
                        Set.of("a", "b"),
                        "111122223333",
                        new BucketConfig.Backfill(
                                List.of("AWSLogs/", "other/"),
                                Instant.parse("2026-03-01T00:00:00Z"),
                                Instant.parse("2026-03-02T00:00:00Z"))));
        assertThat(bucket.custody())
                .isEqualTo(new CustodyConfig(
                        "custody:c",
                        Set.of("a", "b"),
                        "111122223333",
                        List.of("trails/"),
                        true,
                        Duration.ofHours(1),
                        Duration.ofHours(2),
                        Duration.ofMinutes(5)));
        assertThat(sources)
                .extracting(AwsSource::source)
                .containsExactly("s3:c", "logs:l/eu-west-1", "logs:l/us-east-1");
        assertThat(((LogsSource) sources.get(2)).config())
                .isEqualTo(new LogsConfig(
                        "logs:l/us-east-1",
                        List.of("/g"),
                        List.of("/aws/"),
                        Duration.ofDays(2),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(1),
                        true));
        assertThat(problems).isEmpty();
    }

    /** The line that is wrong is the one to mend, and not where its input begins. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s3        | regions: [a, b]            | 4:12 | aws.regions: [a, b] (expected: one Region of an input of"
                        + " kind s3)",
                "logs      | regions: []                | 4:12 | aws.regions: [] (expected: at least one Region of an input"
                        + " of kind logs)",
                "s3        | buckets: []                | 4:12 | aws.buckets: none (expected: at least one)",
                "logs      | external-id: x             | 4:16 | aws.external-id: \"x\" without a role (expected: the role"
                        + " to assume)",
                "logs      | endpoint: nowhere          | 4:13 | aws.endpoint: \"nowhere\" (expected: https://host/ or"
                        + " http://host/)",
                "s3        | backfill-from: yesterday   | 4:18 | aws.backfill-from: \"yesterday\" (expected: a time such as"
                        + " 2026-03-01T00:00:00Z)",
                "logs      | interval: soon             | 4:13 | aws.interval: \"soon\" (expected: a duration from 0d to"
                        + " 90d, such as 500ms, 5s, 10m, 2h or 1d)",
                "logs      | live: perhaps              | 4:9  | aws.live: \"perhaps\" (expected: true or false)",
                "s3        | custody-silence: 11h       | 4:20 | aws.custody-silence: \"11h\" (expected: a duration from 1h"
                        + " to 10h, such as 500ms, 5s, 10m, 2h or 1d)",
                "logs      | queue: x                   | 4:3  | \"queue\" is not a member of an input of kind logs"
                        + " (expected: one of kind, name, regions, profile, role, external-id, endpoint, groups, prefixes,"
                        + " backfill, overlap, interval, live)",
            })
    void what_is_wrong_is_told_at_the_members_own_line(String kind, String member, String place, String message)
            throws IOException {
        String name = member.substring(0, member.indexOf(':'));
        StringBuilder yaml = new StringBuilder("- kind: " + kind + "\n  name: a\n  " + member + "\n");
        if (!name.equals("regions")) {
            yaml.append("  regions: eu-west-1\n");
        }
        if (kind.equals("s3")) {
            yaml.append("  queue: https://q/1/q\n");
            if (!name.equals("buckets")) {
                yaml.append("  buckets: x\n");
            }
        } else {
            yaml.append("  groups: /g\n");
        }

        assertThat(read(yaml.toString())).isEmpty();

        assertThat(problems).extracting(ConfigProblem::toString).containsExactly(file() + ":" + place + ": " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kind: s33, name: a}   | 2:10 | aws.kind: \"s33\" (expected: one of cloudtrail, logs, organization, s3,"
                        + " state-machines)",
                "{name: a}              | 2:3  | aws.kind: \"\" (expected: one of cloudtrail, logs, organization, s3,"
                        + " state-machines)",
                "{kind: logs, name: a, regions: r} | 2:3 | aws: logs:a/r reads no log group (expected: groups or prefixes)",
                "{kind: s3, name: a, regions: r, buckets: b} | 2:3 | aws: s3:a has neither a queue nor a backfill"
                        + " (expected: one of them)",
                "{kind: cloudtrail, regions: r} | 2:3 | aws: an input of kind cloudtrail without name (expected: part of"
                        + " the origin of its records; keep it once there is data)",
                "x                      | 2:3  | \"x\" (expected: a mapping, an entry of aws)",
            })
    void what_is_absent_is_told_where_the_input_begins(String input, String place, String message) throws IOException {
        assertThat(read("- " + input + "\n")).isEmpty();

        assertThat(problems).extracting(ConfigProblem::toString).containsExactly(file() + ":" + place + ": " + message);
    }

    @Test
    void a_backfill_that_ends_before_it_begins_is_told_where_it_begins() throws IOException {
        read(
                """
                - kind: s3
                  name: a
                  regions: r
                  buckets: b
                  backfill-to: 2026-03-01T00:00:00Z
                  backfill-from: 2026-03-02T00:00:00Z
                """);

        assertThat(problems)
                .extracting(ConfigProblem::toString)
                .containsExactly(file() + ":7:18: aws.backfill-from: 2026-03-02T00:00:00Z is not before backfill-to"
                        + " (expected: a time before 2026-03-01T00:00:00Z)");
    }

    @Test
    void two_inputs_of_one_name_are_one_too_many_and_the_second_is_told() throws IOException {
        List<AwsSource> sources = read(
                """
                - {kind: cloudtrail, name: a, regions: [eu-west-1]}
                - {kind: state-machines, name: a, regions: [eu-west-1]}
                - {kind: cloudtrail, name: a, regions: [us-east-1, eu-west-1]}
                """);

        assertThat(sources)
                .extracting(AwsSource::source)
                .containsExactly("cloudtrail:a/eu-west-1", "state-machines:a/eu-west-1", "cloudtrail:a/us-east-1");
        assertThat(problems)
                .extracting(ConfigProblem::toString)
                .containsExactly(file() + ":4:28: aws.name: \"cloudtrail:a/eu-west-1\" is there twice (expected: names"
                        + " that differ)");
    }

    @Test
    void what_differs_between_kinds_is_explained_by_kind() {
        assertThat(AwsSources.explained())
                .filteredOn(one -> one.key().equals("aws[].interval"))
                .containsExactly(new Explained(
                        "aws[].interval",
                        "",
                        "default",
                        "between two looks: 10s of logs, 30s of cloudtrail, 15m of organization and state-machines"
                                + " (cloudtrail, logs, organization, state-machines)"));
        assertThat(AwsSources.explained())
                .filteredOn(one -> one.key().equals("aws[].buckets"))
                .containsExactly(new Explained(
                        "aws[].buckets", "(required)", "default", "buckets that may be read; others are refused (s3)"));
    }

    private Path file() {
        return directory.resolve("trailwarden.yaml");
    }

    private List<AwsSource> read(String list) throws IOException {
        Files.writeString(file(), "aws:\n" + list);
        YamlFile.Entry section = YamlFile.read(file(), problems).get("aws");
        assertThat(section).as("a section").isNotNull();
        return AwsSources.read(file(), section.value(), problems);
    }
}
