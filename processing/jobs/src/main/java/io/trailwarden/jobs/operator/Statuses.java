package io.trailwarden.jobs.operator;

import io.trailwarden.event.JobStatus;
import java.time.Instant;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;

/** Makes {@link JobStatus}es. */
public final class Statuses {

    private Statuses() {}

    public static JobStatus of(
            String part, StreamingRuntimeContext context, long now, long watermark, Numbers numbers) {
        TaskInfo task = context.getTaskInfo();
        boolean none = watermark == Long.MIN_VALUE || watermark == Long.MAX_VALUE;
        return new JobStatus(
                context.getJobInfo().getJobId() + "/" + task.getAttemptNumber(),
                part,
                task.getIndexOfThisSubtask(),
                task.getNumberOfParallelSubtasks(),
                Instant.ofEpochMilli(now),
                none ? null : Instant.ofEpochMilli(watermark),
                numbers.read());
    }
}
