-- One row a lesion and exam before the index operation.
--
-- Rule: follow-up scans, which lie after the operation, are left out by their date. `exams_to_operation` is 1 for
-- the last exam, which shows what was resected; all lesions of one exam carry the same number.
select
  measurements.patient_id,
  measurements.exam_date,
  measurements.lesion_id,
  lesions.organ,
  lesions.role,
  lesions.first_seen,
  measurements.diameter_mm,
  measurements.state,
  dense_rank() over (
    partition by measurements.patient_id
    order by measurements.exam_date desc
  ) as exams_to_operation
from measurements
join lesions
  on lesions.patient_id = measurements.patient_id
  and lesions.lesion_id = measurements.lesion_id
join index_operations
  on index_operations.patient_id = measurements.patient_id
where measurements.exam_date < index_operations.operation_date
