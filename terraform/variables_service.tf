# What a task is made of, how many there are, and what stands beside them.

# --- tasks --------------------------------------------------------------------------------------------------------------------------

variable "cpu_architecture" {
  description = "Processor of the tasks: `ARM64`, which costs a fifth less, or `X86_64`. The image has both."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be ARM64 or X86_64."
  }
}

variable "task_cpu" {
  description = "CPU units of a task; 1024 are one virtual CPU."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.task_cpu)
    error_message = "task_cpu must be a size of Fargate: 256, 512, 1024, 2048, 4096, 8192 or 16384."
  }
}

variable "task_memory" {
  description = "Memory of a task in MiB. The collector gets 256 of them."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition = contains(lookup({
      "256"   = [512, 1024, 2048]
      "512"   = range(1024, 4096 + 1, 1024)
      "1024"  = range(2048, 8192 + 1, 1024)
      "2048"  = range(4096, 16384 + 1, 1024)
      "4096"  = range(8192, 30720 + 1, 1024)
      "8192"  = range(16384, 61440 + 1, 4096)
      "16384" = range(32768, 122880 + 1, 8192)
    }, tostring(var.task_cpu), []), var.task_memory)
    error_message = "Fargate has no size of ${var.task_cpu} CPU units with ${var.task_memory} MiB. Usual ones: 256 with 512 or 1024, 512 with 1024 to 4096, 1024 with 2048 to 8192, 2048 with 4096 to 16384."
  }
}

variable "collector_image" {
  description = "Image of the OpenTelemetry collector. Without it, ADOT comes from public.ecr.aws through the pull-through cache."
  type        = string
  default     = null
}

variable "container_insights" {
  description = "Container Insights of the cluster: `enabled`, `enhanced` (a figure for each task, at a price), or `disabled`."
  type        = string
  default     = "enabled"
  nullable    = false

  validation {
    condition     = contains(["disabled", "enabled", "enhanced"], var.container_insights)
    error_message = "container_insights must be disabled, enabled or enhanced."
  }
}

# --- number of tasks ----------------------------------------------------------------------------------------------------------------

variable "min_tasks" {
  description = "Least number of tasks."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.min_tasks >= 1 && floor(var.min_tasks) == var.min_tasks
    error_message = "min_tasks must be a whole number from 1 on."
  }

  validation {
    condition     = var.environment != "prod" || var.min_tasks >= 2
    error_message = "prod needs min_tasks of 2 or more: with one task, the loss of a zone is an outage."
  }
}

variable "max_tasks" {
  description = "Largest number of tasks."
  type        = number
  default     = 6
  nullable    = false

  validation {
    condition     = var.max_tasks >= var.min_tasks && floor(var.max_tasks) == var.max_tasks
    error_message = "max_tasks must be a whole number, and not below min_tasks."
  }
}

variable "desired_tasks" {
  description = "Number of tasks at the first apply. After that, scaling decides. Without it, min_tasks."
  type        = number
  default     = null

  validation {
    condition     = var.desired_tasks == null || try(var.desired_tasks >= var.min_tasks && var.desired_tasks <= var.max_tasks, false)
    error_message = "desired_tasks must be from min_tasks to max_tasks."
  }
}

variable "requests_per_minute_per_task" {
  description = "Requests a minute that a task should get. Tasks are added above it, and taken away below."
  type        = number
  default     = 3000
  nullable    = false

  validation {
    condition     = var.requests_per_minute_per_task >= 1
    error_message = "requests_per_minute_per_task must be 1 or more."
  }
}

variable "cpu_target_percent" {
  description = "Average use of the CPU that scaling aims at."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.cpu_target_percent >= 10 && var.cpu_target_percent <= 90
    error_message = "cpu_target_percent must be from 10 to 90."
  }
}

variable "spot_percent" {
  description = "Share of the tasks that run on Fargate Spot, beyond on_demand_base. Spot is cheaper, and AWS may take a task back with two minutes' notice."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.spot_percent >= 0 && var.spot_percent <= 100 && floor(var.spot_percent) == var.spot_percent
    error_message = "spot_percent must be a whole number from 0 to 100."
  }

  validation {
    condition     = var.spot_percent == 0 || var.environment != "prod" || var.spot_in_production
    error_message = "prod runs on Spot only if spot_in_production says so: AWS may take all Spot tasks back at once."
  }
}

variable "on_demand_base" {
  description = "Number of tasks that never run on Spot."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.on_demand_base >= 0 && floor(var.on_demand_base) == var.on_demand_base
    error_message = "on_demand_base must be a whole number from 0 on."
  }
}

variable "spot_in_production" {
  description = "Allows spot_percent in prod."
  type        = bool
  default     = false
  nullable    = false
}

# --- beside the tasks ---------------------------------------------------------------------------------------------------------------

variable "spool_storage" {
  description = "Where rows wait that the store did not accept: on the disk of the `task`, which ends with it, or on `efs`, which the tasks share."
  type        = string
  default     = "task"
  nullable    = false

  validation {
    condition     = contains(["task", "efs"], var.spool_storage)
    error_message = "spool_storage must be task or efs."
  }
}

variable "usage_table_name" {
  description = "Name of the table of usage rows. Set it to that of a restored table (docs/operations.md, Disaster recovery); without it, it is ai-router-usage-logs and the environment."
  type        = string
  default     = null

  validation {
    condition     = var.usage_table_name == null || can(regex("^[A-Za-z0-9_.-]{3,255}$", var.usage_table_name))
    error_message = "usage_table_name must have 3 to 255 letters, digits, `_`, `.` and `-`."
  }
}

variable "state_table_name" {
  description = "Name of the table of counters and records. Set it to that of a restored table; without it, it is ai-router-state and the environment."
  type        = string
  default     = null

  validation {
    condition     = var.state_table_name == null || can(regex("^[A-Za-z0-9_.-]{3,255}$", var.state_table_name))
    error_message = "state_table_name must have 3 to 255 letters, digits, `_`, `.` and `-`."
  }

  validation {
    condition     = var.state_table_name == null || var.state_table_name != var.usage_table_name
    error_message = "state_table_name and usage_table_name must be different tables."
  }
}

variable "redis_enabled" {
  description = "Whether the tasks share rate limits and cached plans through ElastiCache. Without it, each task counts on its own."
  type        = bool
  default     = false
  nullable    = false
}

variable "redis_node_type" {
  description = "Size of the nodes of ElastiCache."
  type        = string
  default     = "cache.t4g.micro"
  nullable    = false

  validation {
    condition     = can(regex("^cache\\.[a-z0-9]+\\.[a-z0-9]+$", var.redis_node_type))
    error_message = "redis_node_type must be a node type of ElastiCache, such as cache.t4g.micro."
  }
}

variable "cognito_enabled" {
  description = "Whether there is a Cognito user pool for programs that get tokens by client credentials. The service then admits tokens only (AUTH_MODE=jwt)."
  type        = bool
  default     = false
  nullable    = false
}

variable "cognito_domain_prefix" {
  description = "First part of the name of the token endpoint, unique in the Region. Without it, the name of the environment and the account's number."
  type        = string
  default     = null

  validation {
    condition     = var.cognito_domain_prefix == null || can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.cognito_domain_prefix)) && !can(regex("aws|amazon|cognito", var.cognito_domain_prefix))
    error_message = "cognito_domain_prefix must have 1 to 63 lower-case letters, digits and hyphens, and none of the words aws, amazon and cognito."
  }
}
