//! The documentation at the head of a method's file, for the manual.

use super::About;

impl About {
    /// The headings of the documentation, each with its paragraphs.
    pub fn sections(&self) -> Vec<(String, Vec<String>)> {
        let mut sections: Vec<(String, Vec<String>)> = Vec::new();
        let mut begins = true;
        for line in self.documentation.lines().map_while(|line| line.strip_prefix("//!")) {
            let line = line.trim();
            if let Some(heading) = line.strip_prefix("# ") {
                sections.push((heading.into(), Vec::new()));
                begins = true;
            } else if line.is_empty() {
                begins = true;
            } else if let Some((_, paragraphs)) = sections.last_mut() {
                let line = without_links(line);
                match paragraphs.last_mut().filter(|_| !begins) {
                    Some(paragraph) => *paragraph = format!("{paragraph} {line}"),
                    None => paragraphs.push(line),
                }
                begins = false;
            }
        }
        sections
    }
}

/// Names of the code as plain names: a reader of the manual has none of the links.
fn without_links(line: &str) -> String {
    line.replace("[`", "`").replace("`]", "`").replace("crate::methods::", "").replace("crate::design::", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_have_paragraphs_of_joined_lines() {
        let about = About {
            name: "n",
            title: "t",
            summary: "s",
            documentation: "//! Title.\n//!\n//! # Estimand\n//! One\n//! two.\n//!\n//! See [`crate::methods::cox`].\n\
                            //! # Options\n//! None.\n\nuse x;\n//! # Not this\n",
            references: &[],
        };
        let section = |name: &str, texts: &[&str]| -> (String, Vec<String>) {
            (name.into(), texts.iter().map(|text| text.to_string()).collect())
        };
        assert_eq!(
            about.sections(),
            [section("Estimand", &["One two.", "See `cox`."]), section("Options", &["None."]),]
        );
    }
}
