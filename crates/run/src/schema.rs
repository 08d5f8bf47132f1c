//! JSON Schemas of the stable interfaces: `study.toml`, `registry.toml` and `results.json`. They are golden files in
//! `schemas/`.

use cohort::Dictionary;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use study::StudyResults;
use study::analysis::Heading;
use study::plan::PlanFile;

/// The schema of `study.toml`: the plan, and for each method its own options.
pub fn of_study() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut root = generator.subschema_for::<PlanFile>().to_value();
    let heading = generator.subschema_for::<Heading>().to_value();
    let mut methods = Vec::new();
    for entry in estimate::methods() {
        let mut options = (entry.schema)(&mut generator).to_value();
        let resolved = resolve(&heading, generator.definitions());
        if let (Some(own), Some(shared)) = (properties(&mut options), resolved.get("properties")) {
            for (key, value) in shared.as_object().into_iter().flatten() {
                own.insert(key.clone(), value.clone());
            }
            own.insert("method".into(), json!({ "const": entry.about.name }));
        }
        if let Some(object) = options.as_object_mut() {
            object.insert("title".into(), json!(entry.about.title));
            object.insert("description".into(), json!(entry.about.summary));
            let required = object.entry("required").or_insert_with(|| json!([]));
            if let Some(required) = required.as_array_mut() {
                required.extend([json!("id"), json!("method")]);
            }
        }
        methods.push(options);
    }
    let definitions = generator.take_definitions(true);
    root = resolve(&root, &definitions);
    if let Some(own) = properties(&mut root) {
        own.insert("analyses".into(), json!({ "type": "array", "items": { "oneOf": methods } }));
    }
    if let Some(object) = root.as_object_mut() {
        object.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        object.insert("title".into(), json!("study.toml"));
        object.insert("description".into(), json!("The plan of a study: what the file says is what runs."));
        object.insert("$defs".into(), Value::Object(definitions));
    }
    root
}

/// The schema of `registry.toml`.
pub fn of_registry() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut root = generator.into_root_schema_for::<Dictionary>().to_value();
    root["title"] = json!("registry.toml");
    root
}

/// The schema of `results.json`.
pub fn of_results() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    generator.into_root_schema_for::<StudyResults>().to_value()
}

fn properties(schema: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    schema.as_object_mut()?.entry("properties").or_insert_with(|| json!({})).as_object_mut()
}

/// The schema behind a reference to a definition.
fn resolve(schema: &Value, definitions: &serde_json::Map<String, Value>) -> Value {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
    name.and_then(|name| definitions.get(name)).unwrap_or(schema).clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn golden(name: &str, schema: &Value) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schemas").join(name);
        let text = format!("{schema:#}\n");
        if std::env::var_os("FARR_UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == text, "{name} differs: review the change, then `cargo xtask golden`");
    }

    #[test]
    fn the_schema_of_the_plan_is_the_golden_one() {
        golden("study.schema.json", &of_study());
    }

    #[test]
    fn the_schema_of_the_registry_is_the_golden_one() {
        golden("registry.schema.json", &of_registry());
    }

    #[test]
    fn the_schema_of_the_results_is_the_golden_one() {
        golden("results.schema.json", &of_results());
    }

    #[test]
    fn every_method_is_in_the_schema_with_its_heading() {
        let schema = of_study();
        let methods = schema["properties"]["analyses"]["items"]["oneOf"].as_array().unwrap();
        assert_eq!(methods.len(), estimate::methods().len());
        for method in methods {
            assert!(method["properties"]["id"].is_object(), "{method:#}");
            assert_eq!(method["additionalProperties"], json!(false), "{method:#}");
        }
    }
}
