# AWS services that are reached without leaving the VPC.

locals {
  gateway_endpoints = {
    dynamodb = data.aws_iam_policy_document.dynamodb_endpoint.json
    s3       = data.aws_iam_policy_document.s3_endpoint.json
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
  policy              = data.aws_iam_policy_document.interface_endpoint.json

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
  #checkov:skip=CKV_AWS_109:It gives nobody a right; it refuses everybody outside of the account.
  #checkov:skip=CKV_AWS_111:It gives nobody a right; it refuses everybody outside of the account.
  #checkov:skip=CKV_AWS_356:It gives nobody a right; it refuses everybody outside of the account.
  statement {
    # What the roles of this account may do is in their policies. Keys of another account, which would be the way to carry data out, do not
    # work here.
    actions   = ["*"]
    resources = ["*"]

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
