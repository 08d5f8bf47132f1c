-- One row a patient: the largest liver metastasis at the last exam before the index operation.
--
-- Rule: longest diameter; a lesion that has disappeared counts 0 mm, so that a patient whose lesions have all
-- disappeared has size 0 and not an unknown size. A lesion seen but not measured cannot be the largest.
-- Source: the published study, size after chemotherapy and before surgery.
select
  patient_id,
  max(case when state = 'absent' then 0 else diameter_mm end) as largest_mm
from preoperative_exams
where exams_to_operation = 1 and organ = 'liver'
group by patient_id
