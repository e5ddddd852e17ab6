//! What is known only when a resource is made, with a value of the right form for each. An attribute that is not here has no value.

use serde_json::{Value, json};

use super::resource::Resource;

/// The Region of all environments here.
const REGION: &str = "eu-central-1";
const ACCOUNT: &str = "123456789012";

/// Returns the value of an attribute, if it is one that AWS decides.
pub fn value(resource: &Resource<'_>, attribute: &str) -> Option<Value> {
    let address = resource.address();
    let kind = resource.kind();
    let arn = format!("arn:aws:made:{REGION}:{ACCOUNT}:{address}");
    Some(match (kind.as_str(), attribute) {
        ("data.aws_region", "name" | "region" | "id") => json!(REGION),
        ("data.aws_caller_identity", "account_id") => json!(ACCOUNT),
        ("data.aws_partition", "partition") => json!("aws"),
        ("data.aws_partition", "dns_suffix") => json!("amazonaws.com"),
        ("data.aws_availability_zones", "names") => {
            json!([1, 2, 3].map(|zone| format!("{REGION}{zone}")))
        }
        ("data.aws_bedrock_inference_profile", "models") => {
            let model = "arn:aws:bedrock:us-east-1::foundation-model/model";
            json!([{"model_arn": format!("{model}-of-{address}")}])
        }
        ("data.aws_secretsmanager_random_password", "random_password") => json!("p4ssw0rd"),
        ("terraform_data", "output") => resource.get("input"),
        ("aws_cognito_user_pool", "id") => json!(format!("{REGION}_AbCdEfGhI")),
        ("aws_cognito_user_pool_client", "id") => json!("1example23456789"),
        ("aws_elasticache_replication_group", "primary_endpoint_address") => {
            json!("master.goal-router.abcdef.euc1.cache.amazonaws.com")
        }
        ("aws_lb" | "aws_lb_target_group", "arn_suffix") => json!(format!("suffix-of-{address}")),
        ("aws_secretsmanager_secret_version", "version_id") => {
            json!(format!("version-of-{address}"))
        }
        ("data.aws_bedrock_inference_profile", "inference_profile_arn")
        | ("aws_secretsmanager_secret", "id")
        | (_, "arn") => json!(arn),
        (_, "id") => json!(format!("id-of-{address}")),
        _ => return None,
    })
}
