//! What is stored is encrypted, and where a key of ours can be used, it is.

use serde_json::Value;

use crate::environments;
use crate::terraform::Resource;

/// A rule for a type of resources that store something.
type Rule = fn(&Resource<'_>) -> bool;

/// How each type of resources that store something is encrypted.
const STORES: [(&str, Rule); 9] = [
    ("aws_cloudwatch_log_group", |group| {
        names_a_key(&group.get("kms_key_id"))
    }),
    ("aws_dynamodb_table", |table| {
        let encryption = &table.get("server_side_encryption")[0];
        encryption["enabled"] == true && names_a_key(&encryption["kms_key_arn"])
    }),
    ("aws_ecr_repository", |repository| {
        let encryption = &repository.get("encryption_configuration")[0];
        encryption["encryption_type"] == "KMS" && names_a_key(&encryption["kms_key"])
    }),
    ("aws_efs_file_system", |system| {
        system.get("encrypted") == true && names_a_key(&system.get("kms_key_id"))
    }),
    ("aws_elasticache_replication_group", |cache| {
        cache.get("at_rest_encryption_enabled") == true
            && cache.get("transit_encryption_enabled") == true
            && names_a_key(&cache.get("kms_key_id"))
    }),
    // The load balancer can write with S3's own key only, and nothing else writes to a bucket here.
    ("aws_s3_bucket", |bucket| {
        let id = bucket.attribute("id").ok();
        let all = bucket
            .environment()
            .resources("aws_s3_bucket_server_side_encryption_configuration");
        all.iter().any(|encryption| {
            let by_default =
                &encryption.get("rule")[0]["apply_server_side_encryption_by_default"][0];
            Some(encryption.get("bucket")) == id && by_default["sse_algorithm"].is_string()
        })
    }),
    ("aws_secretsmanager_secret", |secret| {
        names_a_key(&secret.get("kms_key_id"))
    }),
    ("aws_sns_topic", |topic| {
        names_a_key(&topic.get("kms_master_key_id"))
    }),
    // It holds the name of an image.
    ("aws_ssm_parameter", |parameter| {
        parameter.get("type") == "String"
    }),
];

/// Beginnings of the types that store nothing, or nothing that could be encrypted.
const STORE_NOTHING: [&str; 33] = [
    "aws_acm_",
    "aws_appautoscaling_",
    "aws_budgets_",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_event_",
    "aws_cloudwatch_log_metric_filter",
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_query_definition",
    "aws_cognito_",
    "aws_default_security_group",
    "aws_dynamodb_",
    "aws_ecr_",
    "aws_ecs_",
    "aws_efs_",
    "aws_eip",
    "aws_elasticache_subnet_group",
    "aws_elasticache_parameter_group",
    "aws_flow_log",
    "aws_iam_",
    "aws_internet_gateway",
    "aws_kms_",
    "aws_lb",
    "aws_nat_gateway",
    "aws_route",
    "aws_s3_bucket_",
    // A version is encrypted with its secret.
    "aws_secretsmanager_secret_version",
    "aws_security_group",
    "aws_sns_topic_",
    "aws_subnet",
    "aws_vpc",
    "aws_wafv2_",
    "terraform_data",
];

fn names_a_key(value: &Value) -> bool {
    value.as_str().is_some_and(|key| !key.is_empty())
}

#[test]
fn everything_that_stores_something_is_encrypted() {
    let mut seen = Vec::new();
    for environment in environments::variants()
        .iter()
        .chain([environments::account()])
    {
        for (kind, rule) in STORES {
            for resource in environment.resources(kind) {
                seen.push(kind);
                assert!(
                    rule(&resource),
                    "{environment:?}: {resource:?} is not encrypted as it should be"
                );
            }
        }
    }
    let unused: Vec<_> = STORES
        .iter()
        .filter(|(kind, _)| !seen.contains(kind))
        .collect();
    assert!(
        unused.is_empty(),
        "nothing has the type of these rules: {unused:?}"
    );
}

#[test]
fn of_every_type_of_resources_it_is_known_what_it_stores() {
    for environment in [environments::of("prod"), environments::account()] {
        for kind in environment.kinds() {
            let stores = STORES.iter().any(|(store, _)| *store == kind);
            let stores_nothing = STORE_NOTHING.iter().any(|known| kind.starts_with(known));
            assert!(stores || stores_nothing, "does {kind} store something?");
        }
    }
}
