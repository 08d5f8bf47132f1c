//! The manual: what every method estimates, how, and what may be asked of it; and what every table of `study.toml` and
//! `registry.toml` may say. Made from the code that does it.

mod keys;
mod page;
mod tables;

use crate::schema::of_study;
pub use keys::Key;
use keys::keys;
pub use page::methods_page;
use serde_json::Value;
pub use tables::{dictionary_page, plan_page};

/// What there is to know of a method.
#[derive(Debug, Clone)]
pub struct MethodManual {
    /// Its name in `method = "…"`.
    pub name: &'static str,
    /// Its name in prose.
    pub title: &'static str,
    /// One sentence: what it answers.
    pub summary: &'static str,
    /// Heading and text, paragraph by paragraph, of its documentation.
    pub sections: Vec<(String, Vec<String>)>,
    /// Its own options; those that every analysis has are in [`Manual::heading`].
    pub options: Vec<Key>,
    /// The least that an analysis must say, as TOML.
    pub example: String,
}

/// What there is to know of all methods.
#[derive(Debug, Clone)]
pub struct Manual {
    /// The keys that every analysis has, whatever its method.
    pub heading: Vec<Key>,
    /// Every method, in the order of the list.
    pub methods: Vec<MethodManual>,
}

/// The manual.
pub fn manual() -> Manual {
    let schema = of_study();
    let definitions = schema["$defs"].as_object().cloned().unwrap_or_default();
    let heading = keys(&schema["$defs"]["Heading"], &definitions);
    let is_own = |key: &Key| heading.iter().all(|shared| shared.name != key.name);
    let schemas = schema["properties"]["analyses"]["items"]["oneOf"].as_array().into_iter().flatten();
    let manual = |(entry, schema): (estimate::Entry, &Value)| {
        let options: Vec<Key> = keys(schema, &definitions).into_iter().filter(is_own).collect();
        MethodManual {
            name: entry.about.name,
            title: entry.about.title,
            summary: entry.about.summary,
            sections: entry.about.sections(),
            example: example(entry.about.name, &options),
            options,
        }
    };
    let methods = estimate::methods().into_iter().zip(schemas).map(manual).collect();
    Manual { heading, methods }
}

/// The least analysis: what must be said, with names such as a study has them.
fn example(method: &str, options: &[Key]) -> String {
    let has = |name: &str| options.iter().any(|key| key.name == name);
    let mut names: Vec<&str> = Vec::new();
    // What is modelled stands first, also where it may be one thing or another.
    if has("outcome") && has("endpoint") {
        names.push("outcome");
    }
    names.extend(options.iter().filter(|key| key.required).map(|key| key.name.as_str()));
    if method == "baseline" {
        names.extend(["by", "variables"]);
    }
    let mut text = format!("[[analyses]]\nid = \"{}\"\nmethod = \"{method}\"\n", method.replace('_', "-"));
    for name in names {
        let value = match name {
            "at" => "[12, 36, 60]",
            "exposure" if method == "trend" => "\"stage\"",
            "by" | "exposure" => "\"sex\"",
            "endpoint" => "\"overall_survival\"",
            "first" => "\"cea_before\"",
            "horizon" => "60",
            "outcome" => "\"pcr\"",
            "profiles" => "[{ label = \"60 years, stage II\", age = 60, stage = \"II\" }]",
            "score" | "variable" => "\"age\"",
            "second" => "\"cea_after\"",
            "terms" => "[\"age\", \"stage\"]",
            "variables" => "[\"age\", \"cea_before\"]",
            _ => "\"…\"",
        };
        text.push_str(&format!("{name} = {value}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use study::{Plan, SourceText};

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
        golden("dictionary.md", &dictionary_page());
    }

    #[test]
    fn the_example_of_every_method_is_a_plan_that_runs() {
        for method in manual().methods {
            let text = format!(
                "[study]\ntitle = \"T\"\n[population]\ntable = \"patients\"\n[variables.stage]\n\
                 levels = [{{ value = \"I\" }}, {{ value = \"II\" }}]\n[endpoints.overall_survival]\n\
                 time = \"months\"\nevent = \"died\"\ncompeting = \"other\"\n{}",
                method.example
            );
            let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
            let entry = estimate::find(&plan.analyses[0]).unwrap();
            let requests = (entry.requests)(&plan.analyses[0], &plan);
            assert!(requests.is_ok_and(|requests| !requests.is_empty()), "{}", method.example);
        }
    }

    #[test]
    fn every_key_says_what_it_means() {
        let Manual { heading, methods } = manual();
        for method in methods {
            assert!(method.sections.len() >= 8, "{}", method.name);
            for key in method.options.iter().chain(&heading) {
                assert!(!key.meaning.is_empty(), "{}: {}", method.name, key.name);
                assert!(key.meaning.ends_with('.'), "{}: {}: {}", method.name, key.name, key.meaning);
                assert!(!key.kind.contains("anything"), "{}: {} is {}", method.name, key.name, key.kind);
                assert!(
                    key.kind != "table" || !key.parts.is_empty(),
                    "{}: {} has no keys",
                    method.name,
                    key.name
                );
            }
        }
    }
}
