-- One row a patient: RECIST 1.1 response to the last line, at the last exam before the index operation.
--
-- Rules: progression (PD) is a target sum at least 20 % and at least 5 mm above the nadir, a new lesion, or
-- unequivocal progression of a non-target lesion, and goes before everything else. Complete response (CR): every
-- lesion absent. Partial response (PR): target sum at most 70 % of the baseline. Otherwise the disease is stable (SD).
-- Without an exam after the baseline, or with an unknown sum, the response is unknown.
-- Multiplications of whole millimetres keep the two thresholds exact.
-- Source: RECIST 1.1, Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, section 4.3.
select
  patient_id,
  baseline_sum,
  nadir,
  target_sum,
  case
    when exam_date = baseline_date then null
    when new_lesion or progressed then 'PD'
    when target_sum is null or baseline_sum is null then null
    when 100 * target_sum >= 120 * nadir and target_sum >= nadir + 5 then 'PD'
    when all_absent then 'CR'
    when 100 * target_sum <= 70 * baseline_sum then 'PR'
    else 'SD'
  end as recist
from recist_exams
where exams_to_operation = 1
