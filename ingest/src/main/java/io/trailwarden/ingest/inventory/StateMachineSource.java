package io.trailwarden.ingest.inventory;

import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.aws.AccessProbe;
import io.trailwarden.ingest.aws.AccessProbe.Outcome;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSource;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sfn.model.ListStateMachinesRequest;
import software.amazon.awssdk.services.sfn.model.ListStateMachinesResponse;

/**
 * State machines of one account and Region.
 *
 * @param access as whom and where
 * @param config how the inventory is taken
 */
public record StateMachineSource(AwsAccess access, InventoryConfig config) implements AwsSource {

    public static final Kind KIND = new Kind(
            "state-machines",
            false,
            InventoryConfig.SETTINGS,
            (source, access, values) -> new StateMachineSource(access, InventoryConfig.of(source, values)));

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public List<Ingester> open(Opening with) throws IngestException {
        return List.of(new StateMachineIngester(
                config, with.sessions().of(access), with.publisher(), with.positions(), with.byPeople()));
    }

    @Override
    public List<Outcome> probe(AccessProbe probe) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        String[] arn = {""};
        outcomes.add(probe.firstOf(AwsApi.LIST_STATE_MACHINES, arn, token -> {
            ListStateMachinesResponse answer = probe.session()
                    .stepFunctions()
                    .listStateMachines(ListStateMachinesRequest.builder()
                            .maxResults(1)
                            .nextToken(token)
                            .build());
            answer.stateMachines().forEach(each -> arn[0] = each.stateMachineArn());
            return answer.nextToken();
        }));
        if (arn[0].isEmpty()) {
            outcomes.add(AccessProbe.untried(AwsApi.DESCRIBE_STATE_MACHINE, "no state machine to try it on"));
            outcomes.add(AccessProbe.untried(AwsApi.LIST_TAGS, "no state machine to try it on"));
        } else {
            outcomes.add(probe.attempt(AwsApi.DESCRIBE_STATE_MACHINE, arn[0], () -> {
                probe.session().stepFunctions().describeStateMachine(describe -> describe.stateMachineArn(arn[0]));
                return "it can be described";
            }));
            outcomes.add(probe.attempt(AwsApi.LIST_TAGS, arn[0], () -> {
                probe.session().stepFunctions().listTagsForResource(list -> list.resourceArn(arn[0]));
                return "its tags can be read";
            }));
        }
        return outcomes;
    }
}
