# The VPC: public subnets for the load balancer and the NAT gateways, private ones for the tasks and all they use.

data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:The first zones by name are taken, so that new ones change nothing. zone_names pins them.
  state = "available"

  # Local Zones have neither load balancers of this kind nor Fargate.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = var.zone_names != null ? var.zone_names : slice(sort(data.aws_availability_zones.available.names), 0, var.availability_zones)

  nat_gateways = {
    none   = 0
    single = 1
    per_az = var.availability_zones
  }[var.nat]
}

resource "aws_vpc" "main" {
  cidr_block = var.vpc_cidr

  # Interface endpoints take over the names of their services, which needs both.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = local.name }
}

# Whatever is made without naming a group gets this one, and so can talk to nobody.
resource "aws_default_security_group" "locked" {
  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.name}-default-unused" }
}

# --- subnets ------------------------------------------------------------------------------------------------------------------------

resource "aws_subnet" "private" {
  count = var.availability_zones

  vpc_id            = aws_vpc.main.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, count.index)

  tags = { Name = "${local.name}-private-${local.zones[count.index]}" }
}

# The last sixteenth of the addresses, so that private subnets can be added before it.
resource "aws_subnet" "public" {
  count = var.availability_zones

  vpc_id                  = aws_vpc.main.id
  availability_zone       = local.zones[count.index]
  cidr_block              = cidrsubnet(var.vpc_cidr, 8, 240 + count.index)
  map_public_ip_on_launch = false

  tags = { Name = "${local.name}-public-${local.zones[count.index]}" }
}

# --- routes -------------------------------------------------------------------------------------------------------------------------

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id

  tags = { Name = local.name }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}

resource "aws_route_table_association" "public" {
  count = var.availability_zones

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

# One for each zone, whatever `nat` is: then it can be changed without moving subnets.
resource "aws_route_table" "private" {
  count = var.availability_zones

  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.name}-private-${local.zones[count.index]}" }
}

resource "aws_route_table_association" "private" {
  count = var.availability_zones

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

# --- NAT ----------------------------------------------------------------------------------------------------------------------------

resource "aws_eip" "nat" {
  #checkov:skip=CKV2_AWS_19:It belongs to the NAT gateway of the same index, which the check does not see through count.
  count = local.nat_gateways

  domain = "vpc"

  tags = { Name = "${local.name}-nat-${local.zones[count.index]}" }

  # Its address is of no use before the VPC has a way to the internet, and AWS refuses to detach the gateway before the address is gone.
  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "main" {
  count = local.nat_gateways

  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id

  tags = { Name = "${local.name}-${local.zones[count.index]}" }

  depends_on = [aws_route.internet]
}

# A single gateway serves all zones: if its zone fails, the others have no way out.
resource "aws_route" "nat" {
  count = var.nat == "none" ? 0 : var.availability_zones

  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main[min(count.index, local.nat_gateways - 1)].id
}
