# Who may talk to whom. Only the load balancer takes connections from outside; everything else names the group it takes them from.
#
#   world -> load balancer -> tasks -> endpoints, file system, cache, and HTTPS to the internet if there is NAT
#
# Neither names (the VPC's resolver) nor credentials and metadata of a task (link-local addresses) pass security groups.

resource "aws_security_group" "load_balancer" {
  name        = "${local.name}-load-balancer"
  description = "Load balancer of ${local.name}: from the world to the tasks"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-load-balancer" }
}

resource "aws_security_group" "tasks" {
  name        = "${local.name}-tasks"
  description = "Tasks of ${local.name}: from the load balancer only"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-tasks" }
}

# --- from the world to the load balancer ----------------------------------------------------------------------------------------------

resource "aws_vpc_security_group_ingress_rule" "http" {
  #checkov:skip=CKV_AWS_260:The one way in. With a domain, all it gives is a redirect to HTTPS.
  for_each = var.allowed_cidrs

  security_group_id = aws_security_group.load_balancer.id
  description       = local.https_enabled ? "HTTP, which is redirected to HTTPS" : "HTTP"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  for_each = local.https_enabled ? var.allowed_cidrs : []

  security_group_id = aws_security_group.load_balancer.id
  description       = "HTTPS"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# --- from the load balancer to the tasks ----------------------------------------------------------------------------------------------

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_tasks" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "Requests and health checks"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = local.service_port
  to_port                      = local.service_port
}

# The API alone. The port of the metrics is read by the collector in the same task, and by nobody else.
resource "aws_vpc_security_group_ingress_rule" "tasks_from_load_balancer" {
  security_group_id            = aws_security_group.tasks.id
  description                  = "Requests and health checks"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = local.service_port
  to_port                      = local.service_port
}

# --- from the tasks -------------------------------------------------------------------------------------------------------------------

# Endpoints of the kind Gateway are routes: their targets are AWS's public addresses, kept in a list by AWS.
resource "aws_vpc_security_group_egress_rule" "tasks_to_gateway_endpoint" {
  for_each = aws_vpc_endpoint.gateway

  security_group_id = aws_security_group.tasks.id
  description       = each.key == "s3" ? "Layers of images, which ECR keeps in S3" : "Tables"
  prefix_list_id    = each.value.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_interface_endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  security_group_id            = aws_security_group.tasks.id
  description                  = "AWS services with an endpoint in the VPC"
  referenced_security_group_id = aws_security_group.endpoints[0].id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

# Bedrock in another Region, AWS services without an endpoint here, keys of an issuer of tokens, models of OpenAI: all are HTTPS, and none
# has addresses that a rule could list.
resource "aws_vpc_security_group_egress_rule" "tasks_to_internet" {
  #checkov:skip=CKV_AWS_382:HTTPS only, and only where there is NAT.
  count = var.nat == "none" ? 0 : 1

  security_group_id = aws_security_group.tasks.id
  description       = "HTTPS by way of NAT: models, and AWS services without an endpoint in the VPC"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
