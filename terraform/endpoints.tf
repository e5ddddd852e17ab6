# AWS services that are reached without leaving the VPC.

locals {
  gateway_endpoints = {
    dynamodb = data.aws_iam_policy_document.dynamodb_endpoint.json
    s3       = data.aws_iam_policy_document.s3_endpoint.json
  }

  # What goes through each interface endpoint: what the roles of the tasks may do with the service, and nothing else.
  pull_actions = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:BatchImportUpstreamImage",
    "ecr:CreateRepository",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
  ]
  interface_endpoint_actions = {
    "bedrock-runtime" = local.model_actions
    "ecr.api"         = local.pull_actions
    "ecr.dkr"         = local.pull_actions
    "logs"            = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    "secretsmanager"  = ["secretsmanager:GetSecretValue"]
    "sts"             = ["sts:GetCallerIdentity"]
    "xray"            = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
  }
}

# They cost nothing, and spare NAT the traffic of every table write and every image.
resource "aws_vpc_endpoint" "gateway" {
  for_each = local.gateway_endpoints

  vpc_id            = aws_vpc.main.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.aws_region}.${each.key}"
  route_table_ids   = aws_route_table.private[*].id
  policy            = each.value

  tags = { Name = "${local.name}-${each.key}" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.main.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${var.aws_region}.${each.value}"
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = [aws_security_group.endpoints[0].id]
  private_dns_enabled = true
  policy              = data.aws_iam_policy_document.interface_endpoint[each.value].json

  tags = { Name = "${local.name}-${each.value}" }
}

resource "aws_security_group" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  name        = "${local.name}-endpoints"
  description = "Interface endpoints of ${local.name}: from the tasks only"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_tasks" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  security_group_id            = aws_security_group.endpoints[0].id
  description                  = "HTTPS"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

# --- policies -------------------------------------------------------------------------------------------------------------------------
# An endpoint's policy limits what can be reached through it, whoever calls. What a role may do is in its own policy.

# A task that was taken over cannot carry rows into a table of somebody else.
data "aws_iam_policy_document" "dynamodb_endpoint" {
  statement {
    actions   = local.table_actions
    resources = local.table_arns

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account_id]
    }
  }
}

# ECR hands out signed addresses of layers in a bucket of AWS. The tasks read nothing else in S3. The requests are signed by ECR, so that no
# condition on the caller's account would hold.
data "aws_iam_policy_document" "s3_endpoint" {
  #checkov:skip=CKV_AWS_283:It gives nobody a right. It refuses everything but layers of images, which ECR signs.
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:${local.partition}:s3:::prod-${var.aws_region}-starport-layer-bucket/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "interface_endpoint" {
  #checkov:skip=CKV_AWS_111:It gives nobody a right. It leaves the resource to the role, and refuses all other actions and accounts.
  #checkov:skip=CKV_AWS_356:It gives nobody a right. It leaves the resource to the role, and refuses all other actions and accounts.
  for_each = var.interface_endpoints

  statement {
    actions   = local.interface_endpoint_actions[each.value]
    resources = ["*"] # The caller's own policy says which of them; here it is any resource,

    principals {
      type        = "AWS"
      identifiers = ["*"] # and any caller, of this account.
    }

    # With the keys of another account, data could be carried out of here.
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account_id]
    }
  }
}
