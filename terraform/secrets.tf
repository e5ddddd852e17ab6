# What the tasks get from Secrets Manager. The key for OpenAI is not here: an operator makes that secret, so that the key is in no state file.

resource "aws_secretsmanager_secret" "api_keys" {
  #checkov:skip=CKV2_AWS_57:It has digests of keys that clients hold. Keys are replaced by hand, with both digests in place for a while.
  count = local.auth_mode == "api_key" ? 1 : 0

  name                    = "${local.name}/api-keys"
  description             = "Clients of ${local.name} with the digests of their API keys and their limits"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = local.secret_recovery_days
}

resource "aws_secretsmanager_secret_version" "api_keys" {
  count = local.auth_mode == "api_key" ? 1 : 0

  secret_id     = aws_secretsmanager_secret.api_keys[0].id
  secret_string = local.api_keys

  lifecycle {
    precondition {
      condition     = length(local.api_keys) < 65536
      error_message = "api_keys is longer than a secret may be, 64 KiB. Use tokens (auth_mode = \"jwt\") for that many clients."
    }
  }
}

resource "aws_secretsmanager_secret" "redis_url" {
  #checkov:skip=CKV2_AWS_57:The password is changed together with the one in the cache: docs/operations.md has the steps.
  count = var.redis_enabled ? 1 : 0

  name                    = "${local.name}/redis-url"
  description             = "Address and password of the cache of ${local.name}"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = local.secret_recovery_days
}

resource "aws_secretsmanager_secret_version" "redis_url" {
  count = var.redis_enabled ? 1 : 0

  secret_id     = aws_secretsmanager_secret.redis_url[0].id
  secret_string = "rediss://:${local.redis_password}@${aws_elasticache_replication_group.main[0].primary_endpoint_address}:${local.redis_port}"
}

locals {
  # A secret that waits to be deleted keeps its name taken, which a test environment that is made again needs at once.
  secret_recovery_days = local.deletion_protection ? 30 : 0
}
