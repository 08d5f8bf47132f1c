-- One row a patient and operation: tumour regression grade of Rubbia-Brandt, of the worst tumour.
--
-- Needs the column `trg` (1 to 5) in `pathology`. Major response: 1 and 2; partial: 3; none: 4 and 5. A tumour without a
-- grade leaves the patient without one, unless another is 5 already.
-- Source: Rubbia-Brandt et al. 2007, doi:10.1093/annonc/mdl386.
select
  patient_id,
  operation_date,
  case when max(trg) = 5 or count(trg) = count(*) then max(trg) end as regression_grade,
  case
    when max(trg) >= 4 then 'none'
    when count(trg) < count(*) then null
    when max(trg) = 3 then 'partial'
    when max(trg) >= 1 then 'major'
  end as regression,
  case
    when max(trg) >= 4 then null
    when count(trg) < count(*)
      then concat('not computable: ', count(*) - count(trg), ' of ', count(*), ' tumours without a grade')
  end as regression_reason
from pathology
group by patient_id, operation_date
