variable "aws_region" {
  description = "Region of the images. Each Region with an environment needs this root once."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[1-9]$", var.aws_region))
    error_message = "aws_region must be the name of a Region, such as us-east-1 or ap-southeast-2."
  }
}

variable "tags" {
  description = "Further tags for everything, such as a cost centre."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "ecr_repository_name" {
  description = "Name of the repository of the service's images."
  type        = string
  default     = "goal-router"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+([._/-][a-z0-9]+)*$", var.ecr_repository_name))
    error_message = "ecr_repository_name must have lower-case letters and digits, with single dots, hyphens, underscores or slashes between them."
  }
}

variable "ecr_public_prefix" {
  description = "Prefix of the repositories that cache images of public.ecr.aws."
  type        = string
  default     = "ecr-public"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]{2,20}(-[a-z0-9]+)*$", var.ecr_public_prefix)) && length(var.ecr_public_prefix) <= 30
    error_message = "ecr_public_prefix must have 2 to 30 lower-case letters, digits and hyphens."
  }
}

variable "images_to_keep" {
  description = "Images that the repository keeps. One release has about four: its index, one for each architecture, and what vouches for them. If other environments deploy so often that production's image could be among the oldest, raise it."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.images_to_keep >= 100 && floor(var.images_to_keep) == var.images_to_keep
    error_message = "images_to_keep must be a whole number from 100 on: an image that is deleted while an environment runs it leaves that environment unable to start tasks."
  }
}

variable "scan_type" {
  description = "How images are scanned for vulnerabilities: `BASIC`, on push and free, or `ENHANCED`, all the time by Amazon Inspector."
  type        = string
  default     = "BASIC"
  nullable    = false

  validation {
    condition     = contains(["BASIC", "ENHANCED"], var.scan_type)
    error_message = "scan_type must be BASIC or ENHANCED."
  }
}

variable "create_github_oidc_provider" {
  description = "Whether to make the provider by which GitHub's workflows get credentials. An account can have one only: false if it has it, and in every Region but the first."
  type        = bool
  default     = true
  nullable    = false
}

variable "manage_registry" {
  description = "Whether scanning is set for the whole registry, which an account has once for each Region: false if somebody else sets it."
  type        = bool
  default     = true
  nullable    = false
}

variable "service_linked_roles" {
  description = "Roles of AWS services to make, by service. AWS makes them itself when a service is first used, a moment too late for the first apply in a new account: list ecs.amazonaws.com, elasticloadbalancing.amazonaws.com and ecs.application-autoscaling.amazonaws.com there. Making one that exists fails."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.service_linked_roles : can(regex("^[a-z0-9.-]+\\.amazonaws\\.com$", service))])
    error_message = "service_linked_roles must be names of AWS services, such as ecs.amazonaws.com."
  }
}
