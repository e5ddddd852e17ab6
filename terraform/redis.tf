# A cache that the tasks share, if redis_enabled: rate limits hold over all tasks, and plans are reused across them. Losing it loses neither
# money nor plans: each task then counts on its own.

locals {
  redis_port     = 6379
  redis_password = var.redis_enabled ? sensitive(terraform_data.redis_password[0].output) : null
}

resource "aws_elasticache_replication_group" "main" {
  count = var.redis_enabled ? 1 : 0

  replication_group_id = local.name
  description          = "Shared rate limits and cached plans of ${local.name}"
  engine               = "valkey"
  engine_version       = "8.0"
  node_type            = var.redis_node_type
  port                 = local.redis_port

  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true

  subnet_group_name  = aws_elasticache_subnet_group.main[0].name
  security_group_ids = [aws_security_group.redis[0].id]

  transit_encryption_enabled = true
  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.main.arn
  auth_token                 = local.redis_password

  # Nothing in it is worth a backup: limits are over after a minute, and plans are made again.
  snapshot_retention_limit   = 0
  auto_minor_version_upgrade = true
  apply_immediately          = true
}

resource "aws_elasticache_subnet_group" "main" {
  count = var.redis_enabled ? 1 : 0

  name       = local.name
  subnet_ids = aws_subnet.private[*].id
}

# The password is made once, and kept. terraform_data holds it, since the data source gives another one each time it is read.
data "aws_secretsmanager_random_password" "redis" {
  count = var.redis_enabled ? 1 : 0

  password_length     = 64
  exclude_punctuation = true
}

resource "terraform_data" "redis_password" {
  count = var.redis_enabled ? 1 : 0

  input = data.aws_secretsmanager_random_password.redis[0].random_password

  lifecycle {
    ignore_changes = [input]
  }
}

resource "aws_security_group" "redis" {
  count = var.redis_enabled ? 1 : 0

  name        = "${local.name}-redis"
  description = "Cache of ${local.name}: from the tasks only"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-redis" }
}

resource "aws_vpc_security_group_ingress_rule" "redis_from_tasks" {
  count = var.redis_enabled ? 1 : 0

  security_group_id            = aws_security_group.redis[0].id
  description                  = "Redis over TLS"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = local.redis_port
  to_port                      = local.redis_port
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_redis" {
  count = var.redis_enabled ? 1 : 0

  security_group_id            = aws_security_group.tasks.id
  description                  = "Shared rate limits and cached plans"
  referenced_security_group_id = aws_security_group.redis[0].id
  ip_protocol                  = "tcp"
  from_port                    = local.redis_port
  to_port                      = local.redis_port
}
