-- One row a patient: how many liver metastases were known before the index operation.
--
-- Rule: lesions that disappeared under chemotherapy are counted, because they were there.
select
  patient_id,
  count(*) as liver_lesions
from preoperative_lesions
where organ = 'liver'
group by patient_id
