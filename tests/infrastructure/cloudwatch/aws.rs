//! The metrics of AWS itself that are used here, with the sets of dimensions under which AWS publishes them. Taken from the
//! documentation of each service: a name that is not here may be misspelt, and an alarm on it would never fire.

/// The namespace, the metrics, and their sets of dimensions.
type Family = (
    &'static str,
    &'static [&'static str],
    &'static [&'static [&'static str]],
);

const FAMILIES: [Family; 16] = [
    (
        "AWS/ApplicationELB",
        &[
            "RequestCount",
            "HTTPCode_Target_2XX_Count",
            "HTTPCode_Target_4XX_Count",
            "HTTPCode_Target_5XX_Count",
            "TargetResponseTime",
            "TargetConnectionErrorCount",
        ],
        &[&["LoadBalancer"], &["LoadBalancer", "TargetGroup"]],
    ),
    (
        "AWS/ApplicationELB",
        &[
            "HTTPCode_ELB_3XX_Count",
            "HTTPCode_ELB_4XX_Count",
            "HTTPCode_ELB_5XX_Count",
            "HTTPCode_ELB_502_Count",
            "HTTPCode_ELB_503_Count",
            "HTTPCode_ELB_504_Count",
            "RejectedConnectionCount",
            "ActiveConnectionCount",
            "NewConnectionCount",
            "ProcessedBytes",
            "ConsumedLCUs",
            "ClientTLSNegotiationErrorCount",
        ],
        &[&["LoadBalancer"]],
    ),
    (
        "AWS/ApplicationELB",
        &["HealthyHostCount", "UnHealthyHostCount"],
        &[&["LoadBalancer", "TargetGroup"]],
    ),
    (
        "AWS/ECS",
        &["CPUUtilization", "MemoryUtilization"],
        &[&["ClusterName"], &["ClusterName", "ServiceName"]],
    ),
    (
        "ECS/ContainerInsights",
        &[
            "CpuReserved",
            "CpuUtilized",
            "DeploymentCount",
            "DesiredTaskCount",
            "EphemeralStorageReserved",
            "EphemeralStorageUtilized",
            "MemoryReserved",
            "MemoryUtilized",
            "NetworkRxBytes",
            "NetworkTxBytes",
            "PendingTaskCount",
            "RestartCount",
            "RunningTaskCount",
            "TaskSetCount",
        ],
        &[&["ClusterName", "ServiceName"]],
    ),
    (
        "AWS/DynamoDB",
        &[
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "ReadThrottleEvents",
            "WriteThrottleEvents",
        ],
        &[&["TableName"], &["GlobalSecondaryIndexName", "TableName"]],
    ),
    (
        "AWS/DynamoDB",
        &[
            "ConditionalCheckFailedRequests",
            "TransactionConflict",
            "TimeToLiveDeletedItemCount",
        ],
        &[&["TableName"]],
    ),
    (
        "AWS/DynamoDB",
        &[
            "SuccessfulRequestLatency",
            "SystemErrors",
            "ThrottledRequests",
        ],
        &[&["Operation", "TableName"]],
    ),
    (
        "AWS/Bedrock",
        &[
            "InputTokenCount",
            "InvocationClientErrors",
            "InvocationLatency",
            "InvocationServerErrors",
            "InvocationThrottles",
            "Invocations",
            "OutputTokenCount",
        ],
        &[&[], &["ModelId"]],
    ),
    (
        "AWS/Logs",
        &["IncomingBytes", "IncomingLogEvents"],
        &[&[], &["LogGroupName"]],
    ),
    (
        "AWS/NATGateway",
        &[
            "ActiveConnectionCount",
            "BytesInFromSource",
            "BytesOutToDestination",
            "ErrorPortAllocation",
            "PacketsDropCount",
        ],
        &[&["NatGatewayId"]],
    ),
    (
        "AWS/CertificateManager",
        &["DaysToExpiry"],
        &[&["CertificateArn"]],
    ),
    (
        "AWS/WAFV2",
        &["AllowedRequests", "BlockedRequests"],
        &[&["Region", "Rule", "WebACL"]],
    ),
    (
        "AWS/ElastiCache",
        &[
            "CPUUtilization",
            "CurrConnections",
            "DatabaseMemoryUsagePercentage",
            "EngineCPUUtilization",
            "Evictions",
            "FreeableMemory",
        ],
        &[&["CacheClusterId"]],
    ),
    (
        "AWS/EFS",
        &["BurstCreditBalance", "ClientConnections", "PercentIOLimit"],
        &[&["FileSystemId"]],
    ),
    (
        "AWS/SNS",
        &["NumberOfNotificationsFailed"],
        &[&["TopicName"]],
    ),
];

/// Returns whether AWS publishes a metric under exactly these dimensions, which are sorted.
pub fn publishes(namespace: &str, name: &str, dimensions: &[&str]) -> bool {
    FAMILIES.iter().any(|(family, names, sets)| {
        *family == namespace && names.contains(&name) && sets.contains(&dimensions)
    })
}

/// Returns whether a namespace is one of AWS.
pub fn has(namespace: &str) -> bool {
    FAMILIES.iter().any(|(family, ..)| *family == namespace)
}

#[test]
fn only_documented_metrics_under_documented_dimensions_are_published() {
    assert!(publishes(
        "AWS/ECS",
        "CPUUtilization",
        &["ClusterName", "ServiceName"]
    ));
    assert!(!publishes(
        "AWS/ECS",
        "CpuUtilization",
        &["ClusterName", "ServiceName"]
    ));
    assert!(!publishes("AWS/ECS", "CPUUtilization", &["ServiceName"]));
    assert!(!publishes("AWS/Ecs", "CPUUtilization", &["ClusterName"]));
}
