//! The dimensions of AWS's own metrics: their values name what Terraform makes, and what the service does.

use std::collections::BTreeSet;

use serde_json::Value;

use super::references::{ANY, Reference};
use crate::terraform::Environment;
use crate::{files, folders};

/// Where Container Insights puts its metrics.
const INSIGHTS: &str = "ECS/ContainerInsights";

/// Operations of DynamoDB, as its client's builders are called.
const OPERATIONS: [(&str, &str); 8] = [
    (".batch_get_item()", "BatchGetItem"),
    (".batch_write_item()", "BatchWriteItem"),
    (".delete_item()", "DeleteItem"),
    (".get_item()", "GetItem"),
    (".put_item()", "PutItem"),
    (".query()", "Query"),
    (".transact_write_items()", "TransactWriteItems"),
    (".update_item()", "UpdateItem"),
];

/// Returns whether the values of all dimensions are ones that there are, in an environment where the metric is collected.
pub fn exist(environment: &Environment, reference: &Reference) -> bool {
    let is_collected = reference.namespace != INSIGHTS || has_insights(environment);
    is_collected
        && reference
            .dimensions
            .iter()
            .all(|(name, value)| value == ANY || values(environment, name).contains(value))
}

/// Whether the cluster has Container Insights, without which there are no metrics of theirs.
fn has_insights(environment: &Environment) -> bool {
    environment
        .resources("aws_ecs_cluster")
        .iter()
        .any(|cluster| {
            let settings = cluster.get("setting");
            let settings = settings.as_array().into_iter().flatten();
            settings
                .filter(|setting| setting["name"] == "containerInsights")
                .any(|setting| setting["value"] != "disabled")
        })
}

/// The values that a dimension can have.
fn values(environment: &Environment, dimension: &str) -> BTreeSet<String> {
    let of = |kind: &str, attribute: &str| {
        let resources = environment.resources(kind).into_iter();
        let values = resources.map(|resource| resource.attribute(attribute).unwrap());
        values
            .map(|value| value.as_str().unwrap().to_owned())
            .collect()
    };
    match dimension {
        "CacheClusterId" => of("aws_elasticache_replication_group", "replication_group_id"),
        "CertificateArn" => of("aws_acm_certificate", "arn"),
        "ClusterName" => of("aws_ecs_cluster", "name"),
        "FileSystemId" => of("aws_efs_file_system", "id"),
        "GlobalSecondaryIndexName" => indexes(environment),
        "LoadBalancer" => of("aws_lb", "arn_suffix"),
        "LogGroupName" => of("aws_cloudwatch_log_group", "name"),
        "ModelId" => models(environment),
        "NatGatewayId" => of("aws_nat_gateway", "id"),
        "Operation" => operations(),
        "ServiceName" => of("aws_ecs_service", "name"),
        "TableName" => of("aws_dynamodb_table", "name"),
        "TargetGroup" => of("aws_lb_target_group", "arn_suffix"),
        other => panic!("these tests do not know the dimension {other}"),
    }
}

fn indexes(environment: &Environment) -> BTreeSet<String> {
    let tables = environment.resources("aws_dynamodb_table");
    let indexes = tables
        .iter()
        .map(|table| table.get("global_secondary_index"));
    let indexes = indexes.flat_map(|indexes| indexes.as_array().cloned().unwrap_or_default());
    indexes
        .map(|index| index["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The models of Bedrock that are called.
fn models(environment: &Environment) -> BTreeSet<String> {
    let models = environment.variable("llm_models");
    let models = models
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    models
        .filter_map(|model| model.strip_prefix("bedrock:").map(str::to_owned))
        .collect()
}

/// What the service does with its tables.
pub fn operations() -> BTreeSet<String> {
    let files = folders::files("src/dynamodb", "rs").into_iter();
    let files = files.filter(|file| file != "src/dynamodb/tables.rs");
    let code: String = files.map(|file| files::text(&file)).collect();
    let used = OPERATIONS.iter().filter(|(call, _)| code.contains(call));
    used.map(|(_, operation)| (*operation).to_owned()).collect()
}
