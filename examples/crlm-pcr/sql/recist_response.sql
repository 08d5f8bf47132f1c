-- One row a patient: RECIST 1.1 response to the last line, at the last exam before the index operation.
--
-- Without an exam after the baseline, or with one that cannot be evaluated, the response is unknown. What made each
-- exam's response is in the column `trace` of the clinical view `recist_exam`.
select patient_id, nullif(response, 'NE') as recist, trace
from (
  select *, row_number() over (partition by patient_id order by exam_date desc) as exams_to_operation
  from recist_exam
) as exams
where exams_to_operation = 1
