-- One row a patient with preoperative chemotherapy: the last line, of which RECIST 1.1 judges the response.
--
-- Takes the place of the clinical view of this name: the baseline is the last exam on or before the first cycle of the
-- line, and the exams before the operation are judged.
select
  last_line.patient_id,
  last_line.line as course,
  last_line.line_start as treatment_start,
  index_operations.operation_date as course_end
from last_line
join index_operations on index_operations.patient_id = last_line.patient_id
