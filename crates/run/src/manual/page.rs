//! The methods as a page of Markdown.

use super::{Key, Manual, manual};

const METHODS: &str = "\
# Methods

Generated from the code (`cargo xtask golden`): do not edit by hand. `farr methods` lists the methods, `farr methods cox`
prints one.

An analysis of `study.toml` names its method and what is asked of it. Names are those of variables, endpoints and levels
of the study; unknown keys and names are refused with their place.

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

/// One key as an entry of a list, what it holds beneath it.
pub(super) fn entry(key: &Key) -> String {
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
