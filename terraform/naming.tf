data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # The name of everything that AWS shows in a list, and of the service itself.
  name = "goal-router-${var.environment}"

  account_id     = data.aws_caller_identity.current.account_id
  partition      = data.aws_partition.current.partition
  bedrock_region = coalesce(var.bedrock_region, var.aws_region)
  is_production  = var.environment == "prod"

  # The metrics of production keep the name that dashboards outside of this repository may know.
  metrics_namespace = local.is_production ? "CloudAIRouter" : "CloudAIRouter-${var.environment}"

  # What an accident must not delete.
  deletion_protection = coalesce(var.deletion_protection, local.is_production)

  tags = merge({
    Project     = "goal-router"
    Environment = var.environment
    ManagedBy   = "terraform"
  }, var.tags)
}
