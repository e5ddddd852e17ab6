output "ecr_repository_url" {
  description = "Repository of the service's images."
  value       = aws_ecr_repository.service.repository_url
}

output "ecr_repository_arn" {
  description = "ARN of that repository."
  value       = aws_ecr_repository.service.arn
}

output "collector_repository_url" {
  description = "Where the collector's image is pulled from."
  value       = "${split("/", aws_ecr_repository.service.repository_url)[0]}/${aws_ecr_pull_through_cache_rule.public.ecr_repository_prefix}/aws-observability/aws-otel-collector"
}

output "github_oidc_provider_arn" {
  description = "Provider by which GitHub's workflows get credentials, if this root made it."
  value       = one(aws_iam_openid_connect_provider.github[*].arn)
}
