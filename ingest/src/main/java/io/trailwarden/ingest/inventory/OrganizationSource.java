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
import software.amazon.awssdk.services.organizations.model.ListRootsRequest;
import software.amazon.awssdk.services.organizations.model.ListRootsResponse;

/**
 * Accounts of an organization.
 *
 * @param access as whom and where
 * @param config how the inventory is taken
 */
public record OrganizationSource(AwsAccess access, InventoryConfig config) implements AwsSource {

    public static final Kind KIND = new Kind(
            "organization",
            true,
            InventoryConfig.SETTINGS,
            (source, access, values) -> new OrganizationSource(access, InventoryConfig.of(source, values)));

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public List<Ingester> open(Opening with) throws IngestException {
        return List.of(new OrganizationIngester(
                config, with.sessions().of(access), with.publisher(), with.positions(), with.byPeople()));
    }

    @Override
    public List<Outcome> probe(AccessProbe probe) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.add(probe.attempt(
                AwsApi.DESCRIBE_ORGANIZATION,
                "*",
                () -> "organization "
                        + probe.session()
                                .organizations()
                                .describeOrganization()
                                .organization()
                                .id()));
        outcomes.add(probe.attempt(AwsApi.LIST_ACCOUNTS, "*", () -> {
            probe.session().organizations().listAccounts(list -> list.maxResults(1));
            return "accounts can be listed";
        }));
        String[] root = {""};
        outcomes.add(probe.firstOf(AwsApi.LIST_ROOTS, root, token -> {
            ListRootsResponse answer = probe.session()
                    .organizations()
                    .listRoots(ListRootsRequest.builder().nextToken(token).build());
            answer.roots().forEach(each -> root[0] = each.id());
            return answer.nextToken();
        }));
        if (root[0].isEmpty()) {
            outcomes.add(AccessProbe.untried(AwsApi.LIST_UNITS, "no root known"));
            outcomes.add(AccessProbe.untried(AwsApi.LIST_ACCOUNTS_OF_UNIT, "no root known"));
        } else {
            outcomes.add(probe.attempt(AwsApi.LIST_UNITS, root[0], () -> {
                probe.session().organizations().listOrganizationalUnitsForParent(list -> list.parentId(root[0])
                        .maxResults(1));
                return "units can be listed";
            }));
            outcomes.add(probe.attempt(AwsApi.LIST_ACCOUNTS_OF_UNIT, root[0], () -> {
                probe.session().organizations().listAccountsForParent(list -> list.parentId(root[0])
                        .maxResults(1));
                return "accounts of units can be listed";
            }));
        }
        return outcomes;
    }
}
