//! Figures printed in books and papers, of data that stand there too: to the digits that are printed. One file a set of
//! data; VALIDATION.md lists what was compared.

#[path = "../modelling/mod.rs"]
mod modelling;
#[path = "../recorded/mod.rs"]
mod recorded;

mod acute_leukaemia;
mod airways;
mod aspirin;
mod authoritarianism;
mod bone_marrow;
mod causes;
mod cephalexin;
mod depression;
mod dialysis;
mod endometrial_cancer;
mod epitab;
mod exact_differences;
mod german_breast_cancer;
mod heart_disease;
mod heart_transplant;
mod horseshoe_crabs;
mod hypoxia;
mod job_satisfaction;
mod leprosy;
mod low_birth_weight;
mod lung_cancer_in_china;
mod malformations;
mod membranes;
mod myeloma;
mod nist;
mod ovarian_cancer;
mod plasma;
mod prime_minister;
mod printed;
mod promotions;
mod quartet;
mod rearrests;
mod remission;
mod room_width;
mod rotterdam;
mod rows;
mod scans;
mod score;
mod shad;
mod simulated_causes;
mod six_patients;
mod sleep;
mod students;
mod suicides;
mod tea;
mod tonsils;
mod two_proportions;
mod ulcers;
mod vasoconstriction;
mod veteran;
mod water;
mod waves;
