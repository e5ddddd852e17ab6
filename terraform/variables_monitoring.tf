# What the alarms, the dashboard and the logs need to be told.

variable "alarm_emails" {
  description = "Who gets which alarms by e-mail: page (act now), ticket (act on the next working day), info. Each address has to confirm its subscription once. Other receivers, such as a chat or a pager, subscribe to the topics themselves."
  type = object({
    page   = optional(list(string), [])
    ticket = optional(list(string), [])
    info   = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for address in concat(var.alarm_emails.page, var.alarm_emails.ticket, var.alarm_emails.info) :
      can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))
    ])
    error_message = "Each of alarm_emails must be an e-mail address."
  }
}

variable "alarm_actions_enabled" {
  description = "Whether alarms tell anybody. Without it they are still evaluated and shown. Turn it off for planned work."
  type        = bool
  default     = true
  nullable    = false
}

variable "runbook_url" {
  description = "Address of docs/operations.md, where the links of the alarms lead. By default, that of the main branch of github_repository."
  type        = string
  default     = null

  validation {
    condition     = var.runbook_url == null || can(regex("^https://[^#\\s]+$", var.runbook_url))
    error_message = "runbook_url must be an https URL without a fragment."
  }
}

variable "log_retention_days" {
  description = "How long the logs of the service and of the collector are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch offers, such as 7, 30, 90 or 365."
  }
}

variable "metrics_log_retention_days" {
  description = "How long the records are kept that CloudWatch makes metrics of: those of the collector and of Container Insights. The metrics themselves stay for fifteen months."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90], var.metrics_log_retention_days)
    error_message = "metrics_log_retention_days must be 1, 3, 5, 7, 14, 30, 60 or 90."
  }
}

variable "monthly_budget_usd" {
  description = "The monthly budget of the whole AWS account, which AWS Budgets watches; 0 for none. Set it in one environment of an account only. What models cost is in it, but what they may cost in a day is daily_budget_usd."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.monthly_budget_usd >= 0
    error_message = "monthly_budget_usd must not be negative."
  }
}

variable "alarm_thresholds" {
  description = "Where alarms begin, as far as that is a matter of taste. Those of the service level objectives are in burn_rate.tf."
  type = object({
    in_flight_percent           = optional(number, 80)
    cpu_percent                 = optional(number, 85)
    memory_percent              = optional(number, 85)
    model_failures_percent      = optional(number, 50)
    model_throttles_percent     = optional(number, 5)
    model_slow_percent          = optional(number, 80)
    waste_percent               = optional(number, 20)
    waste_usd                   = optional(number, 0.10)
    price_table_age_days        = optional(number, 90)
    outage_allowance_percent    = optional(number, 20)
    spool_percent               = optional(number, 50)
    certificate_days            = optional(number, 30)
    log_gigabytes_per_hour      = optional(number, 1)
    load_balancer_error_percent = optional(number, 1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for threshold in values(var.alarm_thresholds) : threshold > 0])
    error_message = "Each of alarm_thresholds must be above 0."
  }
  validation {
    condition = alltrue([
      for name, threshold in var.alarm_thresholds : threshold <= 100 if endswith(name, "_percent")
    ])
    error_message = "Percentages of alarm_thresholds must not be above 100."
  }
}
