//! The manual as pages of Markdown.

use super::keys::{keys, sentence};
use super::{Key, Manual, manual};
use crate::schema::of_study;
use serde_json::Value;

const METHODS: &str = "\
# Methods

Generated from the code (`cargo xtask golden`): do not edit by hand. `farr methods` lists the methods, `farr methods cox`
prints one.

An analysis of `study.toml` names its method and what is asked of it. Names are those of variables, endpoints and levels
of the study; unknown keys and names are refused with their place.

";

const PLAN: &str = "\
# study.toml

Generated from the code (`cargo xtask golden`): do not edit by hand. Analyses have [a page of their own](methods.md);
`farr schema study` prints the JSON Schema.
";

/// Every method, as Markdown.
pub fn methods_page() -> String {
    let Manual { heading, methods } = manual();
    let mut page = METHODS.to_string();
    for method in &methods {
        page.push_str(&format!("- [`{}`](#{}): {}\n", method.name, method.name, method.summary));
    }
    page.push_str("\n## What every analysis has\n\n");
    heading.iter().for_each(|key| page.push_str(&entry(key)));
    for method in methods {
        page.push_str(&format!("\n## {}\n\n**{}.** {}\n\n", method.name, method.title, method.summary));
        page.push_str(&format!("```toml\n{}```\n", method.example));
        for (heading, paragraphs) in &method.sections {
            page.push_str(&format!("\n**{heading}.** {}\n", paragraphs.join("\n\n")));
            if heading == "Options" {
                page.push('\n');
                method.options.iter().for_each(|key| page.push_str(&entry(key)));
            }
        }
    }
    page
}

/// Every table of `study.toml` but the analyses, as Markdown.
pub fn plan_page() -> String {
    let schema = of_study();
    let definitions = schema["$defs"].as_object().cloned().unwrap_or_default();
    let mut page = PLAN.to_string();
    for (name, table) in schema["properties"].as_object().into_iter().flatten() {
        if name == "analyses" {
            continue;
        }
        let meaning = sentence(table["description"].as_str().unwrap_or_default());
        // A table of tables has one for each name.
        let each = &table["additionalProperties"];
        let (title, inner) =
            if each.is_object() { (format!("{name}.NAME"), each) } else { (name.clone(), table) };
        page.push_str(&format!("\n## `[{title}]`\n\n{meaning}"));
        let definition = inner["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        let own = definition.and_then(|name| definitions.get(name)).unwrap_or(&Value::Null);
        let description = own["description"].as_str().unwrap_or_default();
        for paragraph in description.split("\n\n").filter(|text| !text.trim().starts_with('`')) {
            let paragraph = sentence(paragraph);
            if !paragraph.is_empty() && paragraph != meaning {
                page.push_str(&format!("\n\n{paragraph}"));
            }
        }
        page.push_str("\n\n");
        keys(own, &definitions).iter().for_each(|key| page.push_str(&entry(key)));
    }
    page
}

/// One key as an entry of a list, what it holds beneath it.
fn entry(key: &Key) -> String {
    entry_within(key, "")
}

fn entry_within(key: &Key, margin: &str) -> String {
    let needed = if key.required { ", needed" } else { "" };
    let default = key.default.as_ref().map(|value| format!(", `{value}` where absent")).unwrap_or_default();
    let mut text = format!("{margin}- `{}` ({}{needed}{default}): {}\n", key.name, key.kind, key.meaning);
    let margin = format!("{margin}  ");
    for (word, meaning) in &key.choices {
        let colon = if meaning.is_empty() { "" } else { ": " };
        text.push_str(&format!("{margin}- `\"{word}\"`{colon}{meaning}\n"));
    }
    key.parts.iter().for_each(|part| text.push_str(&entry_within(part, &margin)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[track_caller]
    fn golden(name: &str, page: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
        if std::env::var_os("FARR_UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, page).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == page, "docs/{name} differs: review the change, then `cargo xtask golden`");
    }

    #[test]
    fn the_pages_are_the_golden_ones() {
        golden("methods.md", &methods_page());
        golden("plan.md", &plan_page());
    }
}
