package io.trailwarden.event.codec;

import org.jspecify.annotations.Nullable;

/**
 * The parts of an execution's ARN (Service Authorization Reference, "Actions, resources, and condition keys for AWS Step
 * Functions"): {@code arn:P:states:R:A:execution:machine[/label]:name} for Standard, {@code ...:express:machine[/label]:name:uuid}
 * for Express executions.
 *
 * @param stateMachineArn without the label
 * @param mapLabel of the distributed map whose child this is
 */
record ExecutionArn(
        String stateMachineArn,
        String executionName,
        @Nullable String mapLabel,
        boolean express,
        String account,
        String region) {

    /** The parts; null if this is no execution's ARN. */
    static @Nullable ExecutionArn parse(String arn) {
        String[] parts = arn.split(":", -1);
        if (parts.length < 8 || !parts[0].equals("arn") || !parts[2].equals("states")) {
            return null;
        }
        boolean express = parts[5].equals("express");
        if (!express && !parts[5].equals("execution")) {
            return null;
        }
        if (parts.length != (express ? 9 : 8) || parts[6].isEmpty() || parts[7].isEmpty()) {
            return null;
        }
        int slash = parts[6].indexOf('/');
        String machine = slash < 0 ? parts[6] : parts[6].substring(0, slash);
        String label = slash < 0 ? null : parts[6].substring(slash + 1);
        String machineArn = String.join(":", parts[0], parts[1], "states", parts[3], parts[4], "stateMachine", machine);
        return new ExecutionArn(machineArn, parts[7], label, express, parts[4], parts[3]);
    }
}
