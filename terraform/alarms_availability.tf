# Whether requests reach a task that answers them. How many of them fail is in burn_rate.tf.

locals {
  availability_alarms = merge(
    {
      NotReady = {
        severity = "page"
        section  = "GoalRouterNotReady"
        summary  = "A task has not been ready for 10 minutes: /health/ready answers 503."
        # Tasks that drain are not ready either, each for less than two minutes. The metric does not say which task it is, so a deployment
        # that replaces them one after the other looks like one that is never ready. TargetsUnhealthy does not count those, and is faster.
        metrics = { ready = { name = "goal_router_ready", stat = "Minimum" } }
        below   = 1
        period  = 60
        periods = 10
      }
      TargetsUnhealthy = {
        severity = "page"
        section  = "TargetsUnhealthy"
        summary  = "The load balancer has had an unhealthy target for 3 minutes."
        metrics = {
          unhealthy = { namespace = "AWS/ApplicationELB", name = "UnHealthyHostCount", dimensions = local.target_group_dimensions, stat = "Maximum" }
        }
        at_least = 1
        period   = 60
        periods  = 3
      }
      NoHealthyTargets = {
        severity = "page"
        section  = "NoHealthyTargets"
        summary  = "No target is healthy: every request fails."
        metrics = {
          healthy = { namespace = "AWS/ApplicationELB", name = "HealthyHostCount", dimensions = local.target_group_dimensions, stat = "Maximum" }
        }
        below   = 1
        period  = 60
        periods = 2
        # Where nothing is registered, nothing is reported.
        missing = "breaching"
      }
      LoadBalancerErrors = {
        severity = "page"
        section  = "LoadBalancerErrors"
        summary  = "The load balancer itself answers requests with 5xx."
        metrics = {
          errors   = { namespace = "AWS/ApplicationELB", name = "HTTPCode_ELB_5XX_Count", dimensions = local.load_balancer_dimensions, stat = "Sum" }
          requests = { namespace = "AWS/ApplicationELB", name = "RequestCount", dimensions = local.load_balancer_dimensions, stat = "Sum" }
        }
        # RequestCount has only those for which a target was found.
        expression = "IF(errors >= 10, 100 * errors / SUM([errors, requests]), 0)"
        above      = var.alarm_thresholds.load_balancer_error_percent
        period     = 300
        periods    = 1
      }
      ConnectionsRejected = {
        severity = "ticket"
        section  = "ConnectionsRejected"
        summary  = "The load balancer rejected connections, because it had reached its maximum."
        metrics = {
          rejected = { namespace = "AWS/ApplicationELB", name = "RejectedConnectionCount", dimensions = local.load_balancer_dimensions, stat = "Sum" }
        }
        above   = 0
        period  = 300
        periods = 1
      }
      TargetConnectionErrors = {
        severity = "ticket"
        section  = "TargetConnectionErrors"
        summary  = "The load balancer cannot connect to targets."
        metrics = {
          failed = { namespace = "AWS/ApplicationELB", name = "TargetConnectionErrorCount", dimensions = local.load_balancer_dimensions, stat = "Sum" }
        }
        at_least = 10
        period   = 300
        periods  = 2
      }
    },
    {
      for name, alarm in {
        TasksMissing = {
          severity = "ticket"
          section  = "TasksMissing"
          summary  = "Fewer tasks have been running than desired for 15 minutes."
          metrics = {
            desired = { namespace = "ECS/ContainerInsights", name = "DesiredTaskCount", dimensions = local.service_dimensions, stat = "Average" }
            running = { namespace = "ECS/ContainerInsights", name = "RunningTaskCount", dimensions = local.service_dimensions, stat = "Average" }
          }
          expression = "desired - running"
          at_least   = 1
          period     = 60
          periods    = 15
        }
        ContainerRestarted = {
          severity = "ticket"
          section  = "ContainerRestarted"
          summary  = "A container crashed and was restarted in its task."
          # The number of restarts of a container since its task began. So it is the increase that tells.
          metrics = {
            restarts = { namespace = "ECS/ContainerInsights", name = "RestartCount", dimensions = local.service_dimensions, stat = "Maximum" }
          }
          expression = "DIFF(restarts)"
          above      = 0
          period     = 60
          periods    = 1
        }
      } : name => alarm if local.container_insights
    },
    {
      for name, alarm in {
        CertificateExpires = {
          severity = "ticket"
          section  = "CertificateExpires"
          summary  = "The certificate expires soon: ACM could not renew it."
          metrics = {
            days = { namespace = "AWS/CertificateManager", name = "DaysToExpiry", dimensions = { CertificateArn = one(aws_acm_certificate.service[*].arn) }, stat = "Minimum" }
          }
          below   = var.alarm_thresholds.certificate_days
          period  = 86400
          periods = 1
        }
      } : name => alarm if local.https_enabled
    },
    {
      for name, alarm in {
        RateLimitFallback = {
          severity = "ticket"
          section  = "GoalRouterRateLimitFallback"
          summary  = "Redis does not answer, and each task counts rate limits on its own."
          metrics  = { unavailable = { name = "redis_unavailable", stat = "Sum" } }
          above    = 0
          period   = 300
          periods  = 2
        }
      } : name => alarm if var.redis_enabled
    },
  )

  # Without Container Insights, CloudWatch does not know how many tasks there are.
  container_insights = var.container_insights != "disabled"

  load_balancer_dimensions = { LoadBalancer = aws_lb.service.arn_suffix }
  target_group_dimensions  = { LoadBalancer = aws_lb.service.arn_suffix, TargetGroup = aws_lb_target_group.service.arn_suffix }
  service_dimensions       = { ClusterName = local.name, ServiceName = local.name }
}
