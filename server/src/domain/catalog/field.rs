//! The fields of an app, checked when the catalogue is loaded.

use shared::catalog::AppFieldType;

use super::app::{Field, FieldOption, Localized, RESERVED};
use super::manifest;
use super::pointer::Pointer;
use super::values;

/// The shortest secret that the platform makes.
const GENERATE_MIN: usize = 16;
/// The longest secret that the platform makes.
const GENERATE_MAX: usize = 128;

/// Checks all fields; required ones first, else in the order of the file.
pub(super) fn all(fields: Vec<manifest::Field>) -> Result<Vec<Field>, String> {
    let mut checked: Vec<Field> = Vec::with_capacity(fields.len());
    for field in fields {
        let name = field.pointer.chars().take(100).collect::<String>();
        let field = one(field).map_err(|problem| format!("field {name}: {problem}"))?;
        let reserved = RESERVED.iter().filter_map(|text| Pointer::parse(text).ok());
        if reserved.into_iter().any(|pointer| pointer.holds(&field.pointer)) {
            return Err(format!("field {name}: the platform keeps it for itself"));
        }
        let clash = |other: &&Field| other.pointer.holds(&field.pointer) || field.pointer.holds(&other.pointer);
        if let Some(other) = checked.iter().find(clash) {
            return Err(format!("field {name}: it is, or lies within, {}", other.pointer));
        }
        checked.push(field);
    }
    checked.sort_by_key(|field| !field.required);
    Ok(checked)
}

fn one(field: manifest::Field) -> Result<Field, String> {
    let pointer = Pointer::parse(&field.pointer).map_err(|error| error.to_string())?;
    let kind = AppFieldType::parse(&field.kind.to_uppercase())
        .filter(|_| field.kind.to_lowercase() == field.kind)
        .ok_or_else(|| format!("unknown type {}", field.kind))?;
    let textual = matches!(kind, AppFieldType::Text | AppFieldType::Password);
    let password = kind == AppFieldType::Password;
    let only_for = |given: bool, right: bool, what: &str| {
        if given && !right { Err(format!("{what} does not go with type {}", field.kind)) } else { Ok(()) }
    };
    only_for(field.min_length.is_some() || field.max_length.is_some(), textual, "minLength or maxLength")?;
    only_for(field.rule.is_some(), textual, "rule")?;
    only_for(field.min.is_some() || field.max.is_some(), kind == AppFieldType::Number, "min or max")?;
    only_for(!field.options.is_empty(), kind == AppFieldType::Select, "options")?;
    only_for(field.generate.is_some(), password, "generate")?;
    only_for(field.default.is_some(), !password, "default")?;
    if kind == AppFieldType::Select && field.options.is_empty() {
        return Err("it has no options".to_owned());
    }
    if matches!((field.min_length, field.max_length), (Some(min), Some(max)) if min > max)
        || matches!((field.min, field.max), (Some(min), Some(max)) if min > max)
    {
        return Err("its least is more than its most".to_owned());
    }
    if let Some(length) = field.generate {
        let least = field.min_length.unwrap_or(0).max(GENERATE_MIN);
        let most = field.max_length.unwrap_or(GENERATE_MAX).min(GENERATE_MAX);
        if !(least..=most).contains(&length) {
            return Err(format!("generate is not between {least} and {most}"));
        }
    }
    let mut options: Vec<FieldOption> = Vec::with_capacity(field.options.len());
    for manifest::FieldOption { value, label } in field.options {
        if options.iter().any(|other| other.value == value) {
            return Err(format!("option {value} is there twice"));
        }
        options.push(FieldOption { value, label: Localized::new(label)? });
    }
    let field = Field {
        pointer,
        kind,
        label: Localized::new(field.label)?,
        help: field.help.map(Localized::new).transpose()?,
        placeholder: field.placeholder.map(Localized::new).transpose()?,
        default: field.default,
        required: field.required,
        min_length: field.min_length,
        max_length: field.max_length,
        rule: field.rule.map(Localized::new).transpose()?,
        min: field.min,
        max: field.max,
        options,
        generate: field.generate,
    };
    if let Some(default) = &field.default {
        values::one(&field, default).map_err(|problem| format!("its default is refused: {problem:?}"))?;
    }
    Ok(field)
}
