# The environment, its network, and how requests and releases reach it. What a task is made of and how many there are is in
# variables_service.tf, the settings of the application are in variables_application.tf, monitoring is in variables_monitoring.tf.

# --- environment --------------------------------------------------------------------------------------------------------------------

variable "environment" {
  description = "Name of the environment. It is part of every name, and `prod` is protected against deletion."
  type        = string
  default     = "dev"
  nullable    = false

  validation {
    # The longest name that is derived from it is that of the bucket for access logs, which may have 63 characters.
    condition     = can(regex("^[a-z][a-z0-9-]{0,8}[a-z0-9]$", var.environment))
    error_message = "environment must have 2 to 10 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "aws_region" {
  description = "Region of everything but the models."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[1-9]$", var.aws_region))
    error_message = "aws_region must be the name of a Region, such as us-east-1 or ap-southeast-2."
  }
}

variable "bedrock_region" {
  description = "Region in which the models are called. Without it, that is aws_region."
  type        = string
  default     = null

  validation {
    condition     = var.bedrock_region == null || can(regex("^[a-z]{2,4}(-[a-z]+)+-[1-9]$", var.bedrock_region))
    error_message = "bedrock_region must be the name of a Region, such as us-east-1 or ap-southeast-2."
  }
}

variable "tags" {
  description = "Further tags for everything, such as a cost centre."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether the tables and the load balancer refuse to be deleted. Without it, they do in `prod`."
  type        = bool
  default     = null
}

# --- network ------------------------------------------------------------------------------------------------------------------------

variable "vpc_cidr" {
  description = "Addresses of the VPC. A sixteenth of them goes to each private subnet, a 256th to each public one."
  type        = string
  default     = "10.0.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 19, false)
    error_message = "vpc_cidr must be an IPv4 range from /16 to /19: a VPC has no more addresses, and a load balancer needs subnets of /27 or larger."
  }
}

variable "availability_zones" {
  description = "Number of Availability Zones: 2 or 3."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([2, 3], var.availability_zones)
    error_message = "availability_zones must be 2 or 3: a load balancer needs two, and not every Region has four."
  }
}

variable "zone_names" {
  description = "Names of the zones, as many as availability_zones. Without it, the first ones of the Region. Pin them where a change of AWS's list must not move subnets."
  type        = list(string)
  default     = null

  validation {
    condition     = var.zone_names == null || try(length(distinct(var.zone_names)) == var.availability_zones, false)
    error_message = "zone_names must have as many different zones as availability_zones says."
  }
}

variable "nat" {
  description = "How tasks reach the internet: `none`, by a `single` NAT gateway, or by one in each zone (`per_az`)."
  type        = string
  default     = "single"
  nullable    = false

  validation {
    condition     = contains(["none", "single", "per_az"], var.nat)
    error_message = "nat must be none, single or per_az."
  }

  validation {
    condition     = var.nat != "none" || coalesce(var.bedrock_region, var.aws_region) == var.aws_region
    error_message = "nat = \"none\" needs bedrock_region to be aws_region: Bedrock's VPC endpoint reaches its own Region only."
  }

  validation {
    condition     = var.nat != "none" || !(var.cognito_enabled || var.auth_mode == "jwt")
    error_message = "nat = \"none\" does not go with tokens (auth_mode = \"jwt\" or cognito_enabled): the issuer's keys are fetched over the internet, those of Cognito too."
  }

  validation {
    condition     = var.nat != "none" || !anytrue([for model in concat(var.llm_models, [coalesce(var.classifier_model, "offline")]) : startswith(model, "openai:")])
    error_message = "nat = \"none\" does not go with models that begin with `openai:`: they are called over the internet."
  }

  validation {
    condition     = var.nat != "none" || length(setsubtract(["ecr.api", "ecr.dkr", "logs", "secretsmanager", "bedrock-runtime", "xray"], var.interface_endpoints)) == 0
    error_message = "nat = \"none\" needs the interface_endpoints ecr.api, ecr.dkr, logs, secretsmanager, bedrock-runtime and xray: without them, no task starts, logs or calls a model."
  }
}

variable "interface_endpoints" {
  description = "AWS services that tasks reach by an endpoint in the VPC instead of NAT. Each costs by the hour and by the zone."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.interface_endpoints, ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "bedrock-runtime", "xray", "sts"])) == 0
    error_message = "interface_endpoints may have ecr.api, ecr.dkr, logs, secretsmanager, bedrock-runtime, xray and sts. Endpoints of DynamoDB and S3 are always there, and cost nothing."
  }
}

variable "flow_log_traffic" {
  description = "Which connections the VPC's flow log records: `ALL`, or the refused ones only (`REJECT`)."
  type        = string
  default     = "REJECT"
  nullable    = false

  validation {
    condition     = contains(["ALL", "REJECT"], var.flow_log_traffic)
    error_message = "flow_log_traffic must be ALL or REJECT."
  }
}

variable "flow_log_retention_days" {
  description = "How long the VPC's flow log is kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_log_retention_days)
    error_message = "flow_log_retention_days must be a retention of CloudWatch Logs, such as 7, 30, 90 or 365."
  }
}

# --- load balancer ------------------------------------------------------------------------------------------------------------------

variable "domain_name" {
  description = "Name under which the API is reached by HTTPS, such as api.example.org. Without it, the API is plain HTTP under the load balancer's own name."
  type        = string
  default     = null

  validation {
    condition     = var.domain_name == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain_name))
    error_message = "domain_name must be a full domain name in lower case, such as api.example.org."
  }

  validation {
    condition     = var.domain_name != null || !contains(["staging", "prod"], var.environment)
    error_message = "staging and prod need domain_name and zone_id: without HTTPS, API keys and goals would travel in plain text."
  }
}

variable "zone_id" {
  description = "ID of the public Route 53 zone that domain_name is in."
  type        = string
  default     = null

  validation {
    condition     = var.zone_id == null || can(regex("^Z[A-Z0-9]{5,31}$", var.zone_id))
    error_message = "zone_id must be the ID of a Route 53 zone, such as Z0123456789ABCDEFGHIJ."
  }

  validation {
    condition     = (var.zone_id == null) == (var.domain_name == null)
    error_message = "domain_name and zone_id go together: the certificate is validated by a record in the zone."
  }
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that may call the load balancer."
  type        = set(string)
  default     = ["0.0.0.0/0"]
  nullable    = false

  validation {
    condition     = length(var.allowed_cidrs) > 0 && alltrue([for cidr in var.allowed_cidrs : can(cidrhost(cidr, 0)) && !strcontains(cidr, ":")])
    error_message = "allowed_cidrs must be a list of IPv4 ranges, such as 203.0.113.0/24; 0.0.0.0/0 is everybody."
  }
}

variable "access_log_retention_days" {
  description = "How long the load balancer's access logs are kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.access_log_retention_days >= 1 && floor(var.access_log_retention_days) == var.access_log_retention_days
    error_message = "access_log_retention_days must be a whole number of days, from 1 on."
  }
}

variable "waf_enabled" {
  description = "Whether a web application firewall stands before the load balancer."
  type        = bool
  default     = false
  nullable    = false
}

variable "waf_rate_limit" {
  description = "Requests that an address may send within five minutes before the firewall answers 429 in the service's place."
  type        = number
  default     = 2000
  nullable    = false

  validation {
    condition     = var.waf_rate_limit >= 10 && var.waf_rate_limit <= 2000000000
    error_message = "waf_rate_limit must be from 10 to 2,000,000,000."
  }
}

# --- releases -----------------------------------------------------------------------------------------------------------------------

variable "initial_image" {
  description = "Image of the first deploy, by digest (`repository@sha256:...`). Later deploys do not read it."
  type        = string
  default     = null

  validation {
    condition     = var.initial_image == null || can(regex("^[^@\\s]+@sha256:[0-9a-f]{64}$", var.initial_image))
    error_message = "initial_image must name the image by its digest: repository@sha256: and 64 hexadecimal digits."
  }
}

variable "ecr_repository_name" {
  description = "Name of the ECR repository that the root in account/ made."
  type        = string
  default     = "goal-router"
  nullable    = false
}

variable "ecr_public_prefix" {
  description = "Prefix of the pull-through cache of public.ecr.aws that the root in account/ made."
  type        = string
  default     = "ecr-public"
  nullable    = false
}

variable "github_repository" {
  description = "Repository whose workflows may deploy to this environment, such as octo-org/goal-router. Without it, there is no role for them."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository must have the form owner/name."
  }
}

variable "github_repository_ids" {
  description = "Numbers of that repository and of its owner, which GitHub puts into the subject of tokens for repositories made after 15 July 2026: `gh api repos/OWNER/NAME --jq '.owner.id, .id'`. Leave it out for older ones."
  type = object({
    owner      = number
    repository = number
  })
  default = null
}
