# The two tables, with the keys, indexes and time to live that src/dynamodb/tables.rs reads and writes.
#
# On demand: traffic is uneven, and a table that is not used costs nothing but its storage.

resource "aws_dynamodb_table" "usage" {
  name                        = coalesce(var.usage_table_name, "ai-router-usage-logs-${var.environment}")
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "request_id"
  range_key                   = "timestamp"
  deletion_protection_enabled = local.deletion_protection

  # Only attributes of keys are declared.
  attribute {
    name = "request_id"
    type = "S"
  }

  attribute {
    name = "timestamp"
    type = "S"
  }

  attribute {
    name = "date_shard"
    type = "S"
  }

  attribute {
    name = "client_id"
    type = "S"
  }

  attribute {
    name = "open_shard"
    type = "S"
  }

  attribute {
    name = "lease_until"
    type = "S"
  }

  # A day's rows, in sixteen shards so that no partition gets a whole day's writes.
  global_secondary_index {
    name            = "date-index"
    hash_key        = "date_shard"
    range_key       = "timestamp"
    projection_type = "ALL"
  }

  global_secondary_index {
    name            = "client-index"
    hash_key        = "client_id"
    range_key       = "timestamp"
    projection_type = "ALL"
  }

  # Rows whose request is not settled: only they have the attribute open_shard.
  global_secondary_index {
    name            = "open-index"
    hash_key        = "open_shard"
    range_key       = "lease_until"
    projection_type = "KEYS_ONLY"
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.main.arn
  }
}

resource "aws_dynamodb_table" "state" {
  name                        = coalesce(var.state_table_name, "ai-router-state-${var.environment}")
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = local.deletion_protection

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.main.arn
  }
}
