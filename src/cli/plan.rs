//! `goal-router plan "<goal>"`: prints one plan, made by the same pipeline as in the API.

use std::fmt::Write as _;
use std::sync::Arc;

use clap::Args;
use uuid::Uuid;

use super::progress::ProgressDisplay;
use crate::app;
use crate::config::{Settings, StoreKind};
use crate::planner::plan_response::{PlanResponse, warnings};
use crate::planner::{Fields, PlanOutcome, PlanRequest, RequestError};
use crate::request_context::{RequestContext, RequestOutcome};
use crate::telemetry::Metrics;
use planning::constraints::ConstraintsView;
use planning::plan::export::markdown::markdown;
use planning::quantity::quantity;
use planning::validation::FieldErrors;

/// The arguments of `plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The goal, in any language
    goal: String,
    /// Circumstances: level, time, what was tried
    #[arg(long, allow_hyphen_values = true)]
    context: Option<String>,
    /// Maximum hours per week, 0.5 to 80
    #[arg(long, allow_negative_numbers = true, value_parser = number)]
    hours_per_week: Option<f64>,
    /// Number of weeks, 1 to 52
    #[arg(long, allow_negative_numbers = true, value_parser = number)]
    duration_weeks: Option<f64>,
    /// First day, as YYYY-MM-DD
    #[arg(long, allow_hyphen_values = true)]
    start_date: Option<String>,
    /// Last possible day of the plan, as YYYY-MM-DD
    #[arg(long, allow_hyphen_values = true)]
    deadline: Option<String>,
    /// Language of the plan, such as `en` or `de`
    #[arg(long, allow_hyphen_values = true)]
    language: Option<String>,
    /// Print the API's JSON instead of Markdown
    #[arg(long)]
    json: bool,
}

/// Parses a number. Whether it is in range is for the planner to say, in the words of the API.
fn number(text: &str) -> Result<f64, String> {
    let number = text.trim().parse::<f64>();
    let finite = number.ok().filter(|number| number.is_finite());
    finite.ok_or_else(|| "must be a number, such as 4 or 2.5".to_owned())
}

/// Makes the plan and returns the text to print. Reports the progress of models on standard error.
///
/// The usage row is written to the configured store. An offline plan leaves no row in an embedded store, since it has no cost.
///
/// # Errors
/// Returns which arguments are invalid, or why there is no plan.
pub async fn run(args: PlanArgs, settings: &Settings) -> anyhow::Result<String> {
    let mut settings = settings.clone();
    if settings.models.are_offline() && matches!(settings.store.kind, StoreKind::Embedded { .. }) {
        // The service may have that store open, and an offline plan has no cost to record.
        settings.store.kind = StoreKind::EmbeddedInMemory;
    }
    let clock = app::system_clock();
    let today = clock.today();
    let progress = ProgressDisplay::start();
    let (store, _engine) = app::open_store(&settings.store).await?;
    let planner = app::planner(
        &settings,
        Arc::new(store),
        None,
        None,
        clock,
        Metrics::new()?,
    )
    .await?
    .with_progress(progress.listener());
    let context = Arc::new(RequestContext {
        request_id: Uuid::now_v7().to_string(),
        trace_id: Uuid::new_v4().simple().to_string(),
        client_id: "terminal".to_owned(),
        daily_budget: settings.access.tiers.default_tier().daily_budget,
        outcome: RequestOutcome::default(),
    });
    let fields = Fields {
        goal: Some(args.goal),
        context: args.context,
        hours_per_week: args.hours_per_week,
        duration_weeks: args.duration_weeks,
        start_date: args.start_date,
        deadline: args.deadline,
        language: args.language,
        ..Fields::default()
    };
    let request = fields
        .parse(FieldErrors::default(), context, planner.classifier(), today)
        .map_err(with_contacts)?;
    let outcome = planner.plan(&request, planner.deadline()).await;
    planner.ledger().close().await;
    drop(progress);
    let outcome = outcome?;
    if args.json {
        Ok(serde_json::to_string_pretty(&PlanResponse::new(
            &request, outcome,
        ))?)
    } else {
        Ok(to_markdown(&request, &outcome))
    }
}

/// Adds the people who help to a refusal.
fn with_contacts(error: RequestError) -> anyhow::Error {
    let RequestError::Care(refusal) = &error else {
        return error.into();
    };
    let mut text = refusal.detail().to_owned();
    for contact in refusal.contacts() {
        let reach = [&contact.phone, &contact.url];
        let reach: Vec<&str> = reach.into_iter().flatten().map(AsRef::as_ref).collect();
        // Writing to a String cannot fail.
        let _infallible = write!(
            text,
            "\n  {} ({}): {}",
            contact.name,
            contact.r#where,
            reach.join(", ")
        );
    }
    anyhow::Error::msg(text)
}

fn to_markdown(request: &PlanRequest, outcome: &PlanOutcome) -> String {
    let constraints = ConstraintsView::from(&outcome.constraints);
    let plan = &outcome.plan;
    let mut facts = vec![
        (
            "Category",
            format!(
                "{} ({:.0} % sure)",
                outcome.classification.category.as_str(),
                outcome.classification.confidence * 100.0
            ),
        ),
        (
            "Length",
            format!(
                "{} from {}, {} h in all",
                quantity(plan.weeks().len(), "week"),
                constraints.start_date,
                plan.total()
            ),
        ),
    ];
    if let Some(hours) = constraints.hours_per_week {
        facts.push(("At most", format!("{hours} h a week")));
    }
    if let Some(deadline) = constraints.deadline {
        facts.push(("Deadline", deadline.to_string()));
    }
    if !constraints.unavailable_days.is_empty() {
        facts.push(("Days off", constraints.unavailable_days.join(", ")));
    }
    facts.push((
        "Written by",
        format!("{} for {} USD", outcome.model, outcome.cost),
    ));
    markdown(
        request.goal.text(),
        &facts,
        &warnings(request, outcome),
        plan,
    )
}
