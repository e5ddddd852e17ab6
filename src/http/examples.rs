//! Example bodies for the API documentation. A test checks that the example plan has the same fields as a real one.

use serde_json::{Value, json};

/// Returns the example plan.
#[must_use]
pub fn example_plan() -> Value {
    json!({
        "request_id": "0193589e-2d4b-7c3a-9f10-6b2f0f6b7c11",
        "goal": "Prepare for AWS Solutions Architect certification",
        "category": "certification",
        "estimated_duration_weeks": 1,
        "summary": "AWS Solutions Architect: one week of about 8 hours. From the exam guide to an account of your own.",
        "weekly_breakdown": [{
            "week_number": 1,
            "focus_area": "Exam guide and first account",
            "tasks": ["Read the exam guide and rate yourself on each of its domains", "Create a free-tier account and secure its root user"],
            "milestone": "A rated list of all exam domains, and an account with two users",
            "estimated_hours": 8.0,
            "starts_on": "2026-11-23",
            "ends_on": "2026-11-29",
            "sessions": [
                {"date": "2026-11-24", "minutes": 240, "tasks": [0]},
                {"date": "2026-11-28", "minutes": 240, "tasks": [1]}
            ]
        }],
        "warnings": [],
        "resources": [{
            "title": "AWS Skill Builder",
            "url": "https://skillbuilder.aws/",
            "resource_type": "course",
            "link_status": "allow-listed",
            "why": "The exam's own courses and labs"
        }],
        "total_estimated_hours": 8.0,
        "created_at": "2026-11-23T10:30:00.000Z",
        "metadata": {
            "provider": "bedrock",
            "model": "global.anthropic.claude-haiku-5-5",
            "tokens_used": {"input": 1210, "output": 1834, "total": 3044},
            "cost_usd": 0.001_038,
            "classification": {"source": "local", "confidence": 0.98},
            "constraints": example_constraints(),
            "written_in": "en",
            "repaired": false,
            "fallback": false,
            "cached": false,
            "llm_calls": 1
        }
    })
}

/// Returns the example estimate.
#[must_use]
pub fn example_estimate() -> Value {
    json!({
        "request_id": "0193589e-2d4b-7c3a-9f10-6b2f0f6b7c11",
        "category": "certification",
        "confidence": 0.98,
        "provider": "bedrock",
        "model": "global.anthropic.claude-haiku-5-5",
        "goal_tokens": 22,
        "input_tokens": 1210,
        "output_tokens": 1700,
        "likely_cost_usd": 0.000_971,
        "max_cost_usd": 0.007_4,
        "refused_as": null,
        "constraints": example_constraints()
    })
}

fn example_constraints() -> Value {
    json!({
        "hours_per_week": 8.0,
        "weeks": null,
        "start_date": "2026-11-23",
        "deadline": null,
        "max_weeks": null,
        "level": "beginner",
        "unavailable_days": [],
        "sessions_per_week": null,
        "excluded": [],
        "language": "en",
        "origins": {"hours_per_week": "field", "level": "context"}
    })
}
