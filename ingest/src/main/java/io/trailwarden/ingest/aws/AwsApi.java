package io.trailwarden.ingest.aws;

/**
 * The APIs that are called, and how often at most in one account and Region. AWS shares these quotas among all callers
 * of the account, people at the console included, so none is used up.
 */
public enum AwsApi {
    /** Quota 2 a second (CloudTrail user guide, "Quotas in AWS CloudTrail"). */
    LOOKUP_EVENTS("cloudtrail:LookupEvents", 1.8),
    /** No quota is published; keys change rarely. */
    LIST_PUBLIC_KEYS("cloudtrail:ListPublicKeys", 1),
    /** Quota 10 a second for all reads of trails together. */
    DESCRIBE_TRAILS("cloudtrail:DescribeTrails", 1),
    GET_TRAIL_STATUS("cloudtrail:GetTrailStatus", 2),
    /** Quota 5 a second in the Regions that have least (CloudWatch Logs user guide, "Quotas"). */
    FILTER_LOG_EVENTS("logs:FilterLogEvents", 4),
    /** Quota 10 a second. */
    DESCRIBE_LOG_GROUPS("logs:DescribeLogGroups", 2),
    /** Quota 5 a second. */
    START_LIVE_TAIL("logs:StartLiveTail", 1),
    /** Quota 5,500 a second for a prefix. */
    GET_OBJECT("s3:GetObject", 500),
    /** Quota 5,500 a second for a prefix; listing is slower than that anyway. */
    LIST_OBJECTS("s3:ListBucket", 50),
    /** A standard queue has no quota that one reader comes to. */
    RECEIVE_MESSAGE("sqs:ReceiveMessage", 100),
    DELETE_MESSAGE("sqs:DeleteMessage", 500),
    CHANGE_VISIBILITY("sqs:ChangeMessageVisibility", 500),
    /** Quota 1 a second. */
    DESCRIBE_ORGANIZATION("organizations:DescribeOrganization", 0.5),
    /** Quota 8 a second. */
    LIST_ACCOUNTS("organizations:ListAccounts", 4),
    /** Refills at 5 a second (Step Functions developer guide, "Service quotas"). */
    LIST_STATE_MACHINES("states:ListStateMachines", 2),
    /** Refills at 20 a second. */
    DESCRIBE_STATE_MACHINE("states:DescribeStateMachine", 8),
    /** Refills at 1 a second beyond a bucket of 100; see the same page. */
    LIST_TAGS("states:ListTagsForResource", 1);

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
