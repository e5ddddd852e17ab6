# Zones, subnets, NAT and endpoints, and that only the load balancer takes connections from outside.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "bedrock"
  source = "./tests/mocks"
}

variables {
  initial_image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/goal-router@sha256:1111111111111111111111111111111111111111111111111111111111111111"
  aws_region    = "eu-west-1"
  domain_name   = "api.example.org"
  zone_id       = "Z0123456789ABCDEFGHIJ"
  api_keys      = [{ client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] }]
}

run "two_zones_and_one_nat_gateway" {
  command = plan

  assert {
    condition     = aws_subnet.private[*].availability_zone == ["eu-west-1a", "eu-west-1b"] && aws_subnet.public[*].availability_zone == ["eu-west-1a", "eu-west-1b"]
    error_message = "The subnets are not in the first two zones by name."
  }

  assert {
    condition     = aws_subnet.private[*].cidr_block == ["10.0.0.0/20", "10.0.16.0/20"] && aws_subnet.public[*].cidr_block == ["10.0.240.0/24", "10.0.241.0/24"]
    error_message = "The subnets do not have the addresses that are reserved for them."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : !subnet.map_public_ip_on_launch])
    error_message = "Nothing in a public subnet may get a public address by itself."
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 1 && length(aws_route.nat) == 2
    error_message = "A single NAT gateway has to serve both zones."
  }

  assert {
    condition     = aws_flow_log.main.traffic_type == "REJECT" && aws_cloudwatch_log_group.flow_logs.retention_in_days == 30
    error_message = "The flow log has to be kept for thirty days, and to record refused connections."
  }
}

run "three_zones_with_a_nat_gateway_each" {
  command = plan

  variables {
    availability_zones = 3
    nat                = "per_az"
    vpc_cidr           = "172.20.0.0/19"
  }

  assert {
    condition     = length(aws_subnet.private) == 3 && length(aws_subnet.public) == 3 && length(aws_nat_gateway.main) == 3 && length(aws_route.nat) == 3
    error_message = "Each of the three zones needs two subnets, a NAT gateway and a route to it."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : tonumber(split("/", subnet.cidr_block)[1]) <= 27])
    error_message = "A load balancer needs public subnets of /27 or larger."
  }
}

run "zones_can_be_pinned" {
  command = plan

  variables {
    zone_names = ["eu-west-1b", "eu-west-1d"]
  }

  assert {
    condition     = aws_subnet.private[*].availability_zone == ["eu-west-1b", "eu-west-1d"]
    error_message = "The subnets are not in the zones that zone_names says."
  }
}

run "without_nat_tasks_reach_endpoints_only" {
  command = plan

  variables {
    nat                 = "none"
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "bedrock-runtime", "xray"]
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 0 && length(aws_eip.nat) == 0 && length(aws_route.nat) == 0 && length(aws_vpc_security_group_egress_rule.tasks_to_internet) == 0
    error_message = "Without NAT there must be no way out."
  }

  assert {
    condition     = alltrue([for name, endpoint in aws_vpc_endpoint.interface : endpoint.service_name == "com.amazonaws.eu-west-1.${name}" && endpoint.private_dns_enabled && endpoint.vpc_endpoint_type == "Interface"]) && length(aws_vpc_endpoint.interface) == 6
    error_message = "Each interface endpoint has to take over the name of its service."
  }

  assert {
    condition = alltrue([
      for document in data.aws_iam_policy_document.interface_endpoint : alltrue([
        for statement in document.statement : !contains(statement.actions, "*") && one(statement.condition).variable == "aws:PrincipalAccount"
      ])
    ])
    error_message = "An interface endpoint lets other accounts or any action through."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.endpoints_from_tasks) == 1 && aws_vpc_security_group_ingress_rule.endpoints_from_tasks[0].from_port == 443 && aws_vpc_security_group_ingress_rule.endpoints_from_tasks[0].cidr_ipv4 == null
    error_message = "Interface endpoints have to take HTTPS from the tasks, and from nobody else."
  }
}

run "layers_and_tables_do_not_leave_the_vpc" {
  command = plan

  assert {
    condition     = toset(keys(aws_vpc_endpoint.gateway)) == toset(["dynamodb", "s3"]) && alltrue([for endpoint in aws_vpc_endpoint.gateway : endpoint.vpc_endpoint_type == "Gateway"])
    error_message = "DynamoDB and S3 need gateway endpoints."
  }

  assert {
    condition     = data.aws_iam_policy_document.s3_endpoint.statement[0].resources == toset(["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"])
    error_message = "The endpoint of S3 must lead to the layers of ECR only."
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_egress_rule.tasks_to_gateway_endpoint)) == toset(["dynamodb", "s3"])
    error_message = "Tasks need a rule to each gateway endpoint."
  }
}

run "only_the_load_balancer_takes_connections_from_outside" {
  command = plan

  variables {
    spool_storage       = "efs"
    redis_enabled       = true
    interface_endpoints = ["logs"]
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.http) == 1 && aws_vpc_security_group_ingress_rule.http["0.0.0.0/0"].from_port == 80 && aws_vpc_security_group_ingress_rule.http["0.0.0.0/0"].to_port == 80
    error_message = "HTTP is not open for the redirect."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.https) == 1 && aws_vpc_security_group_ingress_rule.https["0.0.0.0/0"].from_port == 443 && aws_vpc_security_group_ingress_rule.https["0.0.0.0/0"].to_port == 443
    error_message = "HTTPS is not open."
  }

  assert {
    condition = alltrue([
      for rule in concat(
        [aws_vpc_security_group_ingress_rule.tasks_from_load_balancer],
        aws_vpc_security_group_ingress_rule.efs_from_tasks,
        aws_vpc_security_group_ingress_rule.redis_from_tasks,
        aws_vpc_security_group_ingress_rule.endpoints_from_tasks,
      ) : rule.cidr_ipv4 == null && rule.cidr_ipv6 == null && rule.prefix_list_id == null && rule.ip_protocol == "tcp"
    ])
    error_message = "A group other than the load balancer's takes connections from addresses."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.tasks_from_load_balancer.from_port == 8000 && aws_vpc_security_group_ingress_rule.tasks_from_load_balancer.to_port == 8000
    error_message = "Tasks take requests on the port of the API only; the port of the metrics stays closed."
  }
}

run "only_the_callers_that_are_named_may_call" {
  command = plan

  variables {
    allowed_cidrs = ["203.0.113.0/24", "198.51.100.7/32"]
  }

  assert {
    condition     = toset(values(aws_vpc_security_group_ingress_rule.http)[*].cidr_ipv4) == toset(["203.0.113.0/24", "198.51.100.7/32"]) && toset(values(aws_vpc_security_group_ingress_rule.https)[*].cidr_ipv4) == toset(["203.0.113.0/24", "198.51.100.7/32"])
    error_message = "The load balancer takes connections from others than allowed_cidrs."
  }
}
