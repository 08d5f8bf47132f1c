-- One row a patient and course of treatment of which the response is judged.
--
-- Default: one course a patient, its baseline the first exam. A study that judges a line of treatment brings its own
-- view of this name: the baseline is then the last exam on or before `treatment_start`, and exams from `course_end` on
-- are left out.
-- Source: RECIST 1.1, Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, section 3.
select distinct
  patient_id,
  1 as course,
  cast(null as date) as treatment_start,
  cast(null as date) as course_end
from recist_reading
