//! One patient of the simulated registry, with all rows: liver metastases of one to seven lesions, measured on five
//! exams, chemotherapy, resection, and visits until death or the end of follow-up.
//!
//! Courses are smooth: diameters change by a few percent to a third from exam to exam, tumour markers by a sixth.

use super::super::random::Random;
use super::index_of;
use super::model::{Cell, Row, TABLES};

/// A patient.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    pub(super) id: String,
    /// One list a table, in the order of [`TABLES`].
    pub(super) rows: Vec<Vec<Row>>,
}

/// Days from 1970 to 2004.
const FIRST_DIAGNOSIS: i32 = 12_418;

const SEGMENTS: [&str; 9] = ["S1", "S2", "S3", "S4a", "S4b", "S5", "S6", "S7", "S8"];

impl Person {
    /// The rows of a table.
    pub(super) fn of(&mut self, table: &str) -> &mut Vec<Row> {
        &mut self.rows[index_of(table)]
    }

    /// The next patient of a stream.
    pub(super) fn draw(number: u64, random: &mut Random) -> Self {
        let id = format!("P{:07}", number + 1);
        let mut person = Self { id: id.clone(), rows: vec![Vec::new(); TABLES.len()] };
        let id = || Cell::text(id.clone());
        let between = |random: &mut Random, least: f64, most: f64| least + (most - least) * random.uniform();
        let days = |random: &mut Random, least: f64, most: f64| between(random, least, most).floor() as i32;

        let diagnosis = FIRST_DIAGNOSIS + days(random, 0.0, 4000.0);
        let birth = diagnosis - days(random, 30.0 * 365.25, 85.0 * 365.25);
        let metastasis = diagnosis + if random.chance(0.5) { 0 } else { days(random, 1.0, 1200.0) };
        let node = random.choose(&[0.4, 0.4, 0.2]);
        let gene = |random: &mut Random, mutated: f64| {
            Cell::of(if random.chance(mutated) { "mutated" } else { "wild" })
        };
        let sites =
            ["cecum", "ascending", "transverse", "splenic_flexure", "descending", "sigmoid", "rectum"];
        let site = sites[usize::from(random.choose(&[0.1, 0.15, 0.08, 0.04, 0.08, 0.25])).min(6)];
        let patient = vec![
            id(),
            Cell::of(if random.chance(0.6) { "male" } else { "female" }),
            Cell::Date(birth),
            Cell::of(site),
            Cell::of(["T1", "T2", "T3", "T4"][usize::from(random.choose(&[0.05, 0.15, 0.6]))]),
            Cell::of(["N0", "N1", "N2"][usize::from(node)]),
            Cell::Date(diagnosis),
            Cell::Date(metastasis),
            gene(random, 0.4),
            gene(random, 0.05),
            gene(random, 0.05),
            Cell::of(if random.chance(0.04) { "MSI-H" } else { "MSS" }),
            Cell::of(["C1", "C2", "C3"][usize::from(random.choose(&[0.4, 0.3]))]),
        ];
        person.of("patients").push(patient);

        // Lesions and their five exams; the operation follows the last within a month.
        let exams: Vec<i32> = (0..5).map(|exam| metastasis + exam * 60 + days(random, 0.0, 10.0)).collect();
        let operation = exams[4] + days(random, 5.0, 30.0);
        let lesions = 1 + usize::from(random.choose(&[0.2, 0.15, 0.15, 0.15, 0.15, 0.1]));
        let outside = random.chance(0.2);
        let (mut largest, mut last_sizes) = (0.0f64, Vec::new());
        for lesion in 0..lesions + usize::from(outside) {
            let (name, organ) = match lesion < lesions {
                true => (Cell::text(format!("L{}", lesion + 1)), "liver"),
                false => (Cell::of("E1"), "lung"),
            };
            let segment = match organ {
                "liver" => Cell::of(SEGMENTS[(9.0 * random.uniform()) as usize % 9]),
                _ => Cell::Missing,
            };
            let role = if lesion < 2 { "target" } else { "non_target" };
            let row =
                vec![id(), name.clone(), Cell::of(organ), segment, Cell::of(role), Cell::Date(exams[0])];
            person.of("lesions").push(row);
            let mut size = between(random, 18.0, 70.0);
            largest = largest.max(size);
            let gone = random.chance(0.08);
            for (exam, day) in exams.iter().enumerate() {
                let absent = gone && exam == 4;
                let diameter = if absent { 0.0 } else { size.round() };
                let row = vec![
                    id(),
                    name.clone(),
                    Cell::Date(*day),
                    Cell::of(if random.chance(0.7) { "MRI" } else { "CT" }),
                    Cell::Number(diameter),
                    Cell::of(if absent { "absent" } else { "present" }),
                ];
                person.of("measurements").push(row);
                if exam < 4 {
                    size = (size * between(random, 0.75, 1.05)).max(6.0);
                }
            }
            if organ == "liver" {
                last_sizes.push((name, size.round()));
            }
        }

        let regimens = [
            ("mFOLFOX6", "oxaliplatin;leucovorin;fluorouracil"),
            ("FOLFIRI", "irinotecan;leucovorin;fluorouracil"),
            ("XELOX", "oxaliplatin;capecitabine"),
            ("FOLFOXIRI", "oxaliplatin;irinotecan;leucovorin;fluorouracil"),
        ];
        let (regimen, drugs) = regimens[usize::from(random.choose(&[0.4, 0.3, 0.2]))];
        for cycle in 0..4 + i32::from(random.choose(&[0.3, 0.2, 0.2, 0.2])) {
            let row = vec![
                id(),
                Cell::Integer(i64::from(cycle) + 1),
                Cell::Integer(1),
                Cell::Date(metastasis + 14 + cycle * 21),
                Cell::of(regimen),
                Cell::of(drugs),
                Cell::of("systemic"),
            ];
            person.of("treatments").push(row);
        }

        let marker =
            |random: &mut Random, value: f64| (value * (0.15 * random.normal()).exp() * 10.0).round() / 10.0;
        let level = (2.5 + random.normal()).exp().clamp(2.0, 2000.0);
        for (index, analyte) in ["CEA", "CA19-9"].into_iter().enumerate() {
            let level = if index == 0 { level } else { 20.0 + 80.0 * random.uniform() };
            for sample in 0..5 {
                let row = vec![
                    id(),
                    Cell::Date(metastasis + 3 + sample * 50),
                    Cell::of(analyte),
                    Cell::Number(marker(random, level)),
                    Cell::of(if index == 0 { "ng/mL" } else { "U/mL" }),
                ];
                person.of("labs").push(row);
            }
        }

        let procedures = ["wedge resection", "segmentectomy", "right hepatectomy", "left hepatectomy"];
        let row = vec![
            id(),
            Cell::Date(operation),
            Cell::of(procedures[usize::from(random.choose(&[0.4, 0.2, 0.2]))]),
            Cell::of(["R0", "R1", "R2"][usize::from(random.choose(&[0.8, 0.15]))]),
            Cell::of(if outside { "resected" } else { "none" }),
        ];
        person.of("operations").push(row);
        for (name, size) in last_sizes {
            let row = vec![
                id(),
                Cell::Date(operation),
                name,
                Cell::Number((size * between(random, 0.8, 1.2)).round().max(1.0)),
                Cell::Number((10.0 * random.uniform()).floor() * 10.0),
                Cell::of(["PA;PB", "PB;PC", "PA;PC"][usize::from(random.choose(&[0.4, 0.3]))]),
            ];
            person.of("pathology").push(row);
        }

        let visits = 3 + i32::from(random.choose(&[0.1, 0.1, 0.2, 0.2, 0.2, 0.1]));
        let (mut recurred, died) = (false, random.chance(0.4));
        for visit in 0..visits {
            recurred |= random.chance(0.15);
            let row = vec![
                id(),
                Cell::Date(operation + 90 + visit * 120 + days(random, 0.0, 20.0)),
                Cell::of(if died && visit + 1 == visits { "dead" } else { "alive" }),
                Cell::of(if recurred { "yes" } else { "no" }),
                if recurred { Cell::of("liver") } else { Cell::Missing },
                Cell::Number(marker(random, level.min(5.0))),
            ];
            person.of("follow_up").push(row);
        }

        let points = [node > 0, metastasis - diagnosis < 365, lesions > 1, largest > 50.0, level > 200.0];
        let mut row = vec![id()];
        row.extend(points.map(Cell::Flag));
        row.push(Cell::Integer(points.iter().map(|point| i64::from(*point)).sum()));
        person.of("scores").push(row);
        person
    }
}
