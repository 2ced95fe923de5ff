//! What a question is rated at before it runs: an object one point, a connection two and its items, a mutation ten (README,
//! limit). What Shopify charges in truth is less for long connections; an app that fits this fits that.

use super::{Question, Wrong};
use graphql_parser::query::{Field, SelectionSet};

/// Points of a mutation.
const MUTATION: u32 = 10;
/// Points of a connection itself.
const CONNECTION: u32 = 2;

/// Points of a whole question.
pub(in crate::shopify) fn rate(question: &Question) -> Result<u32, Wrong> {
    let (fields, mutation) = question.root()?;
    let mut sum = if mutation { MUTATION } else { 0 };
    for field in fields {
        sum = sum.saturating_add(of(question, field)?);
    }
    Ok(sum)
}

fn of(question: &Question, field: &Field<'static, String>) -> Result<u32, Wrong> {
    if field.selection_set.items.is_empty() {
        return Ok(0);
    }
    let Some(first) = question.number(field, "first") else {
        return Ok(inner(question, &field.selection_set)?.saturating_add(1));
    };
    let first = u32::try_from(first).unwrap_or(u32::MAX);
    let mut sum = CONNECTION;
    for part in question.fields(&field.selection_set)? {
        let of_part = of(question, part)?;
        let times = if part.name == "nodes" || part.name == "edges" { first } else { 1 };
        sum = sum.saturating_add(of_part.saturating_mul(times));
    }
    Ok(sum)
}

fn inner(question: &Question, set: &SelectionSet<'static, String>) -> Result<u32, Wrong> {
    question.fields(set)?.into_iter().try_fold(0, |sum: u32, field| Ok(sum.saturating_add(of(question, field)?)))
}
