//! Templates: text with interpolations, `if` and `for`.

use hcl::edit::template::{Directive, Element, ForDirective, IfDirective, Strip};

use super::evaluate::Scope;
use super::failure::Failure;
use super::value::{as_bool, as_text, pairs};

/// Returns the text of a template.
pub fn render<'e>(
    scope: &Scope<'_>,
    elements: impl Iterator<Item = &'e Element>,
) -> Result<String, Failure> {
    render_between(scope, elements, Strip::None, Strip::None)
}

/// Renders what stands between two directives, which may strip the space next to them.
fn render_between<'e>(
    scope: &Scope<'_>,
    elements: impl Iterator<Item = &'e Element>,
    before: Strip,
    after: Strip,
) -> Result<String, Failure> {
    let elements: Vec<&Element> = elements.collect();
    let mut text = String::new();
    for (index, element) in elements.iter().enumerate() {
        match element {
            Element::Literal(literal) => {
                let previous = index.checked_sub(1).map(|index| elements[index]);
                let previous = previous.map_or(before.strip_end(), strips_after);
                let next = elements.get(index + 1).copied();
                let next = next.map_or(after.strip_start(), strips_before);
                text.push_str(stripped(literal, previous, next));
            }
            Element::Interpolation(interpolation) => {
                text.push_str(&as_text(&scope.evaluate(&interpolation.expr)?)?);
            }
            Element::Directive(directive) => text.push_str(&match &**directive {
                Directive::If(directive) => render_if(scope, directive)?,
                Directive::For(directive) => render_for(scope, directive)?,
            }),
        }
    }
    Ok(text)
}

fn render_if(scope: &Scope<'_>, directive: &IfDirective) -> Result<String, Failure> {
    let (first, last) = (&directive.if_expr, &directive.endif_expr);
    let otherwise = directive.else_expr.as_ref();
    if as_bool(&scope.evaluate(&first.cond_expr)?)? {
        let end = otherwise.map_or(last.strip, |otherwise| otherwise.strip);
        render_between(scope, first.template.iter(), first.strip, end)
    } else if let Some(otherwise) = otherwise {
        let (start, end) = (otherwise.strip, last.strip);
        render_between(scope, otherwise.template.iter(), start, end)
    } else {
        Ok(String::new())
    }
}

fn render_for(scope: &Scope<'_>, directive: &ForDirective) -> Result<String, Failure> {
    let (first, last) = (&directive.for_expr, &directive.endfor_expr);
    let collection = scope.evaluate(&first.collection_expr)?;
    let mut text = String::new();
    for (key, value) in pairs(&collection)? {
        let mut scope = scope.with(first.value_var.as_str(), value);
        if let Some(name) = &first.key_var {
            scope = scope.with(name.as_str(), key);
        }
        let elements = first.template.iter();
        text.push_str(&render_between(&scope, elements, first.strip, last.strip)?);
    }
    Ok(text)
}

fn strips_after(element: &Element) -> bool {
    match element {
        Element::Literal(_) => false,
        Element::Interpolation(interpolation) => interpolation.strip.strip_end(),
        Element::Directive(directive) => match &**directive {
            Directive::If(directive) => directive.endif_expr.strip.strip_end(),
            Directive::For(directive) => directive.endfor_expr.strip.strip_end(),
        },
    }
}

fn strips_before(element: &Element) -> bool {
    match element {
        Element::Literal(_) => false,
        Element::Interpolation(interpolation) => interpolation.strip.strip_start(),
        Element::Directive(directive) => match &**directive {
            Directive::If(directive) => directive.if_expr.strip.strip_start(),
            Directive::For(directive) => directive.for_expr.strip.strip_start(),
        },
    }
}

/// Removes the space at an end, and one line break after it.
fn stripped(literal: &str, start: bool, end: bool) -> &str {
    let mut text = literal;
    if start {
        text = text.trim_start_matches([' ', '\t']);
        text = text.strip_prefix('\n').unwrap_or(text);
    }
    if end {
        text = text.trim_end_matches([' ', '\t']);
        text = text.strip_suffix('\n').unwrap_or(text);
    }
    text
}
