-- One row a patient and exam from the baseline of the last line to the index operation: what RECIST 1.1 looks at.
--
-- Rules: the baseline is the last exam on or before the first cycle of the last line. The target sum adds the
-- longest diameters of the target lesions, an absent one 0 mm; were one not measured, the sum would be unknown and
-- the exam not evaluable. The nadir is the smallest sum of all earlier exams, the baseline included. A lesion first
-- seen after the baseline is new, wherever it is; unequivocal progression of a non-target lesion is recorded as such.
-- Source: RECIST 1.1, Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, sections 4.2 to 4.3.
with baselines as (
  select
    last_line.patient_id,
    max(preoperative_exams.exam_date) as baseline_date
  from last_line
  join preoperative_exams
    on preoperative_exams.patient_id = last_line.patient_id
    and preoperative_exams.exam_date <= last_line.line_start
  group by last_line.patient_id
),
sums as (
  select
    exams.patient_id,
    baselines.baseline_date,
    exams.exam_date,
    exams.exams_to_operation,
    case
      when bool_or(exams.role = 'target' and exams.state <> 'absent' and exams.diameter_mm is null) then null
      else sum(case when exams.role = 'target' and exams.state <> 'absent' then exams.diameter_mm else 0 end)
    end as target_sum,
    bool_and(exams.state = 'absent') as all_absent,
    bool_or(exams.first_seen > baselines.baseline_date) as new_lesion,
    bool_or(exams.state = 'progressed' and exams.exam_date > baselines.baseline_date) as progressed
  from preoperative_exams as exams
  join baselines
    on baselines.patient_id = exams.patient_id
    and baselines.baseline_date <= exams.exam_date
  group by exams.patient_id, baselines.baseline_date, exams.exam_date, exams.exams_to_operation
)
select
  patient_id,
  baseline_date,
  exam_date,
  exams_to_operation,
  target_sum,
  first_value(target_sum) over (partition by patient_id order by exam_date) as baseline_sum,
  min(target_sum) over (
    partition by patient_id
    order by exam_date
    rows between unbounded preceding and 1 preceding
  ) as nadir,
  all_absent,
  new_lesion,
  progressed
from sums
