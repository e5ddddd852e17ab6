# Every log group, so that none appears by itself: kept for ever, and under a key that is not ours. Where a task or an agent finds its
# group, it writes into it.

resource "aws_cloudwatch_log_group" "service" {
  #checkov:skip=CKV_AWS_338:What has to be kept for a year is in the usage table. The log is for finding faults.
  name              = "/goal-router/${var.environment}/service"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_cloudwatch_log_group" "collector" {
  #checkov:skip=CKV_AWS_338:What the collector says of itself is of no use after the fault is found.
  name              = "/goal-router/${var.environment}/collector"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.main.arn
}

# CloudWatch makes metrics of these records as they arrive and keeps those for fifteen months. The records themselves are read only to see
# what a single task reported.
resource "aws_cloudwatch_log_group" "metrics" {
  #checkov:skip=CKV_AWS_338:The metrics that are made of these records are kept for fifteen months.
  name              = "/goal-router/${var.environment}/metrics"
  retention_in_days = var.metrics_log_retention_days
  kms_key_id        = aws_kms_key.main.arn
}

# Container Insights writes here whether or not the group exists. The name is its own.
resource "aws_cloudwatch_log_group" "container_insights" {
  #checkov:skip=CKV_AWS_338:The metrics that are made of these records are kept for fifteen months.
  name              = "/aws/ecs/containerinsights/${local.name}/performance"
  retention_in_days = var.metrics_log_retention_days
  kms_key_id        = aws_kms_key.main.arn
}
