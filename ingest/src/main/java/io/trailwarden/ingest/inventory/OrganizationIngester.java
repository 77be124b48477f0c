package io.trailwarden.ingest.inventory;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.organizations.model.Account;
import software.amazon.awssdk.services.organizations.model.AwsOrganizationsNotInUseException;
import software.amazon.awssdk.services.organizations.model.DescribeOrganizationResponse;
import software.amazon.awssdk.services.organizations.model.ListAccountsForParentRequest;
import software.amazon.awssdk.services.organizations.model.ListAccountsForParentResponse;
import software.amazon.awssdk.services.organizations.model.ListAccountsRequest;
import software.amazon.awssdk.services.organizations.model.ListAccountsResponse;
import software.amazon.awssdk.services.organizations.model.ListOrganizationalUnitsForParentRequest;
import software.amazon.awssdk.services.organizations.model.ListOrganizationalUnitsForParentResponse;
import software.amazon.awssdk.services.organizations.model.ListRootsRequest;
import software.amazon.awssdk.services.organizations.model.ListRootsResponse;
import software.amazon.awssdk.services.organizations.model.OrganizationalUnit;
import software.amazon.awssdk.services.organizations.model.Root;

/**
 * The accounts of an organization and their place in its tree, as the management account or a delegated administrator
 * lists them.
 *
 * <p>An account joined when AWS says so. It has left when two whole lists in a row, at different times, do not name it:
 * a list that failed on the way says nothing about anybody, and one that is whole may still be out of date. The time of
 * leaving is that of the first of the two, by AWS's clock. Who belongs is told by {@code ListAccounts} alone; the tree,
 * which is walked call by call while accounts move in it, only adds where an account is.
 */
public final class OrganizationIngester implements Ingester {

    private static final Logger LOG = LoggerFactory.getLogger(OrganizationIngester.class);

    private final InventoryConfig config;
    private final AwsSession session;
    private final InventoryEntries entries;
    private final FailPoint.Listener failPoints;
    private boolean toldNone;

    /**
     * Asks with this session.
     *
     * @param writtenByPeople whether people wrote down the entry with this key of the topic; it is left to them
     */
    public OrganizationIngester(
            InventoryConfig config,
            AwsSession session,
            EventPublisher publisher,
            Positions positions,
            Predicate<String> writtenByPeople)
            throws IngestException {
        this(config, session, publisher, positions, writtenByPeople, FailPoint.Listener.NONE);
    }

    OrganizationIngester(
            InventoryConfig config,
            AwsSession session,
            EventPublisher publisher,
            Positions positions,
            Predicate<String> writtenByPeople,
            FailPoint.Listener failPoints)
            throws IngestException {
        this.config = config;
        this.session = session;
        this.failPoints = failPoints;
        entries = new InventoryEntries(
                config.source(), ReferenceEntry.Kind.ACCOUNT, publisher, positions, writtenByPeople, failPoints);
    }

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public Duration interval() {
        return config.interval();
    }

    @Override
    public IngestProgress progress() {
        return entries.progress();
    }

    @Override
    public void pass() throws InterruptedException, IngestException {
        entries.begin();
        DescribeOrganizationResponse described;
        try {
            described = session.call(AwsApi.DESCRIBE_ORGANIZATION, source(), () -> session.organizations()
                    .describeOrganization());
        } catch (IngestException e) {
            if (!(e.getCause() instanceof AwsOrganizationsNotInUseException)) {
                throw e;
            }
            if (!toldNone) {
                LOG.warn(
                        "{}: the account asked is in no organization, so nothing is known of its accounts; what was"
                                + " known before holds on (expected: the management account or a delegated"
                                + " administrator)",
                        source());
                toldNone = true;
            }
            return;
        }
        toldNone = false;
        String organization = described.organization().id();
        Instant at = session.answeredAt(described);
        Map<String, Account> accounts = accounts();
        Map<String, String> units = units();
        failPoints.reached(FailPoint.AFTER_READ, organization);
        Map<String, @Nullable String> bodies = new TreeMap<>();
        Map<String, AccountBody> absent = new TreeMap<>();
        for (String key : entries.keys()) {
            AccountBody before = AccountBody.read(entries.body(key));
            if (!accounts.containsKey(key) && before.belongs()) {
                if (!organization.equals(before.organization())) {
                    // Somebody else's list says nothing about these.
                    throw new IngestException(source() + " lists organization \"" + organization
                            + "\" now, before \"" + before.organization()
                            + "\" (expected: the same, or another name for the input)");
                }
                absent.put(key, before);
            }
        }
        for (Map.Entry<String, Account> each : accounts.entrySet()) {
            AccountBody before = AccountBody.read(entries.body(each.getKey()));
            Account account = each.getValue();
            String unit = units.get(each.getKey());
            bodies.put(
                    each.getKey(),
                    before.listed(
                                    organization,
                                    account.name(),
                                    state(account),
                                    unit == null ? before.unit() : unit,
                                    account.joinedTimestamp())
                            .json());
        }
        for (Map.Entry<String, Instant> gone :
                entries.missing(absent.keySet(), at).entrySet()) {
            LOG.info("{}: account {} left by {}", source(), gone.getKey(), gone.getValue());
            AccountBody before = absent.get(gone.getKey());
            bodies.put(
                    gone.getKey(),
                    before == null ? null : before.left(gone.getValue()).json());
        }
        entries.seen(bodies, at);
        entries.listed();
    }

    private static @Nullable String state(Account account) {
        // AWS has retired the status for the state; which of them comes depends on when and where.
        return account.stateAsString() == null ? account.statusAsString() : account.stateAsString();
    }

    /** Every account; a list that cannot be read to its end is no list. */
    private Map<String, Account> accounts() throws IngestException, InterruptedException {
        return Paged.list(token -> {
                    ListAccountsRequest request =
                            ListAccountsRequest.builder().nextToken(token).build();
                    ListAccountsResponse answer =
                            session.call(AwsApi.LIST_ACCOUNTS, source(), () -> session.organizations()
                                    .listAccounts(request));
                    return new Paged.Page<>(answer.accounts(), answer.nextToken());
                })
                .stream()
                .collect(TreeMap::new, (all, account) -> all.put(account.id(), account), TreeMap::putAll);
    }

    /** The path of names that leads to each account. */
    private Map<String, String> units() throws IngestException, InterruptedException {
        record Parent(String id, String path) {}
        Deque<Parent> parents = new ArrayDeque<>();
        for (Root root : Paged.list(token -> {
            ListRootsRequest request =
                    ListRootsRequest.builder().nextToken(token).build();
            ListRootsResponse answer = session.call(
                    AwsApi.LIST_ROOTS, source(), () -> session.organizations().listRoots(request));
            return new Paged.Page<>(answer.roots(), answer.nextToken());
        })) {
            parents.add(new Parent(root.id(), root.name()));
        }
        Map<String, String> units = new TreeMap<>();
        while (!parents.isEmpty()) {
            Parent parent = parents.remove();
            for (Account account : accountsOf(parent.id())) {
                units.put(account.id(), parent.path());
            }
            for (OrganizationalUnit unit : unitsOf(parent.id())) {
                parents.add(new Parent(unit.id(), parent.path() + "/" + unit.name()));
            }
        }
        return units;
    }

    private List<Account> accountsOf(String parent) throws IngestException, InterruptedException {
        return Paged.list(token -> {
            ListAccountsForParentRequest request = ListAccountsForParentRequest.builder()
                    .parentId(parent)
                    .nextToken(token)
                    .build();
            ListAccountsForParentResponse answer =
                    session.call(AwsApi.LIST_ACCOUNTS_OF_UNIT, source() + ", " + parent, () -> session.organizations()
                            .listAccountsForParent(request));
            return new Paged.Page<>(answer.accounts(), answer.nextToken());
        });
    }

    private List<OrganizationalUnit> unitsOf(String parent) throws IngestException, InterruptedException {
        return Paged.list(token -> {
            ListOrganizationalUnitsForParentRequest request = ListOrganizationalUnitsForParentRequest.builder()
                    .parentId(parent)
                    .nextToken(token)
                    .build();
            ListOrganizationalUnitsForParentResponse answer =
                    session.call(AwsApi.LIST_UNITS, source() + ", " + parent, () -> session.organizations()
                            .listOrganizationalUnitsForParent(request));
            return new Paged.Page<>(new ArrayList<>(answer.organizationalUnits()), answer.nextToken());
        });
    }

    @Override
    public void close() {
        entries.close();
    }
}
