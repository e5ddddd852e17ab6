# What the containers may do: the service calls its models and its tables, the collector writes metrics and traces. Nothing else: neither
# may read secrets, pull images or change anything.

resource "aws_iam_role" "task" {
  name               = "${local.name}-task"
  description        = "Containers of ${local.name}: models, tables, telemetry"
  assume_role_policy = data.aws_iam_policy_document.tasks_trust.json
}

resource "aws_iam_role_policy" "task" {
  name   = "run"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task.json

  lifecycle {
    precondition {
      condition     = length(jsonencode(jsondecode(data.aws_iam_policy_document.task.json))) <= 10240
      error_message = "The policy of the tasks is longer than the 10,240 characters that AWS allows. Name fewer models in llm_models."
    }
  }
}

locals {
  # What src/dynamodb/ calls. A transaction is judged by what is in it: puts and updates.
  table_actions = [
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
  ]

  table_arns = [
    aws_dynamodb_table.usage.arn,
    # Every index of this table is there to be queried.
    "${aws_dynamodb_table.usage.arn}/index/*",
    aws_dynamodb_table.state.arn,
  ]

  # InvokeModel is Converse too, and InvokeModelWithResponseStream its stream. Counting tokens is free.
  model_actions = ["bedrock:CountTokens", "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
}

data "aws_iam_policy_document" "task" {
  #checkov:skip=CKV_AWS_356:X-Ray knows no resources.
  #checkov:skip=CKV_AWS_111:X-Ray knows no resources.

  dynamic "statement" {
    for_each = length(local.bedrock_direct_arns) > 0 ? ["CallModels"] : []

    content {
      sid       = statement.value
      actions   = local.model_actions
      resources = local.bedrock_direct_arns
    }
  }

  dynamic "statement" {
    for_each = length(local.bedrock_profile_arns) > 0 ? ["CallInferenceProfiles"] : []

    content {
      sid       = statement.value
      actions   = local.model_actions
      resources = local.bedrock_profile_arns
    }
  }

  # Where a profile leads to, and only by way of it: called directly, the same model would cost another price.
  dynamic "statement" {
    for_each = length(local.bedrock_profile_arns) > 0 ? ["CallModelsThroughProfiles"] : []

    content {
      sid       = statement.value
      actions   = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
      resources = local.bedrock_profile_model_arns

      condition {
        test     = "ArnLike"
        variable = "bedrock:InferenceProfileArn"
        values   = local.bedrock_profile_arns
      }
    }
  }

  # Tokens are counted by the model in bedrock_region, not by its profile, so that the condition above would never hold.
  dynamic "statement" {
    for_each = length(local.bedrock_profile_arns) > 0 ? ["CountTokens"] : []

    content {
      sid       = statement.value
      actions   = ["bedrock:CountTokens"]
      resources = local.bedrock_counting_arns
    }
  }

  statement {
    sid       = "UseTables"
    actions   = local.table_actions
    resources = local.table_arns
  }

  # DynamoDB asks for the key of a table in the name of who reads or writes it.
  statement {
    sid       = "UseKeyOfTables"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = [aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.aws_region}.${data.aws_partition.current.dns_suffix}"]
    }
  }

  # The group is there. The collector makes a stream for each task in it.
  statement {
    sid     = "WriteMetrics"
    actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    # The group and its streams, whose names are those of tasks.
    resources = ["${aws_cloudwatch_log_group.metrics.arn}:*"]
  }

  # AWS knows no resources of X-Ray for these actions: there is one store of traces in an account and Region.
  statement {
    sid       = "WriteTraces"
    actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = aws_efs_file_system.spool

    content {
      sid       = "MountSpool"
      actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
      resources = [statement.value.arn]

      condition {
        test     = "StringEquals"
        variable = "elasticfilesystem:AccessPointArn"
        values   = [aws_efs_access_point.spool[0].arn]
      }
    }
  }
}
