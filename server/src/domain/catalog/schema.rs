//! A chart's `values.schema.json` (<https://helm.sh/docs/topics/charts/#schema-files>): checked and compiled once.
//!
//! Helm follows `$ref` to http and to files. Ours must stand in the document itself; others are refused by name before
//! Helm sees them, and the validator has no way to fetch anything.

use std::path::Path;

use serde_json::Value;
use shared::error::FieldErrorCode;
use shared::rules::Problem;

/// The drafts that need not be fetched.
const DRAFTS: &[&str] = &[
    "http://json-schema.org/schema",
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];
/// The most steps of one regular expression.
const BACKTRACK_MAX: usize = 100_000;
/// The most violations that are told at once.
const VIOLATIONS_MAX: usize = 20;
/// The most letters of what is told of a violation.
const MESSAGE_MAX: usize = 300;

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// It refers to another document.
    #[error("the schema refers to another document: {reference} (at {at})")]
    ForeignRef {
        /// Where in the schema.
        at: String,
        /// What it refers to.
        reference: String,
    },
    /// It is no JSON Schema.
    #[error("the schema cannot be used: {0}")]
    Invalid(String),
}

/// A compiled schema.
pub struct Schema {
    validator: jsonschema::Validator,
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Schema")
    }
}

impl Schema {
    /// Checks and compiles a schema.
    pub fn new(schema: &Value) -> Result<Self, SchemaError> {
        inside(schema)?;
        let validator = jsonschema::options()
            .offline()
            .with_pattern_options(jsonschema::PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_MAX))
            .build(schema)
            .map_err(|error| SchemaError::Invalid(error.to_string()))?;
        Ok(Self { validator })
    }

    /// What the schema refuses: where (a JSON Pointer into the values) and why. Values are not repeated.
    pub fn violations(&self, values: &Value) -> Vec<(String, Problem)> {
        let problem = |error: jsonschema::ValidationError<'_>| {
            let rule = error.kind().keyword().to_owned();
            let message: String = error.masked_with("the value").to_string().chars().take(MESSAGE_MAX).collect();
            let problem = Problem::new(FieldErrorCode::SchemaViolation).with("rule", rule).with("message", message);
            (error.instance_path().as_str().to_owned(), problem)
        };
        self.validator.iter_errors(values).take(VIOLATIONS_MAX).map(problem).collect()
    }
}

/// Refuses references to other documents, wherever they stand.
pub fn inside(schema: &Value) -> Result<(), SchemaError> {
    // Not recursive: a schema may be deep.
    let mut open = vec![(String::new(), schema)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (format!("{at}/{index}"), item)));
            }
            Value::Object(map) => {
                for (key, item) in map {
                    let below = at.clone() + &super::pointer::write([key.as_str()]);
                    if let Value::String(target) = item
                        && is_foreign(key, target)
                    {
                        let reference = target.chars().take(200).collect();
                        return Err(SchemaError::ForeignRef { at: below, reference });
                    }
                    open.push((below, item));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_foreign(key: &str, target: &str) -> bool {
    match key {
        // With `$id` a relative reference may name this very document; who writes `#/…` means it without doubt.
        "$ref" | "$dynamicRef" | "$recursiveRef" => !target.starts_with('#'),
        // An unknown draft would be fetched as well.
        "$schema" => !DRAFTS.contains(&target.trim_end_matches('#')),
        _ => false,
    }
}

/// Refuses foreign references in the schemas of the charts inside of a chart: Helm checks those too.
pub fn inside_dependencies(chart: &Path, depth: u8) -> Result<(), SchemaError> {
    let invalid = |error: String| SchemaError::Invalid(error);
    let Ok(folders) = std::fs::read_dir(chart.join("charts")) else { return Ok(()) };
    for folder in folders {
        let path = folder.map_err(|error| invalid(error.to_string()))?.path();
        if depth == 0 {
            return Err(invalid("charts lie too deep in each other".to_owned()));
        }
        let file = path.join("values.schema.json");
        if file.is_file() {
            let text = super::files::read(&file, super::files::BYTES_MAX).map_err(invalid)?;
            inside(&serde_json::from_str(&text).map_err(|error| invalid(error.to_string()))?)?;
        }
        inside_dependencies(&path, depth - 1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_inside_of_the_document_work() {
        let schema = Schema::new(&json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "properties": { "size": { "$ref": "#/definitions/size" }, "$ref": { "type": "string" } },
            "definitions": { "size": { "type": "string", "pattern": "^[0-9]+Gi$" } }
        }))
        .unwrap();
        assert!(schema.violations(&json!({ "size": "5Gi" })).is_empty());
        let violations = schema.violations(&json!({ "size": "canary-4711", "$ref": 5 }));
        assert_eq!(violations.iter().map(|(at, _)| at.as_str()).collect::<Vec<_>>(), ["/$ref", "/size"]);
        assert!(!format!("{violations:?}").contains("canary"));
        let (_, problem) = &violations[1];
        let names: Vec<_> = problem.params.iter().map(|(name, _)| *name).collect();
        assert!(FieldErrorCode::SchemaViolation.params().iter().all(|name| names.contains(name)), "{problem:?}");
        assert!(format!("{problem:?}").contains("[0-9]+Gi"), "what is allowed is told: {problem:?}");
    }

    #[test]
    fn references_to_other_documents_are_refused_by_name() {
        for (key, target) in [
            ("$ref", "http://127.0.0.1:9/schema.json"),
            ("$ref", "https://example.com/a#/b"),
            ("$ref", "file:///etc/passwd"),
            ("$ref", "other.json"),
            ("$ref", "/etc/passwd"),
            ("$ref", "//example.com/a"),
            ("$ref", "urn:example:a"),
            ("$ref", ""),
            ("$dynamicRef", "http://example.com/a#b"),
            ("$recursiveRef", "other.json#"),
            ("$schema", "http://example.com/draft"),
        ] {
            let schema = json!({ "$id": "http://example.com/root.json", "allOf": [{ "not": { key: target } }] });
            let expected = SchemaError::ForeignRef { at: format!("/allOf/0/not/{key}"), reference: target.to_owned() };
            assert_eq!(Schema::new(&schema).unwrap_err(), expected);
        }
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        for schema in [json!({ "type": "nonsense" }), json!({ "$ref": "#/nowhere" }), json!({ "pattern": "(" })] {
            assert!(matches!(Schema::new(&schema), Err(SchemaError::Invalid(_))), "{schema}");
        }
    }

    #[test]
    fn an_expression_that_explodes_is_bounded() {
        let schema = Schema::new(&json!({ "properties": { "a": { "pattern": "^(?=a)(a|a)*(?=b)$" } } })).unwrap();
        assert_eq!(schema.violations(&json!({ "a": "a".repeat(40) })).len(), 1);
    }
}
