package io.trailwarden.ingest.aws;

/**
 * The APIs that are called, and how often at most in one account and Region. AWS shares these quotas among all callers
 * of the account, people at the console included, so none is used up.
 */
public enum AwsApi {
    /** Quota 2 a second (CloudTrail user guide, "Quotas in AWS CloudTrail"). */
    LOOKUP_EVENTS("cloudtrail:LookupEvents", 1.8),
    /** Quota 5 a second in the Regions that have least (CloudWatch Logs user guide, "Quotas"). */
    FILTER_LOG_EVENTS("logs:FilterLogEvents", 4),
    /** Quota 10 a second. */
    DESCRIBE_LOG_GROUPS("logs:DescribeLogGroups", 2),
    /** Quota 5,500 a second for a prefix. */
    GET_OBJECT("s3:GetObject", 500),
    /** Quota 5,500 a second for a prefix; listing is slower than that anyway. */
    LIST_OBJECTS("s3:ListBucket", 50),
    /** A standard queue has no quota that one reader comes to. */
    RECEIVE_MESSAGE("sqs:ReceiveMessage", 100),
    DELETE_MESSAGE("sqs:DeleteMessage", 500),
    CHANGE_VISIBILITY("sqs:ChangeMessageVisibility", 500);

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
