//! `farr methods`.

use super::{Manner, json, print};
use clap::Args;
use run::manual::{Key, Manual, MethodManual, manual};
use serde_json::json;
use std::process::ExitCode;
use study::Problem;
use study::nearest::suggest;

/// List the statistical methods, or print what one estimates, how, from which paper, and what may be asked of it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  farr methods            every method in one line\n  \
    farr methods cox        its estimand, formula, treatment of ties, variance, options and sources")]
pub(crate) struct Methods {
    /// The method to print
    name: Option<String>,
}

impl Methods {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let Manual { heading, methods } = manual();
        let Some(name) = &self.name else {
            let listed: Vec<_> = methods.iter().map(as_json).collect();
            print(&if manner.json { json(&listed)? } else { list(&methods) })?;
            return Ok(ExitCode::SUCCESS);
        };
        let Some(method) = methods.iter().find(|method| method.name == name) else {
            let help = suggest(name, methods.iter().map(|method| method.name));
            return Err(Problem::input(format!("no method is called `{name}`")).help(help));
        };
        print(&if manner.json { json(&as_json(method))? } else { as_text(method, &heading) })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn list(methods: &[MethodManual]) -> String {
    let width = methods.iter().map(|method| method.name.len()).max().unwrap_or(0);
    methods.iter().map(|method| format!("{:width$}  {}\n", method.name, method.summary)).collect()
}

fn as_text(method: &MethodManual, shared: &[Key]) -> String {
    let mut text = format!("{} [{}]\n{}\n", method.title, method.name, wrapped(method.summary, ""));
    text.push_str(&indented(&method.example, "  "));
    for (heading, paragraphs) in &method.sections {
        text.push_str(&format!("\n{heading}\n"));
        let paragraphs: Vec<String> = paragraphs.iter().map(|paragraph| wrapped(paragraph, "  ")).collect();
        text.push_str(&paragraphs.join("\n"));
        if heading == "Options" {
            text.push('\n');
            method.options.iter().for_each(|key| text.push_str(&option(key, "  ")));
            let shared: Vec<&str> = shared.iter().map(|key| key.name.as_str()).collect();
            text.push_str(&format!("  and, as every analysis, {}\n", shared.join(", ")));
        }
    }
    text
}

fn option(key: &Key, margin: &str) -> String {
    let needed = if key.required { ", needed" } else { "" };
    let default = key.default.as_ref().map(|value| format!(", {value} where absent")).unwrap_or_default();
    let mut text = wrapped(&format!("{} ({}{needed}{default})", key.name, key.kind), margin);
    let (margin, inner) = (format!("{margin}    "), format!("{margin}      "));
    text.push_str(&wrapped(&key.meaning, &margin));
    for (word, meaning) in &key.choices {
        let colon = if meaning.is_empty() { "" } else { ": " };
        text.push_str(&wrapped(&format!("\"{word}\"{colon}{meaning}"), &inner));
    }
    key.parts.iter().for_each(|part| text.push_str(&option(part, &inner)));
    text
}

/// Lines of at most 100 characters, each behind the margin.
fn wrapped(paragraph: &str, margin: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in paragraph.split(' ') {
        match lines.last_mut() {
            Some(line) if margin.len() + line.chars().count() + word.chars().count() < 100 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    indented(&lines.join("\n"), margin)
}

fn indented(text: &str, margin: &str) -> String {
    text.lines().map(|line| format!("{margin}{line}\n")).collect()
}

fn as_json(method: &MethodManual) -> serde_json::Value {
    let options: Vec<_> = method.options.iter().map(key_as_json).collect();
    let sections: Vec<_> = method
        .sections
        .iter()
        .map(|(heading, text)| json!({ "heading": heading, "text": text.join("\n\n") }))
        .collect();
    json!({
        "name": method.name, "title": method.title, "summary": method.summary, "example": method.example,
        "documentation": sections, "options": options,
    })
}

fn key_as_json(key: &Key) -> serde_json::Value {
    let choices: Vec<_> =
        key.choices.iter().map(|(word, meaning)| json!({ "value": word, "meaning": meaning })).collect();
    let parts: Vec<_> = key.parts.iter().map(key_as_json).collect();
    json!({
        "name": key.name, "kind": key.kind, "required": key.required, "default": key.default,
        "meaning": key.meaning, "choices": choices, "parts": parts,
    })
}
