package io.trailwarden.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionNamesTest {

    @Test
    void a_name_leads_back_to_its_partition() {
        TopicPartition partition = new TopicPartition("audit.cloudtrail", 12);

        assertThat(PartitionNames.of(partition)).isEqualTo("audit.cloudtrail/12");
        assertThat(PartitionNames.parse("audit.cloudtrail/12")).isEqualTo(partition);
    }
}
