# What the world talks to. Plain HTTP is answered with a redirect, except where there is no domain and so no certificate.

locals {
  https_enabled = var.domain_name != null

  # The service keeps a connection open for longer than the load balancer, which waits for longer than the longest request takes. The other
  # way round, the load balancer would send requests on connections that are just being closed, and answer 502.
  load_balancer_idle_seconds = var.request_deadline_seconds + 15
  service_keep_alive_seconds = var.request_deadline_seconds + 30

  # A target that is to go gets no new requests, and keeps its connections until every request has ended and the task has stopped.
  deregistration_delay_seconds = max(
    var.request_deadline_seconds + 25,
    var.drain_delay_seconds + var.shutdown_grace_seconds,
  )
}

resource "aws_lb" "service" {
  #checkov:skip=CKV_AWS_150:local.deletion_protection is true in prod. Other environments come and go.
  #checkov:skip=CKV2_AWS_28:The firewall is optional (waf.tf): the service limits rates, sizes and costs itself.
  #checkov:skip=CKV2_AWS_76:waf.tf has the group of rules with the one about Log4j. In a body, it only counts: nothing here runs Java.
  #checkov:skip=CKV2_AWS_20:The listener redirects to HTTPS wherever there is a domain. Without one there is no certificate to redirect to.
  name               = local.name
  load_balancer_type = "application"
  internal           = false
  subnets            = aws_subnet.public[*].id
  security_groups    = [aws_security_group.load_balancer.id]

  idle_timeout               = local.load_balancer_idle_seconds
  enable_deletion_protection = local.deletion_protection
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "defensive"

  # With the service's TRUSTED_PROXY_HOPS=1, the last entry is the address that the load balancer saw. What a client wrote stands before it
  # and is not believed.
  xff_header_processing_mode = "append"

  access_logs {
    bucket  = aws_s3_bucket.access_logs.id
    enabled = true
  }

  # Enabling the access logs writes a test file, and AWS makes no load balancer in a VPC that has no way to the internet yet.
  depends_on = [aws_route.internet, aws_s3_bucket_policy.access_logs]

  lifecycle {
    precondition {
      condition     = local.service_keep_alive_seconds > local.load_balancer_idle_seconds && local.load_balancer_idle_seconds > var.request_deadline_seconds
      error_message = "The service has to keep idle connections for longer (${local.service_keep_alive_seconds} s) than the load balancer (${local.load_balancer_idle_seconds} s), and that longer than request_deadline_seconds (${var.request_deadline_seconds} s)."
    }
  }
}

resource "aws_lb_target_group" "service" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer. From there to the tasks, traffic stays in the VPC, between two security groups.
  name        = local.name
  vpc_id      = aws_vpc.main.id
  target_type = "ip"
  port        = local.service_port
  protocol    = "HTTP"

  deregistration_delay = local.deregistration_delay_seconds

  # Plans take seconds, other requests milliseconds: taking turns would pile plans up on one task.
  load_balancing_algorithm_type = "least_outstanding_requests"

  # Ready means: usage can be recorded and a model can be called. ECS replaces a task that stays unhealthy, which helps against nothing that
  # hits all tasks alike, so a minute of an outage of the store passes without it.
  health_check {
    path              = "/health/ready"
    protocol          = "HTTP"
    matcher           = "200"
    interval          = 15
    timeout           = 5
    healthy_threshold = 2
    # With a task goes its spool, if that is on its disk: then it is worth waiting for the store for longer.
    unhealthy_threshold = var.spool_storage == "task" ? 10 : 4
  }
}

resource "aws_lb_listener" "http" {
  #checkov:skip=CKV_AWS_2:It redirects to HTTPS, unless there is no domain.
  #checkov:skip=CKV_AWS_103:Plain HTTP has no version of TLS.
  load_balancer_arn = aws_lb.service.arn
  port              = 80
  protocol          = "HTTP"

  dynamic "default_action" {
    for_each = local.https_enabled ? ["redirect"] : []

    content {
      type = "redirect"

      redirect {
        protocol    = "HTTPS"
        port        = "443"
        status_code = "HTTP_301"
      }
    }
  }

  dynamic "default_action" {
    for_each = local.https_enabled ? [] : ["forward"]

    content {
      type             = "forward"
      target_group_arn = aws_lb_target_group.service.arn
    }
  }
}

resource "aws_lb_listener" "https" {
  count = local.https_enabled ? 1 : 0

  load_balancer_arn = aws_lb.service.arn
  port              = 443
  protocol          = "HTTPS"
  # TLS 1.2 with forward secrecy, and 1.3.
  ssl_policy      = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn = aws_acm_certificate_validation.service[0].certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service.arn
  }
}

check "plain_http" {
  assert {
    condition     = local.https_enabled
    error_message = "There is no domain_name: API keys and goals travel to ${local.name} in plain text. Use it for tests only, or limit allowed_cidrs."
  }
}
