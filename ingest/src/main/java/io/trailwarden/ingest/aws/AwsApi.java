package io.trailwarden.ingest.aws;

/**
 * The APIs that are called, and how often at most in one account and Region. AWS shares these quotas among all callers
 * of the account, people at the console included, so none is used up.
 */
public enum AwsApi {
    /** Quota 2 a second (CloudTrail user guide, "Quotas in AWS CloudTrail"). */
    LOOKUP_EVENTS("cloudtrail:LookupEvents", 1.8),
    /** Quota 10 a second, with all that gets, lists or describes trails. */
    LIST_PUBLIC_KEYS("cloudtrail:ListPublicKeys", 2),
    TRAIL_STATUS("cloudtrail:GetTrailStatus", 2),
    /** Quota 5 a second in the Regions that have least (CloudWatch Logs user guide, "Quotas"). */
    FILTER_LOG_EVENTS("logs:FilterLogEvents", 4),
    /** Quota 10 a second. */
    DESCRIBE_LOG_GROUPS("logs:DescribeLogGroups", 2),
    /** Quota 5 sessions begun a second, 15 open at once. */
    START_LIVE_TAIL("logs:StartLiveTail", 1),
    /** Quota 5,500 a second for a prefix. */
    GET_OBJECT("s3:GetObject", 500),
    /** Quota 5,500 a second for a prefix; listing is slower than that anyway. */
    LIST_OBJECTS("s3:ListBucket", 50),
    /** A standard queue has no quota that one reader comes to. */
    RECEIVE_MESSAGE("sqs:ReceiveMessage", 100),
    DELETE_MESSAGE("sqs:DeleteMessage", 500),
    CHANGE_VISIBILITY("sqs:ChangeMessageVisibility", 500),
    GET_QUEUE_ATTRIBUTES("sqs:GetQueueAttributes", 10),
    /** Quota 1 a second of an organization (Organizations user guide, "Throttling limits"). */
    DESCRIBE_ORGANIZATION("organizations:DescribeOrganization", 0.9),
    /** Quota 8 a second of an organization. */
    LIST_ACCOUNTS("organizations:ListAccounts", 6),
    /** The tree's quotas are taken for the smallest that Organizations has, 1 a second. */
    LIST_ROOTS("organizations:ListRoots", 0.9),
    LIST_UNITS("organizations:ListOrganizationalUnitsForParent", 0.9),
    LIST_ACCOUNTS_OF_UNIT("organizations:ListAccountsForParent", 0.9),
    /** Quota 100 at once and 5 a second (Step Functions developer guide, "Quotas"). */
    LIST_STATE_MACHINES("states:ListStateMachines", 4),
    /** Quota 200 at once and 20 a second. */
    DESCRIBE_STATE_MACHINE("states:DescribeStateMachine", 15),
    /** Quota 100 at once and 1 a second. */
    LIST_TAGS("states:ListTagsForResource", 0.9);

    private final String permission;
    private final double perSecond;

    AwsApi(String permission, double perSecond) {
        this.permission = permission;
        this.perSecond = perSecond;
    }

    /** The IAM action that allows it. */
    public String permission() {
        return permission;
    }

    double perSecond() {
        return perSecond;
    }
}
