//! Widths of text set in Helvetica (Arial and Liberation Sans have the same), so that lines can be broken and columns
//! placed without a font. The widths are those of Adobe's font metrics, in thousandths of the size.

use crate::wrapping::wrapped;

/// From the space (U+0020) to the tilde (U+007E).
const ASCII: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, // space to /
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0 to ?
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ to O
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // P to _
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // ` to o
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // p to ~
];

/// Bold is wider; by this factor at most, for the letters in use.
const BOLD: f64 = 1.08;

fn letter(letter: char) -> u16 {
    match letter {
        ' '..='~' => ASCII[letter as usize - 0x20],
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' => 0,
        '–' => 556,
        '—' | '…' => 1000,
        '‘' | '’' => 222,
        '“' | '”' => 333,
        '±' | '−' | '×' | '≤' | '≥' | '≠' => 584,
        '\u{a0}' | '\u{2009}' | '\u{202f}' => 278,
        'À'..='Å' | 'È'..='Ë' | 'Æ' | 'Ç' | 'Ò'..='Ö' | 'Ø' | 'Ù'..='Ü' | 'Ñ' => 778,
        'ì'..='ï' => 278,
        // Ideographs, kana, Hangul and full-width forms fill a square.
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => 1000,
        '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' => 1000,
        '\u{1f300}'.. => 1000,
        // Greek, Cyrillic and the rest: a generous letter, since too much room is the lesser fault.
        _ => 611,
    }
}

/// What stands in where none of these typefaces is installed (DejaVu Sans, Verdana) is wider by this factor: columns
/// must not run into each other there either.
const SUBSTITUTE: f64 = 1.14;

/// Width of a text in the unit of its size.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| f64::from(letter(c))).sum::<f64>() * size * SUBSTITUTE / 1000.0
}

/// Width of a bold text.
pub(crate) fn bold_width(text: &str, size: f64) -> f64 {
    width(text, size) * BOLD
}

/// Breaks a text into lines no wider than that; a word that is wider alone is broken inside.
pub(crate) fn wrap(text: &str, size: f64, widest: f64) -> Vec<String> {
    wrapped(text, |line| width(line, size) <= widest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_the_published_ones() {
        // From Helvetica's metrics: H 722, e 556, l 222, v 500, t 278, i 222, c 500, a 556.
        let published = 722.0 + 556.0 + 222.0 + 500.0 + 556.0 + 278.0 + 222.0 + 500.0 + 556.0;
        assert!((width("Helvetica", 1000.0) - published * SUBSTITUTE).abs() < 1e-9);
        assert!((width("10", 10.0) - 11.12 * SUBSTITUTE).abs() < 1e-9);
    }

    #[test]
    fn lines_fit_and_lose_nothing() {
        let text = "Lost to follow-up after hepatectomy or an extraordinarilylongwordwithoutanyspace";
        let lines = wrap(text, 12.0, 90.0);
        assert!(lines.iter().all(|line| width(line, 12.0) <= 90.0));
        let joined: String = lines.concat().split_whitespace().collect();
        assert_eq!(joined, text.split_whitespace().collect::<String>());
        assert_eq!(wrap("", 12.0, 90.0), [""]);
    }
}
