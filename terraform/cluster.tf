resource "aws_ecs_cluster" "main" {
  #checkov:skip=CKV_AWS_65:Container Insights are on unless container_insights turns them off, which is what the variable is for.
  name = local.name

  setting {
    name  = "containerInsights"
    value = var.container_insights
  }

  # Container Insights would make its log group itself, without our key and retention, and Terraform could then not make it.
  depends_on = [aws_cloudwatch_log_group.container_insights]
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}
