package io.trailwarden.testing.generator;

import java.util.List;

/**
 * The reference data of a scenario, as people would write it down for Trailwarden: the organization's accounts, and who
 * is expected to start the guarded state machine.
 */
final class ReferenceFile {

    private ReferenceFile() {}

    static String yaml(Scenario scenario) {
        StringBuilder yaml = new StringBuilder("accounts:\n");
        List<String> accounts = Generator.accounts(scenario);
        for (int i = 0; i < accounts.size(); i++) {
            yaml.append("  \"")
                    .append(accounts.get(i))
                    .append("\": {name: workload-")
                    .append(i)
                    .append("}\n");
        }
        return yaml.append(
                        """
                        expectations:
                          payments-are-started-by-their-scheduler:
                            title: Only the scheduler starts the settlement of payments
                            when:
                              actions: ["states:StartExecution"]
                              stateMachines: ["arn:aws:states:*:*:stateMachine:%s"]
                            expect:
                              principals: ["arn:aws:iam::*:role/%s"]
                            severity: high
                            why: Settlement moves money
                        """
                                .formatted(Plants.GUARDED_MACHINE, Plants.SCHEDULER))
                .toString();
    }
}
