package io.trailwarden.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionTest {

    @ParameterizedTest
    @CsvSource({
        "us-east-1,      aws",
        "eu-south-2,     aws",
        "il-central-1,   aws",
        "mx-central-1,   aws",
        "cn-northwest-1, aws-cn",
        "us-gov-east-1,  aws-us-gov",
        "us-iso-west-1,  aws-iso",
        "us-isob-east-1, aws-iso-b",
        "eu-isoe-west-1, aws-iso-e",
        "us-isof-south-1, aws-iso-f",
        "eusc-de-east-1, aws-eusc",
        "aws-us-gov-global, aws-us-gov",
        "aws-iso-b-global, aws-iso-b",
        "aws-global,     aws"
    })
    void a_region_is_in_the_partition_that_its_name_begins_with(String region, String partition) {
        assertThat(Partition.ofRegion(region)).isEqualTo(partition);
        assertThat(Partition.of("arn:" + partition + ":iam::111122223333:root", "us-east-1"))
                .isEqualTo(partition);
    }

    @Test
    void what_names_no_partition_is_in_that_of_its_region() {
        assertThat(Partition.of(null, "us-gov-west-1")).isEqualTo("aws-us-gov");
        assertThat(Partition.of("alice", "cn-north-1")).isEqualTo("aws-cn");
        assertThat(Partition.of("arn:aws", null)).isEqualTo("aws");
        assertThat(Partition.of("arn:aws-evil:iam::1:root", "us-gov-west-1")).isEqualTo("aws-us-gov");
        assertThat(Partition.ofRegion(null)).isEqualTo("aws");
    }
}
