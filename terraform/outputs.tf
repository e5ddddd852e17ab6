# --- for who calls the API ------------------------------------------------------------------------------------------------------------

output "api_endpoint" {
  description = "Address of the API."
  value       = local.https_enabled ? "https://${var.domain_name}" : "http://${aws_lb.service.dns_name}"
}

output "token_endpoint" {
  description = "Where programs get their tokens, with Cognito."
  value       = var.cognito_enabled ? "https://${aws_cognito_user_pool_domain.main[0].domain}.auth.${var.aws_region}.amazoncognito.com/oauth2/token" : null
}

output "token_client_id" {
  description = "ID of the first client, with Cognito. `aws cognito-idp describe-user-pool-client` shows its secret."
  value       = var.cognito_enabled ? aws_cognito_user_pool_client.service[0].id : null
}

output "token_scope" {
  description = "Scope that a token needs, with Cognito."
  value       = var.cognito_enabled ? local.cognito_scope : null
}

output "user_pool_id" {
  description = "ID of the user pool, with Cognito."
  value       = var.cognito_enabled ? aws_cognito_user_pool.main[0].id : null
}

# --- for who deploys ------------------------------------------------------------------------------------------------------------------

output "aws_region" {
  description = "Region of the environment."
  value       = var.aws_region
}

output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = aws_ecs_cluster.main.name
}

output "service_name" {
  description = "Name of the ECS service, which is also the family of its task definitions."
  value       = aws_ecs_service.service.name
}

output "container_name" {
  description = "Name of the container whose image a deploy replaces."
  value       = local.service_container.name
}

output "image_parameter" {
  description = "Name of the SSM parameter with the image that runs."
  value       = aws_ssm_parameter.image.name
}

output "ecr_repository_url" {
  description = "Repository that deploys copy images to."
  value       = data.aws_ecr_repository.service.repository_url
}

output "deploy_role_arn" {
  description = "Role of the release workflow, if github_repository is given. Put it into the GitHub environment as AWS_DEPLOY_ROLE_ARN."
  value       = one(aws_iam_role.deploy[*].arn)
}

# --- for who operates -----------------------------------------------------------------------------------------------------------------

output "usage_table_name" {
  description = "Table of usage rows."
  value       = aws_dynamodb_table.usage.name
}

output "state_table_name" {
  description = "Table of counters and other state."
  value       = aws_dynamodb_table.state.name
}

output "service_log_group" {
  description = "Log group of the service."
  value       = aws_cloudwatch_log_group.service.name
}

output "collector_log_group" {
  description = "Log group of the collector."
  value       = aws_cloudwatch_log_group.collector.name
}

output "metrics_log_group" {
  description = "Log group whose records CloudWatch makes metrics of."
  value       = aws_cloudwatch_log_group.metrics.name
}

output "metrics_namespace" {
  description = "Namespace of the metrics in CloudWatch."
  value       = local.metrics_namespace
}

output "access_log_bucket" {
  description = "Bucket of the load balancer's access logs."
  value       = aws_s3_bucket.access_logs.id
}

output "kms_key_arn" {
  description = "Key of everything of the environment that is encrypted."
  value       = aws_kms_key.main.arn
}

output "vpc_id" {
  description = "VPC of the environment."
  value       = aws_vpc.main.id
}

output "nat_addresses" {
  description = "Addresses that the tasks call the internet from, for lists of allowed callers."
  value       = aws_eip.nat[*].public_ip
}
